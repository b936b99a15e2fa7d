"""Plugins of the kind `models`: one folder each, found by discovery."""
