"""Looking at a database from outside: where its file lies, what its clock says."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, make_url, select
from sqlalchemy.exc import ArgumentError

from doorward.kit.db.engine import Database


def embedded_file(address: str) -> Path | None:
    """Return the file that a `sqlite:///file` address means, None for other databases and for what is no address."""
    try:
        url = make_url(address)
    except ArgumentError:
        return None
    return Path(url.database).absolute() if url.get_backend_name() == "sqlite" and url.database else None


def server_time(database: Database) -> datetime | None:
    """Return what the clock of the database's computer says, None for the embedded one: it has ours."""
    if database.is_sqlite:
        return None
    with database.reader.connect() as connection:
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)
