"""Procedures: drawn, explained, tried out, and edited."""
