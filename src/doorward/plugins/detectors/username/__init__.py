"""The detector plugin `username`."""
