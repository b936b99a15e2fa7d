"""The detector plugin `unfinished`."""
