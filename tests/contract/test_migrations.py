"""One history of the tables leads to what the code says, on both databases."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from doorward.kit.db import Database, DatabaseUnusable
from doorward.kit.db.migrate import alembic_config, migrate, schema_state
from doorward.migrations.schema import all_tables, is_compared, table_modules
from tests.support.databases import PostgresServer

ROOT = Path(__file__).parents[2]
_numbers = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, once of each kind."""
    if request.param == "sqlite":
        opened = Database.open(f"sqlite:///{tmp_path / 'bare.db'}")
        yield opened
        opened.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"bare_{os.getpid()}_{next(_numbers)}"
    opened = Database.open(server.make_database(name))
    yield opened
    opened.close()
    server.drop_database(name)


def test_the_history_leads_to_the_tables_of_the_code(bare: Database) -> None:
    """After all steps nothing is missing, left over or of another type. (python3 run.py migration writes a step.)"""
    migrate(bare)
    with bare.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_compared})
        assert compare_metadata(context, all_tables()) == []


def test_a_database_is_brought_up_to_date_once(bare: Database) -> None:
    """An empty database is not current; after migrating it is, and migrating again changes nothing."""
    assert not schema_state(bare).is_current
    assert migrate(bare).current is None
    again = migrate(bare)
    assert again.is_current
    assert schema_state(bare) == again


def test_a_database_of_a_newer_version_is_refused(bare: Database) -> None:
    """Tables that this version does not know are not touched; the sentence says what to do."""
    migrate(bare)
    with bare.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for look in (schema_state, migrate):
        with pytest.raises(DatabaseUnusable, match="newer Doorward"):
            look(bare)


def test_a_step_that_fails_leaves_nothing_behind(bare: Database) -> None:
    """All steps are one transaction: when one fails, the database is as it was."""
    with bare.writer.begin() as connection:
        connection.execute(text("CREATE TABLE record_entry (mine INTEGER)"))
    with pytest.raises(Exception, match="record_entry"):
        migrate(bare)
    assert schema_state(bare).current is None
    with bare.reader.connect() as connection:
        names = connection.dialect.get_table_names(connection)
    assert [name for name in names if name != "record_entry"] == []


def test_digests_that_outlived_their_party_leave_the_ledger(bare: Database) -> None:
    """An old ledger line keeps its findings, without the keyed hashes of their values; other lines are not touched."""
    with bare.writer.connect() as connection, connection.begin():
        command.upgrade(alembic_config(connection=connection), "0006")
        line = text(
            "INSERT INTO record_entry"
            " (tenant_id, conversation_id, seq, kind, key, at, actor_kind, actor_id, party_id, data)"
            " VALUES ('t', 'c', :seq, 'message.customer', :key, 0, 'customer', 'p', 'p', :data)"
        )
        told = '{"findings":[{"kind":"CARD","digest":"00ff","tail":"ü"},{"kind":"PIN"}],"number":1}'
        for seq, data in ((number, told if number % 2 else '{"digest":"x"}') for number in range(1, 1203)):
            connection.execute(line, {"seq": seq, "key": str(seq), "data": data})
    migrate(bare)
    with bare.reader.connect() as connection:
        rows = connection.execute(text("SELECT seq, data FROM record_entry")).all()
    short = '{"findings":[{"kind":"CARD","tail":"ü"},{"kind":"PIN"}],"number":1}'
    assert {data for seq, data in rows if seq % 2} == {short}
    assert {data for seq, data in rows if not seq % 2} == {'{"digest":"x"}'}


def test_old_cards_learn_what_waits_for_an_answer(bare: Database) -> None:
    """What the customer said last, and since when nobody has answered it, is read from the ledger once."""
    with bare.writer.connect() as connection, connection.begin():
        command.upgrade(alembic_config(connection=connection), "0010")
        for name, state in (("waits", "waiting"), ("answered", "human"), ("over", "resolved")):
            for seq, kind, data in (
                (1, "message.customer", "{}"),
                (2, "message.bot", "{}"),
                (3, "message.customer", "{}"),
                (4, "message.customer", "{}"),
                (5, "message.bot", '{"action":"handoff.passed"}'),
                (6, "message.agent" if name == "answered" else "note", "{}"),
            ):
                line = text(
                    "INSERT INTO record_entry"
                    " (tenant_id, conversation_id, seq, kind, key, at, actor_kind, actor_id, party_id, data)"
                    " VALUES ('t', :name, :seq, :kind, :key, :at, 'customer', 'p', 'p', :data)"
                )
                values = {"name": name, "seq": seq, "kind": kind, "key": str(seq), "at": seq * 10, "data": data}
                connection.execute(line, values)
            card = text(
                "INSERT INTO record_card (tenant_id, conversation_id, party_id, channel, language, state, opened_at,"
                " last_at, last_seq, last_author, preview, risk, intent, queue, reason, waited_seconds,"
                " customer_messages, bot_messages, agent_messages, handovers, misunderstood, helped, handed_note)"
                " VALUES ('t', :name, 'p', 'webchat', 'en', :state, 0, 0, 6, 'bot', '', 0, '', '', '', 0,"
                " 0, 0, 0, 0, 0, 0, '')"
            )
            connection.execute(card, {"name": name, "state": state})
    migrate(bare)
    with bare.reader.connect() as connection:
        found = connection.execute(text("SELECT conversation_id, heard_seq, unanswered_since FROM record_card")).all()
    assert {tuple(row) for row in found} == {("waits", 4, 30), ("answered", 4, None), ("over", 4, None)}


def test_rows_keep_their_parents_while_tables_are_rebuilt(tmp_path: Path) -> None:
    """SQLite's foreign keys rest during a migration and are back afterwards."""
    database = Database.open(f"sqlite:///{tmp_path / 'keys.db'}")
    migrate(database)
    with database.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


def test_the_history_has_one_end() -> None:
    """Two steps never claim to follow the same one."""
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_every_module_with_tables_is_known() -> None:
    """No table can be written down where the history does not look for it."""
    source = ROOT / "src" / "doorward"
    writing = {
        ".".join(file.relative_to(ROOT / "src").with_suffix("").parts)
        for file in source.rglob("*.py")
        if not {"plugins", "doors"} & {*file.parts} and " = Table(" in file.read_text(encoding="utf-8")
    }
    assert writing <= set(table_modules())
