"""Bringing a database's tables to the newest form: one history of steps for SQLite and PostgreSQL, run by Alembic.

The steps themselves live upstairs; their place is a name for Alembic, not an import.
"""

from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from doorward.kit.db.engine import Database, DatabaseUnusable

SCRIPTS = "doorward:migrations"
"""Where the steps are, as `package:folder`: works from a checkout and from an installed wheel."""

_ONE_AT_A_TIME = 7_305_420_118
"""The number of PostgreSQL's advisory lock that keeps two processes from migrating at once; any number would do."""


@dataclass(frozen=True)
class SchemaState:
    """Where a database stands (`current`, None for an empty one) and where this version of Doorward wants it."""

    current: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        """Return whether there is nothing to do."""
        return self.current == self.newest


def alembic_config(scripts: str = SCRIPTS, *, connection: Connection | None = None) -> Config:
    """Return Alembic's settings for the steps at `scripts`, written as `package:folder`."""
    config = Config()
    config.set_main_option("script_location", scripts)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def schema_state(database: Database, *, scripts: str = SCRIPTS) -> SchemaState:
    """Return where the database stands; reads only.

    Raises `DatabaseUnusable` when it was made by a newer Doorward than this one.
    """
    directory = ScriptDirectory.from_config(alembic_config(scripts))
    with database.reader.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    _refuse_newer(directory, current)
    return SchemaState(current=current, newest=_newest(directory))


def migrate(database: Database, *, scripts: str = SCRIPTS) -> SchemaState:
    """Bring the database to the newest form in one transaction and return how it stood before.

    Call it before `Transactions` are opened on the same database. Raises `DatabaseUnusable` as `schema_state` does.
    """
    with database.writer.connect() as connection:
        if database.is_sqlite:
            # Steps that rebuild a table would fire its foreign keys; the setting only changes outside a transaction.
            _sqlite_pragma(connection, "foreign_keys = OFF")
        try:
            with connection.begin():
                return _upgrade(connection, scripts)
        finally:
            if database.is_sqlite:
                _sqlite_pragma(connection, "foreign_keys = ON")


def _upgrade(connection: Connection, scripts: str) -> SchemaState:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
    config = alembic_config(scripts, connection=connection)
    directory = ScriptDirectory.from_config(config)
    before = MigrationContext.configure(connection).get_current_revision()
    _refuse_newer(directory, before)
    state = SchemaState(current=before, newest=_newest(directory))
    if not state.is_current:
        command.upgrade(config, "head")
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise DatabaseUnusable("the new tables would hold rows without their parents; nothing was changed")
    return state


def upgrade_within(connection: Connection, revision: str = "head", *, scripts: str = SCRIPTS) -> None:
    """Bring the tables of an open write transaction up to a step, in it: it commits all or nothing.

    Raises `DatabaseUnusable` for a step that this version does not know.
    """
    config = alembic_config(scripts, connection=connection)
    if revision != "head":
        _refuse_newer(ScriptDirectory.from_config(config), revision)
    command.upgrade(config, revision)


def _newest(directory: ScriptDirectory) -> str:
    head = directory.get_current_head()
    if head is None:
        raise DatabaseUnusable("this installation of Doorward has no migrations; it is incomplete")
    return head


def _refuse_newer(directory: ScriptDirectory, current: str | None) -> None:
    if current is not None and current not in {script.revision for script in directory.walk_revisions()}:
        raise DatabaseUnusable(
            f"the database was made by a newer Doorward (its tables are at step {current}); install that version"
        )


def _sqlite_pragma(connection: Connection, words: str) -> None:
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA {words}")
