"""Drills of floods."""
