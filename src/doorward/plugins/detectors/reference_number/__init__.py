"""The detector plugin `reference_number`."""
