"""The channel of machine customers."""
