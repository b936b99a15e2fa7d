"""An upgrade keeps what was there: databases as earlier steps of the history made them, with rows in every table."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from alembic.script import ScriptDirectory

from doorward.kit.db import Database
from doorward.kit.db.migrate import alembic_config, migrate, schema_state
from tests.support.databases import PostgresServer
from tests.support.rows import everything_in, fill_every_table, make_tables

_numbers = itertools.count()
STEPS: Final = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]
EARLIER: Final = sorted({STEPS[0], *STEPS[-4:-1]})
"""The first step and the last ones before the present: no version was tagged yet, so each of them is somebody's."""


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, once of each kind."""
    if request.param == "sqlite":
        opened = Database.open(f"sqlite:///{tmp_path / 'bare.db'}")
        yield opened
        opened.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"upgrade_{os.getpid()}_{next(_numbers)}"
    opened = Database.open(server.make_database(name))
    yield opened
    opened.close()
    server.drop_database(name)


def narrowed(rows: set[tuple[tuple[str, Any], ...]], columns: set[str]) -> set[tuple[tuple[str, Any], ...]]:
    """The rows with these columns alone."""
    return {tuple(sorted((name, value) for name, value in row if name in columns)) for row in rows}


@pytest.mark.parametrize("step", EARLIER)
def test_every_row_is_what_it_was(bare: Database, step: str) -> None:
    """After the upgrade each table has its rows, with the values that they had in every column that is still there."""
    make_tables(bare, step)
    fill_every_table(bare)
    before = everything_in(bare)
    assert migrate(bare).current == step
    assert schema_state(bare).is_current
    after = everything_in(bare)
    assert set(before) <= set(after)
    for table, rows in before.items():
        kept = {name for name, _ in next(iter(rows))} & {name for row in after[table] for name, _ in row}
        assert narrowed(after[table], kept) == narrowed(rows, kept), table
        assert len(after[table]) == len(rows), table


def test_an_upgrade_that_was_done_is_not_done_again(bare: Database) -> None:
    """Migrating a filled database of this version changes nothing in it."""
    migrate(bare)
    fill_every_table(bare)
    before = everything_in(bare)
    assert migrate(bare).is_current
    assert everything_in(bare) == before
