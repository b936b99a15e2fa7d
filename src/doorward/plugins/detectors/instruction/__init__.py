"""The detector plugin `instruction`."""
