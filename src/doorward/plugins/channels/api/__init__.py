"""The plain API channel."""
