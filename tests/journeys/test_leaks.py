"""What a customer must not have typed is nowhere: no table, index, file, log, stream or answer of a running system."""

import json
import shutil
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from sqlalchemy import func, insert, select, text

from doorward.bootstrap import House
from doorward.doors.web.streams import event
from doorward.flow.tables import run_table
from doorward.identity import Tenant
from doorward.identity.tables import tenant_table
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore, Keys
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx
from doorward.protection import ProtectionService
from doorward.protection.tables import original_table
from doorward.vocabulary.ids import SpanId, TenantId
from doorward.vocabulary.scope import system_scope
from tests.support.databases import PostgresServer
from tests.support.house import open_test_house, tenant_of
from tests.support.leaks import Canary, Hit, Searcher, Served, every_canary, rows_of, served, short_canaries
from tests.support.leaks.canaries import bare
from tests.support.server import Guests, WebVisitor
from tests.support.transactions import NOON

FEW = 12
"""Messages of one visitor, so that the tests also see many conversations."""


class Everything:
    """All that came out of the server: bodies and headers of answers, and what was read from streams."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._pieces: list[bytes] = []
        self._lock = threading.Lock()

    def hear(self, piece: bytes) -> None:
        """Add something."""
        with self._lock:
            self._pieces.append(piece)

    def answered(self, response: httpx.Response) -> None:
        """Add an answer, unless it is a stream; those are read elsewhere."""
        self.hear(str(response.headers).encode())
        if "event-stream" not in response.headers.get("content-type", ""):
            self.hear(response.read())

    def all_of_it(self) -> bytes:
        """Return everything."""
        with self._lock:
            return b"\n".join(self._pieces)


class Company(Guests):
    """Everybody who comes to the server; whatever they are told is kept."""

    def __init__(self, server: Served) -> None:
        """Come to `server`."""
        super().__init__(server.url)
        self.told = Everything()
        self._streams: list[threading.Thread] = []

    def client(self, **wishes: Any) -> httpx.Client:
        """Return a client whose answers are kept."""
        return super().client(event_hooks={"response": [self.told.answered]}, **wishes)

    def listen(self, client: httpx.Client, path: str) -> None:
        """Read a stream from now on."""
        ready = threading.Event()

        def read() -> None:
            with client.stream("GET", path) as response:
                for piece in response.iter_bytes():
                    self.told.hear(piece)
                    ready.set()

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        self._streams.append(thread)
        assert ready.wait(20), "the stream said nothing"

    def wait_for_streams(self) -> None:
        """Wait until the server has ended all streams."""
        for thread in self._streams:
            thread.join(20)
            assert not thread.is_alive(), "a stream goes on after the server's end"


class Keepsakes:
    """What is needed from inside the house before the server has it: the tenant and an API token."""

    def __init__(self, settings: Settings) -> None:
        """Open the house once."""
        house: House = open_test_house(settings)
        self.tenant: Tenant = tenant_of(house, "halden")
        scope = system_scope(self.tenant.id, "test")
        made = house.transactions.write(
            scope, lambda tx: house.identity.tokens.make(tx, scope, name="test", permissions=["messages:write"])
        )
        self.token = made.secret
        house.close()


def say_everything(company: Company, kept: Keepsakes, canaries: list[Canary]) -> list[str]:
    """Say every canary in the web chat; return the names of those that were not masked in the acknowledgement."""
    unmasked = []
    for start in range(0, len(canaries), FEW):
        visitor = company.visitor(kept.tenant, language=canaries[start].language)
        if start == 0:
            company.listen(visitor.client, "/c/webchat/stream")
        for canary in canaries[start : start + FEW]:
            masked = visitor.say(canary.sentence)["text"]
            if canary.bare in bare(masked):
                unmasked.append(canary.name)
    return unmasked


def say_elsewhere(company: Company, kept: Keepsakes, canaries: list[Canary]) -> None:
    """Say canaries by the API, as an agent, and as an address to be mailed to."""
    program = company.client(headers={"authorization": f"Bearer {kept.token}"})
    for number, canary in enumerate(canaries):
        answer = program.post("/c/api/messages", json={"id": f"a{number}", "text": canary.sentence})
        assert answer.status_code == 202, answer.text
    visitor = company.visitor(kept.tenant)
    visitor.say("I want to talk to a human please")
    agent = company.member("mira")
    conversation = f"/api/v1/conversations/{visitor.conversation_id}"
    agent.post(f"{conversation}/take").raise_for_status()
    for canary in canaries:
        agent.post(f"{conversation}/replies", json={"text": canary.sentence}).raise_for_status()
    for canary in canaries:
        if canary.kind == "EMAIL":
            answer = visitor.client.post("/c/webchat/verification", json={"email": canary.value})
            assert answer.status_code == 202, answer.text
    look_around(agent, conversation)


def look_around(agent: httpx.Client, conversation: str) -> None:
    """Read every page and list that shows what was said."""
    pages = ("/desk/", "/desk/inbox", "/desk/outbox", f"/desk/{conversation.removeprefix('/api/v1/')}")
    for path in (*pages, conversation, f"{conversation}/entries", "/api/v1/audit", "/metrics", "/health"):
        assert agent.get(path).status_code in {200, 403}, path
    for card in agent.get("/api/v1/conversations?limit=200").json()["items"]:
        agent.get(f"/api/v1/conversations/{card['conversation_id']}").raise_for_status()
        agent.get(f"/desk/conversations/{card['conversation_id']}").raise_for_status()


def say_it_wrongly(company: Company, kept: Keepsakes, canaries: list[Canary]) -> None:
    """Put canaries where none is expected: in broken bodies, unknown fields, addresses, sign-ins. All are refused."""
    visitor: WebVisitor = company.visitor(kept.tenant)
    client = company.client()
    for canary in canaries:
        value = canary.value
        tries = [
            visitor.client.post("/c/webchat/messages", content=f'{{"id": "b1", "text": "{value}"'),
            visitor.client.post("/c/webchat/messages", json={"id": "b2", "text": "hi", value[:60]: value}),
            visitor.client.post("/c/webchat/messages", json={"id": value, "text": value, "language": value}),
            visitor.client.post("/c/webchat/messages", json={"id": "b3", "text": value * 400}),
            visitor.client.get("/c/webchat/entries", params={"after": value}),
            client.post("/c/webchat/visits", json={"widget_key": value}),
            client.post("/c/webchat/visits", json={"widget_key": kept.tenant.widget_key, "user_token": value}),
            client.get("/api/v1/me", headers={"authorization": f"Bearer {value}"}),
            client.get(f"/nowhere/{value}"),
            # The form shows a user name again to whoever typed it: that answer alone is not kept.
            httpx.post(
                f"{company.url}/desk/sign-in",
                data={"company": "halden", "username": value, "password": value},
                headers={"origin": company.url},
            ),
            client.post(
                "/desk/sign-in",
                data={"company": value, "username": "mira", "password": value},
                headers={"origin": company.url},
            ),
        ]
        assert all(400 <= answer.status_code < 500 for answer in tries), [answer.status_code for answer in tries]


def wait_until_walked(settings: Settings) -> None:
    """Wait until every message is answered, looking at the running system's database from outside."""
    database = Database.open(settings.database_url, read_only=settings.database_url.startswith("sqlite"))
    query = select(func.count()).select_from(run_table).where(run_table.c.state == "walking")
    ends = time.monotonic() + 60
    try:
        while time.monotonic() < ends:
            with database.reader.connect() as connection:
                if not connection.execute(query).scalar_one():
                    return
            threading.Event().wait(0.05)
    finally:
        database.close()
    raise AssertionError("messages are still waiting to be walked")


def hits_in_storage(
    searcher: Searcher, settings: Settings, server: Served, postgres: PostgresServer | None
) -> list[Hit]:
    """Look through every table, every file of the server, and PostgreSQL's own files."""
    database = Database.open(settings.database_url, read_only=postgres is None)
    try:
        hits = searcher.in_database(database.reader) + searcher.in_folder(server.folder)
    finally:
        database.close()
    if postgres is not None:
        with psycopg.connect(postgres.address, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        hits += searcher.in_folder(postgres.folder)
    return hits


@pytest.fixture
def postgres_of(request: pytest.FixtureRequest, house_settings: Settings) -> PostgresServer | None:
    """The server that holds the test's database, if one does."""
    if house_settings.database_url.startswith("sqlite"):
        return None
    server: PostgresServer = request.getfixturevalue("postgres")
    return server


def test_nothing_sensitive_is_anywhere_in_a_running_system(
    house_settings: Settings, postgres_of: PostgresServer | None, tmp_path: Path
) -> None:
    """Secrets of every kind, typed plainly or evasively in five languages, leave nothing but their sealed originals."""
    spoken, elsewhere = list(every_canary(seed=7)), list(short_canaries(seed=8))
    wrong = [canary for canary in short_canaries(seed=9) if canary.kind in {"CARD", "IBAN", "EMAIL", "PASSWORD"}]
    kept = Keepsakes(house_settings)
    searcher = Searcher([*spoken, *elsewhere, *wrong])
    with served(house_settings, tmp_path) as server:
        company = Company(server)
        company.listen(company.member("jonas"), "/desk/stream")
        unmasked = say_everything(company, kept, spoken)
        say_elsewhere(company, kept, elsewhere)
        say_it_wrongly(company, kept, wrong)
        wait_until_walked(house_settings)
        running = hits_in_storage(searcher, house_settings, server, postgres_of)
    company.wait_for_streams()
    company.leave()
    assert unmasked == []
    assert running == []
    assert hits_in_storage(searcher, house_settings, server, postgres_of) == []
    assert searcher.in_bytes(company.told.all_of_it(), "what the server said") == []
    assert missing_originals(house_settings, kept.tenant.id, [*spoken, *elsewhere]) == []


def missing_originals(settings: Settings, tenant_id: TenantId, canaries: list[Canary]) -> list[str]:
    """Return the canaries that no sealed original opens to: they would not have been there at all."""
    scope = system_scope(tenant_id, "test")
    store = FileKeyStore(settings.key_folder)
    database = Database.open(settings.database_url)
    protection = ProtectionService(Keys(store))
    with database.reader.connect() as connection:
        tx = Tx(connection, datetime.now(UTC))
        spans = tx.execute(select(original_table.c.span_id).where(original_table.c.tenant_id == tenant_id)).scalars()
        originals = {
            bare(protection.unmask(tx, scope, SpanId(span), purpose="legal_duty", reason="leak-test").value)
            for span in spans.all()
        }
    store.close()
    database.close()
    return [canary.name for canary in canaries if not any(canary.bare in original for original in originals)]


# -- the searcher itself ----------------------------------------------------------------------------------------------

PLANTED = list(short_canaries(seed=10))
CARD, EMAIL = PLANTED[0], PLANTED[3]


TENANT_ROW = {
    "tenant_id": "x" * 26,
    "slug": "planted",
    "widget_key": "wk_planted",
    "settings": {},
    "revision": 1,
    "state": "open",
    "created_at": NOON,
}
WRITINGS: dict[str, Callable[[Canary], bytes]] = {
    "as typed": lambda canary: canary.typed.encode(),
    "in a sentence": lambda canary: canary.sentence.encode(),
    "digits only": lambda canary: canary.bare.encode(),
    "other separators": lambda canary: canary.value.replace(" ", "-").encode(),
    "UTF-16": lambda canary: canary.value.encode("utf-16"),
    "hex": lambda canary: canary.value.encode().hex().encode(),
    "base64": lambda canary: b64encode(canary.value.encode()),
    "base64, one byte in": lambda canary: b64encode(b"x" + canary.value.encode() + b"yz"),
    "base64, two bytes in": lambda canary: b64encode(b"xy" + canary.value.encode() + b"z"),
    "an event of a stream": lambda canary: event("entry", {"text": canary.sentence}, number=1),
    "a line of a log": lambda canary: json.dumps({"event": "a.b.c", "text": canary.sentence}).encode(),
    "an address": lambda canary: quote(canary.value, safe="").encode(),
}


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("canary", PLANTED, ids=lambda canary: canary.kind)
def test_a_leak_would_be_found_however_it_is_written(canary: Canary, writing: str, tmp_path: Path) -> None:
    """A canary of each kind, written in each way into a file among others, is named with its place."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "harmless.log").write_bytes(b"nothing of interest " * 100)
    (folder / "leaky.log").write_bytes(b"\x00\xff before " + WRITINGS[writing](canary) + b" behind \xfe")
    hits = Searcher(PLANTED).in_folder(tmp_path)
    assert {(hit.place, hit.canary) for hit in hits} == {("logs/leaky.log", canary.name)}


def test_the_name_of_a_file_can_leak(tmp_path: Path) -> None:
    """Names are searched like contents."""
    (tmp_path / f"export-{EMAIL.value}.csv").write_bytes(b"")
    assert [hit.canary for hit in Searcher(PLANTED).in_folder(tmp_path)] == [EMAIL.name]


def test_a_leak_in_a_column_is_found_in_the_table_and_in_the_files(
    house_settings: Settings, postgres_of: PostgresServer | None, tmp_path: Path
) -> None:
    """A planted row is found by asking the database, and in its files: pages, write-ahead log, PostgreSQL's folder."""
    searcher = Searcher(PLANTED)
    database = Database.open(house_settings.database_url)
    try:
        with database.writer.begin() as connection:
            connection.execute(insert(tenant_table), TENANT_ROW | {"name": CARD.sentence})
        assert {hit.place for hit in searcher.in_database(database.reader)} == {"identity_tenant.name"}
        if postgres_of is None:
            assert {hit.place for hit in searcher.in_folder(tmp_path)} == {"data/doorward.db-wal"}
    finally:
        database.close()
    if postgres_of is None:
        assert {hit.place for hit in searcher.in_folder(tmp_path)} == {"data/doorward.db"}
        return
    with psycopg.connect(postgres_of.address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    places = {hit.place.split("/")[1] for hit in searcher.in_folder(postgres_of.folder)}
    assert places == {"base", "pg_wal"}


def test_an_index_of_its_own_is_searched_too(founded_sqlite: Path, tmp_path: Path) -> None:
    """The hidden tables of a full-text index are among the tables that are read."""
    shutil.copy(founded_sqlite / "doorward.db", tmp_path / "doorward.db")
    database = Database.open(f"sqlite:///{tmp_path / 'doorward.db'}")
    with database.writer.begin() as connection:
        connection.execute(text("CREATE VIRTUAL TABLE note USING fts5(words, content='')"))
        connection.execute(text("INSERT INTO note (rowid, words) VALUES (1, :words)"), {"words": EMAIL.sentence})
    tables = {place.partition(".")[0] for place, _ in rows_of(database.reader)}
    assert {"note", "note_data", "note_docsize"} <= tables
    database.close()
