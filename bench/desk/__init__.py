"""Measurements of the desk over a large past."""
