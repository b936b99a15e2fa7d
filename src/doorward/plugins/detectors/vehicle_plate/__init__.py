"""The detector plugin `vehicle_plate`."""
