"""Plugins of the kind `connectors`: one folder each, found by discovery."""
