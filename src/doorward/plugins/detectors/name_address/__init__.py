"""The detector plugin `name_address`."""
