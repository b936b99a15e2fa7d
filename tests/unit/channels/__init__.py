"""Channels whose protocols have rules of their own."""
