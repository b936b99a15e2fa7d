"""Flood control."""
