"""A channel whose parser raises with the whole request in its message."""
