"""Plugins of the kind `procedures`: one folder each, found by discovery."""
