"""The detector plugin `driver_licence`."""
