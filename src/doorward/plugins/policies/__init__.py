"""Plugins of the kind `policies`: one folder each, found by discovery."""
