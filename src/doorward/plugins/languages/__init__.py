"""Plugins of the kind `languages`: one folder each, found by discovery."""
