"""A page of the demonstration."""
