"""Stories that enter by a door."""
