"""Plugins of the kind `channels`: one folder each, found by discovery."""
