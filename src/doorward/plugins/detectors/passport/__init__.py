"""The detector plugin `passport`."""
