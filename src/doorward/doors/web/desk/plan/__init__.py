"""The routing plan: read as a page, changed in small pieces."""
