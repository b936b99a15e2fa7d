"""The detector plugin `phone`."""
