"""The detector plugin `secret_request`."""
