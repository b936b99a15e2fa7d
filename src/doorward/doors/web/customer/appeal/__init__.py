"""A page for customers."""
