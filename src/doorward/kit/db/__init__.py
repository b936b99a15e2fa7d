"""Databases: one schema on SQLite and PostgreSQL, opened the same way."""

from doorward.kit.db.engine import Database, DatabaseUnusable, StoreLocked
from doorward.kit.db.types import Day, Json, UtcTime, metadata

__all__ = ["Database", "DatabaseUnusable", "Day", "Json", "StoreLocked", "UtcTime", "metadata"]
