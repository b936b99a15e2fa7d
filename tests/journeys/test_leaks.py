"""Nothing sensitive that comes through the door is readable anywhere behind it."""

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.logging import configure
from doorward.vocabulary.ids import ConversationId, SpanId
from doorward.vocabulary.scope import Actor, Scope, system_scope
from doorward.vocabulary.text import WildText
from tests.support.browsing import on_sqlite
from tests.support.databases import PostgresServer
from tests.support.leaks import CANARIES, CARD, EMAIL, MESSAGES, files, find_leaks, tables
from tests.support.server import WebVisitor


def everything(house: House, seen: bytes, request: pytest.FixtureRequest) -> dict[str, bytes]:
    """Return every place where something could lie: tables, files, the database's own, what went over the wire."""
    places = {"wire": seen, "metrics": house.meters.exposition(), **tables(house), **files(house.settings.folder)}
    if not house.database.is_sqlite:
        server: PostgresServer = request.getfixturevalue("postgres")
        with house.database.writer.connect() as opened:
            connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("CHECKPOINT"))
            number = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar()
        # The other tests' databases lie beside this one's; the write-ahead log is common to all.
        places |= files(server.folder / "data" / "base" / str(number)) | files(server.folder / "data" / "pg_wal")
    return places


@pytest.fixture
def log_file(house: House, url: str) -> Iterator[Path]:
    """A log of everything, in the data folder; `url` has set up its own before."""
    path = house.settings.folder / "debug.log"
    with path.open("w", encoding="utf-8") as stream:
        configure(level="debug", stream=stream)
        yield path
    configure(level="error", stream=io.StringIO())


def agent_of(house: House, tenant: Tenant) -> Scope:
    """Return the scope of Halden's Mira."""
    scope = system_scope(tenant.id, "test")
    member = house.transactions.read(lambda tx: house.identity.staff.find_by_username(tx, scope, "mira"))
    assert member is not None
    return Scope(tenant_id=tenant.id, actor=Actor(kind="staff", id=member.id))


def say_everything(house: House, tenant: Tenant, url: str) -> tuple[bytes, str]:
    """Have a customer and an agent type every canary; return what went over the wire and the conversation's id."""
    wire: list[bytes] = []
    with httpx.Client(base_url=url, event_hooks={"response": [lambda answer: answer.read()]}) as client:
        visitor = WebVisitor(client, tenant, language="en")
        wire += [json.dumps(visitor.say(message), ensure_ascii=False).encode() for message in MESSAGES]
        wire.append(client.post("/c/webchat/verification", json={"email": EMAIL}).content)
        visitor.ask_for_person()
        mira, conversation_id = agent_of(house, tenant), ConversationId(visitor.conversation_id)
        asyncio.run(house.desk.take_over(mira, conversation_id))
        asyncio.run(house.desk.reply(mira, conversation_id, WildText(f"Is it {CARD}?"), key="1"))
        wire.append(client.get("/c/webchat/entries").content)
        wire.append(client.get("/health").content)
    with (
        httpx.Client(base_url=url, timeout=20) as client,
        client.stream(
            "GET", "/c/webchat/stream?after=0", headers={"authorization": f"Bearer {visitor.visit['token']}"}
        ) as stream,
    ):
        for line in stream.iter_lines():
            wire.append(line.encode())
            if line.startswith("event: state"):
                break
    return b"\n".join(wire), visitor.conversation_id


def test_no_canary_is_readable_behind_the_door(
    house: House, halden: Tenant, url: str, log_file: Path, request: pytest.FixtureRequest
) -> None:
    """Typed plain and evaded, masked everywhere: no table, file, log line, answer or stream holds a canary."""
    assert find_leaks(everything(house, b"", request)) == [], "a canary was there before"
    seen, conversation_id = say_everything(house, halden, url)
    house.seal_audit()
    assert find_leaks(everything(house, seen, request)) == []
    assert b"[CARD\xc2\xb75100]" in seen
    assert conversation_id


def test_the_originals_are_there_for_those_who_may_see_them(
    house: House, halden: Tenant, url: str, log_file: Path
) -> None:
    """The canaries really were typed: opened one by one, for a purpose, the sealed originals are what was typed."""
    say_everything(house, halden, url)
    scope = agent_of(house, halden)
    with house.database.reader.connect() as connection:
        spans = connection.execute(
            text("SELECT span_id, kind FROM protection_original WHERE tenant_id = :tenant"), {"tenant": halden.id}
        ).all()

    def unmask(span_id: str) -> str:
        return house.transactions.write(
            scope,
            lambda tx: house.protection.unmask(tx, scope, SpanId(span_id), purpose="resolve_contact", reason="case-1"),
        )

    opened = {unmask(span.span_id) for span in spans}
    found = {canary for canary in CANARIES if any(canary in one for one in opened)}
    assert found == set(CANARIES)


@on_sqlite
@pytest.mark.parametrize("sink", ["table", "file", "log", "wire"])
def test_a_planted_leak_is_found(
    house: House, url: str, log_file: Path, request: pytest.FixtureRequest, sink: str
) -> None:
    """One canary in any kind of place, in any spelling, is reported with its place."""
    seen = b""
    if sink == "table":
        with house.database.writer.begin() as connection:
            connection.execute(
                text("INSERT INTO flow_step VALUES ('t', 'm', 's', :result)"),
                {"result": CARD.encode().hex().encode()},
            )
    elif sink == "file":
        (house.settings.folder / "stray.bin").write_bytes(b"\x00\x01" + CARD.encode("utf-16-le"))
    elif sink == "log":
        with log_file.open("a", encoding="utf-8") as stream:
            stream.write(f'{{"event": "x", "note": "{EMAIL}"}}\n')
    else:
        seen = b'data: {"text": "5105 1051 0510 5100"}'
    leaks = find_leaks(everything(house, seen, request))
    assert leaks
    assert any(leak.startswith({"log": "file", "wire": "wire"}.get(sink, sink)) for leak in leaks)
