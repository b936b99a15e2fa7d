"""Procedures in the walk."""
