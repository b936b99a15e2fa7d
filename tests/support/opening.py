"""What every house of a test process works out anew when it opens, and finds the same: read, compiled and filled once.

Nothing is kept that a test could change: either it is immutable, or whoever asks gets a copy of their own.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from copy import deepcopy
from datetime import date
from functools import cache, wraps
from pathlib import Path

import msgspec
import pytest

from doorward.answering import KnowledgeIndex, service
from doorward.answering.articles import Article, Passage
from doorward.answering.procedures import yaml_file
from doorward.answering.procedures.answers import listening
from doorward.answering.procedures.answers.spoken import Spoken
from doorward.kit.clock import SystemClock
from doorward.plugins.companies.halden.database import Database
from doorward.plugins.companies.halden.holdings import Seed
from doorward.plugins.companies.halden.plugin import HaldenBank
from doorward.plugins.companies.halden.seed import make_seed
from doorward.vocabulary.company import ArticleSeed, IntentSeed
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.language import LanguagePack

MOST_INDEXES = 8
"""Indexes of knowledge that are kept: two companies on two kinds of database, and a few that tests made of them."""


def _remembering_spoken() -> Callable[[LanguagePack], Spoken]:
    """Return what compiles a pack's words for answers once a pack."""
    known: dict[int, Spoken] = {}  # what is compiled holds its pack, so that no other gets its number

    def spoken(pack: LanguagePack) -> Spoken:
        if id(pack) not in known:
            known[id(pack)] = Spoken(pack)
        return known[id(pack)]

    return spoken


def _remembering_index() -> Callable[..., KnowledgeIndex]:
    """Return what makes an index of the same articles and passages once."""
    known: dict[bytes, KnowledgeIndex] = {}

    def index(
        articles: Iterable[Article], passages: Iterable[tuple[ArticleId, Sequence[Passage]]], *, revision: int
    ) -> KnowledgeIndex:
        articles, passages = tuple(articles), tuple(passages)
        name = hashlib.sha256(msgspec.msgpack.encode((articles, passages, revision))).digest()
        if name not in known:
            if len(known) >= MOST_INDEXES:
                del known[next(iter(known))]
            known[name] = KnowledgeIndex(articles, passages, revision=revision)
        return known[name]

    return index


def _remembering_prepare(folder: Path) -> Callable[..., None]:
    """Return what fills the demonstration's core system once a day, and copies what it filled into other empty files.

    Whatever is not empty, or is filled with another seed, is prepared as ever.
    """
    prepare = Database.prepare

    @wraps(prepare)
    def prepared(database: Database, seed: Seed, *, today: date) -> None:
        kept = folder / f"{today.isoformat()}.sqlite"
        fresh = seed is make_seed() and database._path.stat().st_size == 0
        if fresh and kept.exists():
            shutil.copyfile(kept, database._path)
            return
        prepare(database, seed, today=today)
        if fresh:
            with closing(sqlite3.connect(database._path)) as source, closing(sqlite3.connect(kept)) as target:
                source.backup(target)

    return prepared


@pytest.fixture(scope="session", autouse=True)
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let houses share what their companies bring, once it is read, and the language packs, once they are compiled."""
    parse = cache(yaml_file.parse_yaml)  # what is refused is not kept: it is parsed, and refused, anew
    bring_articles, bring_intents, bank = HaldenBank.articles, HaldenBank.intents, HaldenBank(SystemClock())
    articles = cache(lambda: tuple(bring_articles(bank)))
    intents = cache(lambda: tuple(bring_intents(bank)))

    def articles_of(_bank: HaldenBank) -> Iterable[ArticleSeed]:
        return iter(articles())

    def intents_of(_bank: HaldenBank) -> Iterable[IntentSeed]:
        return iter(intents())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_file, "parse_yaml", lambda content: deepcopy(parse(content)))
        patch.setattr(listening, "Spoken", _remembering_spoken())
        patch.setattr(service, "KnowledgeIndex", _remembering_index())
        patch.setattr(HaldenBank, "articles", articles_of)
        patch.setattr(HaldenBank, "intents", intents_of)
        patch.setattr(Database, "prepare", _remembering_prepare(tmp_path_factory.mktemp("core-systems")))
        yield
