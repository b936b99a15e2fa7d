"""Shredding a customer: afterwards nothing of theirs can be read, in no table and in no old copy of the database."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from alembic import command
from sqlalchemy import Table, select

from doorward.answering.procedures import Run, keeping
from doorward.answering.procedures.tables import run_table
from doorward.bootstrap import House
from doorward.doors.cli.program import run
from doorward.flow.attachments import repository as attachments
from doorward.identity.tables import party_table
from doorward.kit.db import Database
from doorward.kit.db.looking import embedded_file
from doorward.kit.db.migrate import alembic_config
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx
from doorward.protection.tables import index_table, likeness_table, opening_table, original_table
from doorward.record import AuditQuery, find_audit
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId, SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import WildText
from tests.support.databases import PostgresServer
from tests.support.house import open_test_house, tenant_of

CARD = "4242 4242 4242 4242"
BOB = CustomerSeed(reference="T-9002", name="Bob Testperson", email="bob@example.org", phone="", language="en")
ADA = CustomerSeed(
    reference="T-9001", name="Ada Testperson", email="ada@example.org", phone="+49 170 7654321", language="en"
)
TABLES = (original_table, likeness_table, index_table, opening_table, party_table, run_table)
CONVERSATION = ConversationId("c" * 26)


@pytest.fixture
def postgres_of(request: pytest.FixtureRequest, house_settings: Settings) -> PostgresServer | None:
    """The server of a house on PostgreSQL."""
    if embedded_file(house_settings.database_url) is not None:
        return None
    server: PostgresServer = request.getfixturevalue("postgres")
    return server


@contextmanager
def opened(settings: Settings, *, start: bool = True) -> Iterator[tuple[House, Scope]]:
    """Open the house as a process of its own would."""
    house = open_test_house(settings)
    try:
        if start:
            house.start()
        yield house, system_scope(tenant_of(house, "halden").id, "test")
    finally:
        house.close()


def a_customer(
    house: House, scope: Scope, *, seed: CustomerSeed = ADA, conversation: str = CONVERSATION
) -> tuple[PartyId, SpanId]:
    """Have a customer known, amid a procedure, who wrote a card number that an agent had shown; return both."""
    party = house.transactions.write(scope, lambda tx: house.identity.parties.register_customer(tx, scope, seed))
    arrival = Arrival(
        channel="webchat",
        client_message_id="one",
        text=WildText(f"My card is {CARD}, write to {seed.email}"),
        party_id=party.id,
        conversation_id=ConversationId(conversation),
        received_at=house.clock.now(),
        language="en",
    )
    accepted = house.front_door.accept_here(scope, arrival)
    span_id = accepted.text.spans[0].id
    assert span_id is not None
    house.transactions.write(scope, lambda tx: shown(house, tx, scope, span_id))
    run = Run(id=conversation, procedure="block_card", version=1)
    where = accepted.conversation_id
    house.transactions.write(
        scope, lambda tx: Outcome(keeping.begin(tx, scope, run, conversation_id=where, party_id=party.id))
    )
    return party.id, span_id


def shown(house: House, tx: Tx, scope: Scope, span_id: SpanId) -> Outcome[str]:
    """Have an original shown and return it."""
    found = house.protection.show(tx, scope, span_id, purpose="legal_duty", reason=WildText("for Ada"))
    return Outcome(found.value.value, found.entries)


def rows_of(house: House, scope: Scope, party_id: PartyId) -> dict[str, int]:
    """Return how many rows of a party each table holds, none left out."""

    def count(tx: Tx, table: Table) -> int:
        column = table.c.id if table is party_table else table.c.party_id
        here = select(column).where(table.c.tenant_id == scope.tenant_id, column == party_id)
        return len(tx.execute(here).all())

    counted = house.transactions.read(lambda tx: {table.name: count(tx, table) for table in TABLES})
    return {name: number for name, number in counted.items() if number}


def found_by(house: House, scope: Scope, value: str) -> tuple[PartyId, ...]:
    """Return who is found by a value."""
    wanted, index = WildText(value), house.customer_index
    return house.transactions.read(lambda tx: index.find(tx, scope, wanted, kinds=index.kinds_of(wanted)))


def back_up(settings: Settings, folder: Path, postgres: PostgresServer | None) -> None:
    """Copy the database, and nothing of the key store."""
    file = embedded_file(settings.database_url)
    if file is not None:
        shutil.copyfile(file, folder / "backup.db")
    elif postgres is not None:
        name = urlsplit(settings.database_url).path.strip("/")
        postgres.make_database(f"{name}_backup", template=name)


def restore(settings: Settings, folder: Path, postgres: PostgresServer | None) -> None:
    """Put the copy in the database's place."""
    file = embedded_file(settings.database_url)
    if file is not None:
        for beside in file.parent.glob(f"{file.name}*"):
            beside.unlink()
        shutil.copyfile(folder / "backup.db", file)
        file.chmod(0o600)
    elif postgres is not None:
        name = urlsplit(settings.database_url).path.strip("/")
        postgres.drop_database(name)
        postgres.make_database(name, template=f"{name}_backup")
        postgres.drop_database(f"{name}_backup")


def test_a_restored_backup_holds_nothing_readable_of_a_shredded_customer(
    house_settings: Settings, postgres_of: PostgresServer | None, tmp_path: Path
) -> None:
    """What a backup brings back cannot be opened, and is gone before anybody is served; others keep what is theirs."""
    with opened(house_settings) as (house, scope):
        ada, span_id = a_customer(house, scope)
        bob, his_span = a_customer(house, scope, seed=BOB, conversation="d" * 26)
        assert set(rows_of(house, scope, ada)) == {table.name for table in TABLES}
    back_up(house_settings, tmp_path, postgres_of)
    # Not started: a house that serves deletes again what is destroyed, and may come before the call that is asked here.
    with opened(house_settings, start=False) as (house, scope):
        assert house.destruction.shred(scope, ada).rows >= len(TABLES)
        assert rows_of(house, scope, ada) == {}
        with pytest.raises(NotFound):
            house.transactions.write(scope, lambda tx: shown(house, tx, scope, span_id))
    restore(house_settings, tmp_path, postgres_of)
    with opened(house_settings, start=False) as (house, scope):
        assert set(rows_of(house, scope, ada)) == {table.name for table in TABLES}, "the copy holds the rows"
        with pytest.raises(NotFound):
            house.transactions.write(scope, lambda tx: shown(house, tx, scope, span_id))
    with opened(house_settings) as (house, scope):
        assert rows_of(house, scope, ada) == {}
        assert found_by(house, scope, ADA.email) == found_by(house, scope, ADA.name) == ()
        lines = house.transactions.read(lambda tx: find_audit(tx, scope, AuditQuery(action="party.shredded_again")))
        assert [line.object_id for line in lines] == [ada]
        assert house.transactions.write(scope, lambda tx: shown(house, tx, scope, his_span)) == CARD
        assert found_by(house, scope, BOB.email) == (bob,)
        assert house.destruction.replay(scope) == 0


def test_the_visitors_that_a_customer_was_are_shredded_too(house_settings: Settings) -> None:
    """What somebody wrote before it was known who they are goes with them, files included; nothing comes back."""
    with opened(house_settings) as (house, scope):
        ada, _span = a_customer(house, scope)
        parties = house.identity.parties
        visitor = house.transactions.write(scope, lambda tx: parties.new_visitor(tx, scope)).id
        house.transactions.write(scope, lambda tx: parties.link(tx, scope, visitor, customer_id=ada))
        house.keys.make_party(scope.tenant_id, visitor)
        file = {
            "attachment_id": "f" * 26,
            "conversation_id": CONVERSATION,
            "party_id": visitor,
            "media_type": "image/png",
            "size": 1,
            "state": "held",
            "sealed": b"x",
        }

        def keep(tx: Tx) -> Outcome[None]:
            attachments.insert_attachment(tx, scope, file)
            return Outcome(None)

        house.transactions.write(scope, keep)
        assert set(house.destruction.shred(scope, visitor).parties) == {ada, visitor}
        assert house.transactions.read(lambda tx: attachments.find_attachment(tx, scope, "f" * 26)) is None
        assert house.destruction.shred(scope, ada).rows == 0, "shredding again is nothing new"
        with pytest.raises(NotFound):
            a_message_of(house, scope, ada)
        with pytest.raises(NotFound):
            house.destruction.shred(scope, PartyId("0" * 26))


def a_message_of(house: House, scope: Scope, party_id: PartyId) -> MessageId:
    """Have a party write a card number, as a program that still knows its id would."""
    arrival = Arrival(
        channel="api",
        client_message_id="late",
        text=WildText(f"My card is {CARD}"),
        party_id=party_id,
        conversation_id=CONVERSATION,
        received_at=house.clock.now(),
        language="en",
    )
    return house.front_door.accept_here(scope, arrival).message_id


def test_the_command_shreds_once_it_is_sure(house_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Without somebody to ask it wants --yes; then it says in JSON what went."""
    with opened(house_settings) as (house, scope):
        ada, _span = a_customer(house, scope)
    database = Database.open(house_settings.database_url)
    with database.writer.connect() as connection, connection.begin():
        command.stamp(alembic_config(connection=connection), "head")
    database.close()
    words = ["party", "shred", ada, "--tenant", "halden", "--data", str(house_settings.folder)]
    words += ["--database", house_settings.database_url]
    assert run(words) == 2
    with opened(house_settings, start=False) as (house, scope):
        assert rows_of(house, scope, ada)
    capsys.readouterr()
    assert run([*words, "--yes", "--json"]) == 0
    assert f'"{ada}"' in capsys.readouterr().out
    with opened(house_settings, start=False) as (house, scope):
        assert rows_of(house, scope, ada) == {}
