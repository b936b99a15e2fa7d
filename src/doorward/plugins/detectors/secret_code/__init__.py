"""The detector plugin `secret_code`."""
