"""Doorward: the secure front door of customer service."""

__version__ = "0.1.0"
