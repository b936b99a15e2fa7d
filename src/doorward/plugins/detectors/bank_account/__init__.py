"""The detector plugin `bank_account`."""
