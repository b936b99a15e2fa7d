"""What stood in a masked place, shown for a moment."""
