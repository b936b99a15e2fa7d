"""Journeys run through a whole house."""

from tests.support.house import brisa, founded_postgres, founded_sqlite, halden, house, house_settings

__all__ = ["brisa", "founded_postgres", "founded_sqlite", "halden", "house", "house_settings"]
