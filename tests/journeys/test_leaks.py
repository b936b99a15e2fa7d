"""What a customer must not have typed is nowhere: no table, index, file, log, stream or answer of a running system."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import msgspec
import pytest
from sqlalchemy import select

from doorward.doors.cli.leaks import PLANTS, Outcome, Try, scratch
from doorward.doors.cli.leaks.forms import bare
from doorward.doors.cli.leaks.planting import can_plant, form_of_plant, sink_of_plant
from doorward.kit import logging
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore, Keys
from doorward.kit.tx import Tx
from doorward.protection import ProtectionService
from doorward.protection.tables import original_table
from doorward.vocabulary.ids import SpanId, TenantId
from doorward.vocabulary.scope import system_scope
from tests.support.databases import PostgresServer

EVERYWHERE = {
    "tables",
    "database files",
    "write-ahead log",
    "data folder",
    "caches",
    "logs",
    "temporary files",
    "crash reports",
    "answers",
    "streams",
    "mail",
    "export",
    "metrics",
    "documentation",
}
SEALED = ("plain", "full_width", "spaced")
"""Forms whose original holds the value's own letters and digits, however they were typed."""


class Tried(msgspec.Struct, frozen=True):
    """A scratch house after its end: what was found, and what after a leak was planted in each sink."""

    house: Try
    clean: Outcome
    planted: Outcome
    unsealed: tuple[str, ...]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def tried(request: pytest.FixtureRequest) -> Iterator[Tried]:
    """A scratch house on each kind of database, tried once for all of these tests."""
    address = None
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        address = server.address
    logging.configure(level="error")
    with scratch(address) as house:
        house.chance = Random(3)
        house.begin()
        house.run()
        clean, unsealed = house.search(), _unsealed(house)
        house.plant(PLANTS)
        yield Tried(house, clean, house.search(), unsealed)


def _unsealed(house: Try) -> tuple[str, ...]:
    """Return the canaries of the web chat that no sealed original opens to: they would not have been there at all."""
    store = FileKeyStore(house.settings.key_folder)
    database = Database.open(house.settings.database_url)
    protection = ProtectionService(Keys(store))
    with database.reader.connect() as connection:
        tx = Tx(connection, datetime.now(UTC))
        rows = tx.execute(select(original_table.c.tenant_id, original_table.c.span_id)).all()
        originals = ""
        for row in rows:
            scope, span_id = system_scope(TenantId(row.tenant_id), "test"), SpanId(row.span_id)
            opened = protection.unmask(tx, scope, span_id, purpose="legal_duty", reason="leak-test")
            originals += bare(opened.value) + "\n"
    store.close()
    database.close()
    asked = [one for one in house.said.chat if one.promised and one.form in SEALED]
    return tuple(one.name for one in asked if bare(one.value.partition("=")[2] or one.value) not in originals)


def test_nothing_sensitive_is_anywhere(tried: Tried) -> None:
    """Secrets of every kind, said plainly and evasively through every channel, are in no sink in any writing."""
    assert tried.clean.leaks == ()
    assert tried.clean.missing_kinds == ()
    assert tried.clean.untried_channels == ()
    assert tried.clean.is_tight
    assert set(tried.clean.sinks) >= EVERYWHERE


def test_the_secrets_were_there_and_are_sealed(tried: Tried) -> None:
    """What was said is what the sealed originals open to: the search did not look for what nobody had said.

    A few are sealed in pieces: an address of which one part is also something else.
    """
    assert len(tried.unsealed) * 50 <= tried.clean.canaries
    assert tried.clean.canaries > 300


def test_what_is_not_promised_is_told(tried: Tried) -> None:
    """Forms that the guard does not promise are counted, not dropped."""
    told = {(one.kind, one.form) for one in tried.clean.not_promised}
    assert ("PASSWORD", "spaced") in told
    assert all(0 <= one.kept <= one.said for one in tried.clean.not_promised)


@pytest.mark.parametrize("place", PLANTS)
def test_a_planted_leak_makes_it_fail(tried: Tried, place: str) -> None:
    """A leak in each sink is found, in that sink."""
    if can_plant(place, sqlite=tried.clean.database == "SQLite"):
        found = {hit.sink for hit in tried.planted.leaks if hit.form == form_of_plant(place)}
        assert sink_of_plant(place) in found
        assert not tried.planted.is_tight
