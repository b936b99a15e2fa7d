"""A whole house for tests: two founded companies on each kind of database, made once and copied for every test.

Halden comes with its knowledge, staff and first customers, without its past; Brisa is there so that isolation can
always be tested. Embeddings are computed once, and kept beside the compiled patterns in the temporary folder.
"""

import contextlib
import functools
import gc
import getpass
import hashlib
import inspect
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import pytest
from argon2 import PasswordHasher
from numpy.typing import NDArray

from doorward.bootstrap import Engines, House, found_company, make_engines
from doorward.identity import Passwords, Tenant
from doorward.kit.clock import Clock, SystemClock
from doorward.kit.db import Database, metadata
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings, load
from doorward.understanding import Encoder, Reader, Vectors
from doorward.vocabulary.company import ArticleSeed, Company, CustomerSeed, IntentSeed, PastConversation, PieceSeed
from tests.support.databases import PostgresServer, import_tables

try:
    import fcntl
except ImportError:  # Windows has no fcntl; there several processes may find the same embeddings.
    fcntl = None  # type: ignore[assignment]  # because the module is missing on that platform

PASSWORD = "correct-horse-battery"
CUSTOMERS = 20
_numbers = itertools.count()
Vector = NDArray[np.float32]


class RememberingEncoder:
    """The real encoder, asked once a text: what it answered outlives the process, until its code changes.

    Kept are the hashes of texts and their vectors, no text.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        """Ask `encoder` for what is not known yet; `folder` is where `kept` keeps it."""
        self._encoder = encoder
        self.id = encoder.id
        self.dimensions = encoder.dimensions
        self._file = folder / f"vectors-{_fingerprint(encoder)}.npz"
        self._vectors: dict[bytes, Vector] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return what the real encoder returned or returns."""
        names = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        fresh = {name: text for name, text in zip(names, texts, strict=True) if name not in self._vectors}
        if fresh:
            self._vectors.update(zip(fresh, self._encoder.encode(list(fresh.values())), strict=True))
        return (
            np.stack([self._vectors[name] for name in names]) if names else np.zeros((0, self.dimensions), np.float32)
        )

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Know what other processes kept, and keep what is asked meanwhile; one process at a time."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._file.with_suffix(".lock").open("wb") as lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)
            if self._file.exists():
                with np.load(self._file, allow_pickle=False) as found:
                    names, vectors = found["names"], found["vectors"]
                self._vectors |= {name.tobytes(): vector for name, vector in zip(names, vectors, strict=True)}
            known = len(self._vectors)
            yield
            if len(self._vectors) > known:
                self._keep()

    def _keep(self) -> None:
        names = np.frombuffer(b"".join(self._vectors), np.uint8).reshape(len(self._vectors), -1)
        fresh = self._file.with_suffix(f".{os.getpid()}.npz")
        np.savez(fresh, names=names, vectors=np.stack(list(self._vectors.values())))
        fresh.replace(self._file)


def _fingerprint(encoder: Encoder) -> str:
    """Return what an encoder's answers depend on: its id, which names its weights, and its code."""
    digest = hashlib.sha256(encoder.id.encode())
    for file in sorted(Path(inspect.getfile(type(encoder))).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


ARTICLES = frozenset({"card-delivery", "lost-card", "pin-and-passcode", "card-payments", "delivery", "returns"})
"""Articles that the test companies know: enough to be right and wrong with, few enough to read at every start."""


class Brief:
    """A company without its past, with its first customers and a few articles only."""

    def __init__(self, company: Company) -> None:
        """Shorten `company`."""
        self._company = company

    def __getattr__(self, name: str) -> object:
        """Be the company in everything else."""
        return getattr(self._company, name)

    def articles(self) -> Iterable[ArticleSeed]:
        """Yield a few articles in every language."""
        return (article for article in self._company.articles() if article.slug in ARTICLES)

    def customers(self) -> Iterable[CustomerSeed]:
        """Yield the first customers."""
        return islice(self._company.customers(), CUSTOMERS)

    def pieces(self) -> Iterable[PieceSeed]:
        """Yield nothing: tests set up what they name."""
        return ()

    def history(self) -> Iterable[PastConversation]:
        """Yield nothing."""
        return ()

    def intents(self) -> Iterable[IntentSeed]:
        """Yield nothing: tests teach what they ask."""
        return ()


def quick_passwords() -> Passwords:
    """Return passwords whose hash costs next to nothing: for tests alone."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def settings_for(folder: Path, address: str, **overrides: object) -> Settings:
    """Return the settings of a test house in `folder`; `overrides` have `__` for dots."""
    named = {name.replace("__", "."): value for name, value in overrides.items()}
    wanted = {"data": str(folder), "storage.database": address, "demo": True, "logging.level": "error"}
    wanted |= {"server.least_at_once": 500}  # a slow machine turns none of the tests away
    return load(environment={}, overrides={**wanted, **named})


@functools.cache
def shared_engines() -> Engines:
    """Return the engines of all test houses of this process: the real ones, with a remembering encoder."""
    # Compiled patterns outlive the process, as in an installation: compiling them anew costs each worker seconds.
    cache = Path(tempfile.gettempdir()) / f"doorward-tests-{getpass.getuser()}"
    engines = make_engines(load(environment={}), clock=SystemClock(), cache_folder=cache)
    packs = tuple(engines.plugins.packs.values())
    gc.freeze()  # all of it outlives the tests: no garbage collection needs to look through it again
    encoder = RememberingEncoder(engines.encoder, cache)
    return msgspec.structs.replace(engines, encoder=encoder, reader=Reader(packs, encoder), passwords=quick_passwords())


def open_test_house(settings: Settings, *, clock: Clock | None = None, engines: Engines | None = None) -> House:
    """Open a house whose database has its tables, with quick passwords and a remembering encoder."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = FileKeyStore.create(settings.key_folder)
    database = Database.open(settings.database_url)
    return House(settings, database=database, keys=keys, clock=clock, engines=engines or shared_engines())


@contextlib.contextmanager
def house_with_companies(founded: Path, folder: Path) -> Iterator[House]:
    """Open a copy of a founded house in `folder`, its threads not started, with all that its companies bring."""
    shutil.copytree(founded, folder)
    house = open_test_house(settings_for(folder, f"sqlite:///{folder / 'doorward.db'}"))
    house._open_core_systems()
    yield house
    house.close()


def found_everything(house: House) -> None:
    """Found both companies, briefly."""
    encoder = house.engines.encoder
    with encoder.kept() if isinstance(encoder, RememberingEncoder) else contextlib.nullcontext():
        for company in house.plugins.companies.values():
            found_company(house, Brief(company), password=PASSWORD, progress=lambda *_: None)  # type: ignore[arg-type]  # because it is a Company by delegation


@pytest.fixture(scope="session")
def founded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with both companies on SQLite, to be copied."""
    import_tables()
    folder = tmp_path_factory.mktemp("founded") / "data"
    folder.mkdir(mode=0o700)
    address = f"sqlite:///{folder / 'doorward.db'}"
    database = Database.open(address)
    metadata.create_all(database.writer)
    database.close()
    house = open_test_house(settings_for(folder, address))
    found_everything(house)
    house.close()
    return folder


@pytest.fixture(scope="session")
def founded_postgres(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder and the name of a template database with both companies on PostgreSQL, to be copied."""
    folder = tmp_path_factory.mktemp("founded-pg") / "data"
    name = f"founded_{os.getpid()}"
    house = open_test_house(settings_for(folder, postgres.make_database(name, template="doorward_template")))
    found_everything(house)
    house.close()
    return folder, name


MakeHouse = Callable[..., House]


@pytest.fixture(params=["sqlite", "postgresql"])
def house_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh copy of the founded house, once of each kind of database. Nothing is open yet."""
    folder = tmp_path / "data"
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("founded_sqlite"), folder)
        yield settings_for(folder, f"sqlite:///{folder / 'doorward.db'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    founded, template = request.getfixturevalue("founded_postgres")
    shutil.copytree(founded, folder)
    name = f"house_{os.getpid()}_{next(_numbers)}"
    yield settings_for(folder, server.make_database(name, template=template))
    server.drop_database(name)


@pytest.fixture
def house(house_settings: Settings) -> Iterator[House]:
    """A started house with both companies, once of each kind of database."""
    opened = open_test_house(house_settings)
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
def halden(house: House) -> Tenant:
    """Halden's tenant."""
    return tenant_of(house, "halden")


@pytest.fixture
def brisa(house: House) -> Tenant:
    """Brisa's tenant."""
    return tenant_of(house, "brisa")


def tenant_of(house: House, slug: str) -> Tenant:
    """Return a founded tenant."""
    tenant = house.transactions.read(lambda tx: house.identity.tenants.tenant_by_slug(tx, slug))
    assert tenant is not None
    return tenant
