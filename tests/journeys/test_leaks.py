"""What a customer must not have typed is nowhere: no table, index, file, log, stream or answer of a running system."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from doorward.doors.cli.leaks import PLANTS, Outcome, Try, scratch
from doorward.doors.cli.leaks.canaries import is_sealed
from doorward.doors.cli.leaks.forms import LITERAL
from doorward.doors.cli.leaks.planting import can_plant, form_of_plant, is_planted, sink_of_plant
from doorward.kit import logging
from doorward.kit.db import Database
from doorward.kit.ids import derive_id
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
    "webhooks",
}
MOST_PLACES = 20
"""More than a message of the leak test has masked places."""


class Tried(msgspec.Struct, frozen=True):
    """A scratch house after its end, with a leak planted in each sink: what was found besides them, and with them."""

    house: Try
    clean: Outcome
    planted: Outcome
    unsealed: tuple[str, ...]


@pytest.fixture(scope="module")
def begun() -> list[Try]:
    """The tries that have begun: the first lends its engines and canaries to the next."""
    return []


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def tried(request: pytest.FixtureRequest, begun: list[Try]) -> Iterator[Tried]:
    """A scratch house on each kind of database, tried and searched once for all of these tests.

    What is found of the planted canaries, which nobody said, is what was planted; all else was there without it.
    """
    address = None
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        address = server.address
    logging.configure(level="error")
    with scratch(address) as house:
        house.chance = Random(3)
        house.begin(begun[0] if begun else None)
        begun.append(house)
        house.run()
        unsealed = _unsealed(house)
        house.plant(PLANTS)
        planted = house.search()
        unplanted = tuple(hit for hit in planted.hits if not is_planted(hit.form))
        yield Tried(house, msgspec.structs.replace(planted, hits=unplanted), planted, unsealed)


def _unsealed(house: Try) -> tuple[str, ...]:
    """Return the canaries of the web chat that the sealed originals of no message open to: not there, or not whole."""
    store = FileKeyStore(house.settings.key_folder)
    database = Database.open(house.settings.database_url)
    protection = ProtectionService(Keys(store))
    with database.reader.connect() as connection:
        tx = Tx(connection, datetime.now(UTC))
        columns = original_table.c
        rows = tx.execute(select(columns.tenant_id, columns.message_id, columns.span_id)).all()
        messages: dict[str, list[str]] = {}
        for row in sorted(rows, key=_place):
            scope, span_id = system_scope(TenantId(row.tenant_id), "test"), SpanId(row.span_id)
            opened = protection.unmask(tx, scope, span_id, purpose="legal_duty", reason="leak-test")
            messages.setdefault(row.message_id, []).append(opened.value)
    store.close()
    database.close()
    asked = [one for one in house.said.chat if one.promised and one.form in LITERAL]
    known = messages.values()
    return tuple(one.name for one in asked if not any(is_sealed(one.secret, originals) for originals in known))


def _place(row: Any) -> tuple[str, int]:
    """Return which message a sealed original is of, and which of its masked places: ids are derived from both."""
    places = range(MOST_PLACES)
    derived = (derive_id("span", row.tenant_id, row.message_id, str(place)) for place in places)
    return row.message_id, next(place for place, span_id in zip(places, derived, strict=True) if span_id == row.span_id)


def test_nothing_sensitive_is_anywhere(tried: Tried) -> None:
    """Secrets of every kind, said plainly and evasively through every channel, are in no sink in any writing."""
    assert tried.clean.leaks == ()
    assert tried.clean.missing_kinds == ()
    assert tried.clean.untried_channels == ()
    assert tried.clean.is_tight
    assert set(tried.clean.sinks) >= EVERYWHERE


def test_the_secrets_were_there_and_are_sealed(tried: Tried) -> None:
    """What was said is what the sealed originals open to, from end to end: the search looked for what somebody had
    said, and no rest of it is left where the search would not know it.
    """
    assert tried.unsealed == ()
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
