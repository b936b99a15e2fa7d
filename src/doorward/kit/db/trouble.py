"""What a driver's error means, in words for the operator: never the statement, its values or the address."""

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_SQLITE: Final = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk cannot be read or written",
    "SQLITE_CORRUPT": "the database file is damaged",
    "SQLITE_NOTADB": "the database file is not a SQLite database",
    "SQLITE_CANTOPEN": "the database file cannot be opened",
    "SQLITE_READONLY": "the database file may not be written",
    "SQLITE_BUSY": "another program holds the database file",
}


def database_trouble(error: BaseException) -> str | None:
    """Return what is wrong with the database if `error` tells of that, else None."""
    if isinstance(error, PoolTimeout):
        return "all connections to the database are taken"
    if not isinstance(error, DBAPIError | sqlite3.Error):
        return None
    original = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(original, "sqlite_errorname", "") or ""
    for prefix, words in _SQLITE.items():
        if name.startswith(prefix):
            return words
    if "no such table" in str(original) or getattr(original, "sqlstate", None) == "42P01":
        return "the database has no tables yet, or old ones"
    if isinstance(error, OperationalError | ProgrammingError):
        state = getattr(original, "sqlstate", None)
        return f"the database server does not answer or refuses us{f' (SQLSTATE {state})' if state else ''}"
    return "the database refused a statement"
