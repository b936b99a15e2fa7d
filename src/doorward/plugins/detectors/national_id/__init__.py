"""The detector plugin `national_id`."""
