"""Pages of the demonstration, for visitors."""
