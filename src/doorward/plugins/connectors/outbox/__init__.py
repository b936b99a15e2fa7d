"""The connector that keeps mail instead of sending it."""
