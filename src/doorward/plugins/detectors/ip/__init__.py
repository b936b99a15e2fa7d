"""The detector plugin `ip`."""
