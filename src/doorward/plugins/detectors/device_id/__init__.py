"""The detector plugin `device_id`."""
