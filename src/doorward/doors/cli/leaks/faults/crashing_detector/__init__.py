"""A detector that raises with the whole text in its message."""
