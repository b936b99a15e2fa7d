"""Plugins of the kind `companies`: one folder each, found by discovery."""
