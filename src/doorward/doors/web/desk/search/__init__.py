"""The desk page that searches over everything."""
