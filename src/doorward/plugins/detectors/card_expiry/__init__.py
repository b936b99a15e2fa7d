"""The detector plugin `card_expiry`."""
