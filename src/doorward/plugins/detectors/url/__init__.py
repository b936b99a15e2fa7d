"""The detector plugin `url`."""
