"""The channel of devices."""
