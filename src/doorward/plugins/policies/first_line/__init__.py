"""The first line's policy."""
