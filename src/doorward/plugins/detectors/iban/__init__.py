"""The detector plugin `iban`."""
