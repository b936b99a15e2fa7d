"""The detector plugin `card`."""
