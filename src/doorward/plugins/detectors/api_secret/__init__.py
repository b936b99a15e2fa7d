"""The detector plugin `api_secret`."""
