"""The detector plugin `crypto_address`."""
