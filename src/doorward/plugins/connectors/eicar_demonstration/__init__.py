"""The connector that shows what scanning is like, with one test file."""
