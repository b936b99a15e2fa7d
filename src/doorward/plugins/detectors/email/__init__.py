"""The detector plugin `email`."""
