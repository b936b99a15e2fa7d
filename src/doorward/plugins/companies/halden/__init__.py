"""Halden Bank: the demo company."""
