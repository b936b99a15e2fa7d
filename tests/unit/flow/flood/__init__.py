"""Flood control in the walk."""
