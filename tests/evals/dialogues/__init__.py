"""Scripted dialogues with the right end state."""
