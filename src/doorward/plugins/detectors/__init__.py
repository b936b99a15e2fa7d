"""Plugins of the kind `detectors`: one folder each, found by discovery."""
