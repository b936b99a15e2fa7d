"""How long search takes over a large past: a fixed mix of questions, each asked many times with other words."""

import gc
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import text

from bench.desk.past import LABELS, Past, Vocabulary, agent_id, vocabularies, words_between
from doorward.flow.settle import Settlement
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database, metadata
from doorward.kit.tx import Transactions
from doorward.plugins.companies.halden.plugin import build
from doorward.record.search import (
    CardFilters,
    LineQuery,
    Page,
    SearchIndex,
    Terms,
    find,
    groups_of,
    parse,
    snippet_of,
)
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import system_scope
from tests.support.databases import PostgresServer, import_tables
from tests.support.words import packs

SCOPE: Final = system_scope(TenantId("b" * 26), "bench")
UNTIL: Final = datetime(2026, 11, 1, tzinfo=UTC)
LIMIT: Final = 25
Ask = Callable[[random.Random, Vocabulary], tuple[str, dict[str, Any]]]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """How long a kind of question took, in milliseconds, and how many hits its pages had on average.

    `processor` is the processor time of one question on average, that of the database's server included: on a machine
    that others use, too, it tells more than the clock.
    """

    name: str
    p50: float
    p95: float
    worst: float
    processor: float
    hits: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one database made of it."""

    database: str
    messages: int
    written_seconds: float
    bytes: int
    p50: float
    p95: float
    questions: tuple[Question, ...]


def _common(draw: random.Random, words: Vocabulary) -> str:
    return draw.choice(list(words_between(words, 0, 40)))


def _middling(draw: random.Random, words: Vocabulary) -> str:
    return draw.choice(list(words_between(words, 100, 600)))


def _rare(draw: random.Random, words: Vocabulary) -> str:
    return draw.choice(list(words_between(words, len(words.words) // 2, len(words.words))))


QUESTIONS: Final[Mapping[str, Ask]] = {
    "a common word": lambda draw, words: (_common(draw, words), {}),
    "a word": lambda draw, words: (_middling(draw, words), {}),
    "a rare word": lambda draw, words: (_rare(draw, words), {}),
    "a number that is there once": lambda draw, _: (f"{draw.randrange(9_000)}-1", {}),
    "two words": lambda draw, words: (f"{_common(draw, words)} {_middling(draw, words)}", {}),
    "three words": lambda draw, words: (
        f"{_common(draw, words)} {_middling(draw, words)} {_middling(draw, words)}",
        {},
    ),
    "a phrase": lambda draw, words: (f'"{_common(draw, words)} {_middling(draw, words)}"', {}),
    "two letters": lambda draw, words: (f"{_middling(draw, words)[:2]}*", {}),
    "three letters": lambda draw, words: (f"{_middling(draw, words)[:3]}*", {}),
    "five letters": lambda draw, words: (f"{_middling(draw, words)[:5]}*", {}),
    "nothing is there": lambda draw, words: (f"{_middling(draw, words)} zzzqqq", {}),
    "a word, waiting": lambda draw, words: (_middling(draw, words), {"cards": CardFilters(states=("waiting",))}),
    "a word, by channel and language": lambda draw, words: (
        _middling(draw, words),
        {"cards": CardFilters(channels=("mail",), languages=("tr",))},
    ),
    "a word, one agent's": lambda draw, words: (
        _middling(draw, words),
        {"cards": CardFilters(assignees=(agent_id(draw.randrange(40)),))},
    ),
    "a word, with a label": lambda draw, words: (
        _middling(draw, words),
        {"cards": CardFilters(labels=((draw.choice(LABELS),),))},
    ),
    "a word in a month": lambda draw, words: (
        _middling(draw, words),
        {"since": UNTIL - timedelta(days=430), "until": UNTIL - timedelta(days=400)},
    ),
    "a word, by customers": lambda draw, words: (_middling(draw, words), {"authors": ("customer",)}),
    "a word, best first": lambda draw, words: (_middling(draw, words), {"order": "relevance"}),
    "a common word, best first": lambda draw, words: (_common(draw, words), {"order": "relevance"}),
    "waiting, without words": lambda _draw, _words: ("", {"cards": CardFilters(states=("waiting",))}),
    "a label, without words": lambda draw, _: ("", {"cards": CardFilters(labels=((draw.choice(LABELS),),))}),
}


def measure(kind: str, *, folder: Path, messages: int, rounds: int) -> Report:
    """Fill an empty database of this kind and ask everything, first once to warm up."""
    import_tables()
    words = vocabularies(build(None).articles())
    terms = Terms(packs().values())
    with _opened(kind, folder) as database:
        transactions = Transactions(database, clock=SystemClock(), settle=Settlement(ProcessBus(), ring=lambda: None))
        began = time.perf_counter()
        Past(words, messages=messages, until=UNTIL).write(transactions, SCOPE, SearchIndex(terms))
        written = time.perf_counter() - began
        _settle(database)
        gc.collect()
        times, questions = [], []
        for name, ask in QUESTIONS.items():
            _asked(transactions, terms, words, (ask, 1, 2))
            before = _processor(database)
            took, hits = _asked(transactions, terms, words, (ask, 2, rounds))
            times += took
            questions.append(_question(name, took, hits, processor=(_processor(database) - before) / rounds * 1000))
        report = Report(
            database=kind,
            messages=messages,
            written_seconds=round(written, 1),
            bytes=_bytes(database),
            p50=_share(times, 0.5),
            p95=_share(times, 0.95),
            questions=tuple(questions),
        )
        transactions.close()
    return report


def _asked(
    transactions: Transactions, terms: Terms, words: Mapping[str, Vocabulary], asking: tuple[Ask, int, int]
) -> tuple[list[float], list[int]]:
    """Ask a kind of question with a seed so many times; return how long each took, and its hits."""
    ask, seed, rounds = asking
    draw = random.Random(seed)
    took, hits = [], []
    for number in range(rounds):
        query, fields = ask(draw, words[sorted(words)[number % len(words)]])
        began = time.perf_counter()
        parsed = parse(query, names={})
        groups = groups_of(parsed, terms, kinds={})
        wanted = LineQuery(groups=groups, phrases=parsed.phrases, **fields)
        found = transactions.read(
            lambda tx, wanted=wanted: find(tx, SCOPE, wanted, terms=terms, page=Page(limit=LIMIT))  # type: ignore[misc]  # because it is called at once
        )
        for hit in found.hits:
            if hit.line is not None:
                snippet_of(hit.line.text, groups, terms)
        took.append((time.perf_counter() - began) * 1000)
        hits.append(len(found.hits))
    return took, hits


@contextmanager
def _opened(kind: str, folder: Path) -> Iterator[Database]:
    if kind == "sqlite":
        database = Database.open(f"sqlite:///{folder / 'search.db'}")
        metadata.create_all(database.writer)
        yield database
        database.close()
        return
    server = PostgresServer()
    try:
        database = Database.open(server.make_database("bench"))
        metadata.create_all(database.writer)
        yield database
        database.close()
    finally:
        server.stop()


def _settle(database: Database) -> None:
    """Bring the tables into the state in which a server that has run for a while has them."""
    engine = database.writer
    if database.is_sqlite:
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
        return
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _bytes(database: Database) -> int:
    if database.path is not None:
        return database.path.stat().st_size
    with database.reader.connect() as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def _processor(database: Database) -> float:
    """Return the seconds that this process and the server's processes for this database have calculated."""
    seconds = time.process_time()
    if database.is_sqlite:
        return seconds
    with database.reader.connect() as connection:
        found = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
        for pid in found.scalars():
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime and stime
    return seconds


def _question(name: str, took: list[float], hits: list[int], *, processor: float) -> Question:
    return Question(
        name=name,
        p50=_share(took, 0.5),
        p95=_share(took, 0.95),
        worst=round(max(took), 1),
        processor=round(processor, 1),
        hits=round(sum(hits) / len(hits), 1),
    )


def _share(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
