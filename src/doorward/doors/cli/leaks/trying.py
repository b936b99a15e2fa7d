"""The leak test itself: found a scratch house, say canaries everywhere, stop it, search everything that is left."""

import contextlib
import itertools
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random, SystemRandom
from typing import Final

import msgspec

from doorward.bootstrap import Engines, House
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.leaks.canaries import Aviary, Canary, Template, missing_kinds, templates_of
from doorward.doors.cli.leaks.forms import bare
from doorward.doors.cli.leaks.founding import Founded, found, open_scratch, scratch_name, scratch_settings
from doorward.doors.cli.leaks.misusing import misuse, wear_out
from doorward.doors.cli.leaks.planting import PLANTS, can_plant, form_of_plant, plant_leak
from doorward.doors.cli.leaks.receiving import receiving
from doorward.doors.cli.leaks.searching import Hit, Searcher
from doorward.doors.cli.leaks.serving import make_folders, served
from doorward.doors.cli.leaks.valkey import everything_in
from doorward.doors.cli.leaks.visiting import CHANNELS, Visits
from doorward.flow.repository import count_unfinished
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database
from doorward.kit.db.everything import drop_database, every_value, make_database, server_files, settle_files
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx

_BESIDES: Final = 8
"""Canaries for every way in besides the web chat; other ones for each."""
_LOOKS: Final = 6000
_PAUSE: Final = 0.1
_AGAIN: Final = 5
_NAME: Final = 64

_PLACES: Final = (
    ("data/doorward.db-", "write-ahead log"),
    ("data/doorward.db", "database files"),
    ("data/cache/", "caches"),
    ("data/", "data folder"),
    ("logs/", "logs"),
    ("tmp/", "temporary files"),
    ("cwd/", "crash reports"),
)
_SERVER: Final = {"files": "database files", "wal": "write-ahead log", "log": "logs", "temporary": "temporary files"}


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """A form that no detector promises for a kind: how many canaries were said in it, and how many were kept."""

    kind: str
    form: str
    said: int
    kept: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a try came to. `hits` are all canaries that were found, those in forms that nobody promises included."""

    database: str
    canaries: int
    kinds: tuple[str, ...]
    forms: tuple[str, ...]
    sinks: tuple[str, ...]
    hits: tuple[Hit, ...]
    missing_kinds: tuple[str, ...]
    untried_channels: tuple[str, ...]
    not_promised: tuple[Unseen, ...]

    @property
    def leaks(self) -> tuple[Hit, ...]:
        """Return the hits that must not be."""
        return tuple(hit for hit in self.hits if hit.promised)

    @property
    def is_tight(self) -> bool:
        """Return whether nothing leaked and nothing was left out."""
        return not (self.leaks or self.missing_kinds or self.untried_channels)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The canaries of a try, by where they are said; `names` are short values used as ids."""

    chat: tuple[Canary, ...]
    besides: tuple[tuple[Canary, ...], ...]
    names: tuple[Canary, ...]
    planted: tuple[Canary, ...]

    @property
    def everything(self) -> tuple[Canary, ...]:
        """Return all of them."""
        return (*self.chat, *(one for some in self.besides for one in some), *self.names, *self.planted)


class Try:
    """One scratch house from founding to searching. `begin` it, `run` it, then `search` as often as you like."""

    engines: Engines
    founded: Founded
    said: Said
    searcher: Searcher
    missing: tuple[str, ...]

    def __init__(self, folder: Path, settings: Settings, *, thorough: bool = False) -> None:
        """Work in `folder`, which must be empty."""
        self.folder = folder
        self.settings = settings
        self.chance: Random = SystemRandom()
        """What makes the values: others every time, unless a test that has to repeat itself sets its own."""
        self._thorough = thorough
        self._hits: dict[Hit, None] = {}

    def begin(self, like: "Try | None" = None) -> None:
        """Found the house and make the canaries, none of which is there already.

        Another try that has begun, with the same wishes, lends its engines and its canaries: to make them takes longer
        than to found the house, and another database does not change them.
        """
        make_folders(self.folder)
        house = open_scratch(self.settings, like.engines if like else None)
        self.engines = house.engines
        try:
            self.founded = found(house)
            if like is None or _there_already(house, like.searcher):
                self.said, self.searcher, self.missing = _canaries(house, self.chance, thorough=self._thorough)
            else:
                self.said, self.searcher, self.missing = like.said, like.searcher, like.missing
            channels = {channel.id for channel in house.plugins.channels}
            self.untried = tuple(sorted(channels - CHANNELS))
        finally:
            house.close()
            house.engines.close()

    def run(self) -> None:
        """Serve the house, say everything, let it die by a fault; a thorough try has it come back and stop as well."""
        with served(self.settings, self.folder) as process:
            self.visits = visits = Visits(process.url, self.founded, clock=SystemClock())
            with receiving(visits.ear) as address:
                visits.be_told(address)
                self._say(visits)
                self._wait_until_walked()
                if not visits.was_told():
                    raise Stop("The webhook was not told everything; the leak test gives up.", code=Code.UNAVAILABLE)
            with self._database() as database:
                self._note(self._in_tables(database))
            process.crash()
        visits.wait_for_streams()
        self._note(self._in_files())
        if self._thorough:
            with served(self.settings, self.folder):
                self._wait_until_walked()

    def plant(self, places: Iterable[str]) -> None:
        """Plant a leak in each of these places, as far as there is such a place here."""
        with self._database(write=True) as database:
            sqlite = database.is_sqlite
            reserved = dict(zip(PLANTS, self.said.planted, strict=True))
            for place in places:
                if can_plant(place, sqlite=sqlite):
                    text = reserved[place].value
                    plant_leak(place, text, database=database, folder=self.folder, ear=self.visits.ear)

    def search(self) -> Outcome:
        """Search everything that is left and return what was found, then and while the house ran."""
        with self._database(write=True) as database:
            settle_files(database)
            self._note(self._in_tables(database))
            files = server_files(database)
        hits = dict(self._hits)
        hits |= dict.fromkeys((*self._in_files(), *self._in_server(files), *self._in_told(), *self._in_valkey()))
        said = [one for one in self.said.everything if one not in self.said.planted]
        return Outcome(
            database="SQLite" if self.settings.database_url.startswith("sqlite") else "PostgreSQL",
            canaries=len(said),
            kinds=tuple(sorted({one.kind for one in said})),
            forms=tuple(sorted({one.form for one in said})),
            sinks=self._sinks(files),
            hits=tuple(hits),
            missing_kinds=self.missing,
            untried_channels=self.untried,
            not_promised=_unseen(said, hits),
        )

    # -- saying ------------------------------------------------------------------------------------------------------

    def _say(self, visits: Visits) -> None:
        by_api, traces, vouched, worked, home, misused, crashed = self.said.besides
        names = [one.value for one in self.said.names]
        visits.chat(self.said.chat)
        visits.hand_in(by_api)
        visits.leave_traces(traces)
        visits.vouch(vouched)
        visits.call_things(names)
        visits.visit_portal(home, names)
        visits.work(worked, names)
        misuse(visits, misused)
        visits.crash(crashed)
        if not wear_out(visits, misused):
            raise Stop("Too many sign-ins were not refused: the leak test saw no refusal.", code=Code.FAILED)
        program = visits.program()
        visits.read_everything(program)
        program.leave()

    def _wait_until_walked(self) -> None:
        with self._database() as database:
            for _ in range(_LOOKS):
                with database.reader.connect() as connection:
                    if not count_unfinished(Tx(connection, SystemClock().now())):
                        return
                threading.Event().wait(_PAUSE)
        raise Stop("Messages are still waiting to be walked; the leak test gives up.", code=Code.UNAVAILABLE)

    # -- searching ---------------------------------------------------------------------------------------------------

    def _note(self, hits: Iterable[Hit]) -> None:
        self._hits |= dict.fromkeys(hits)

    @contextlib.contextmanager
    def _database(self, *, write: bool = False) -> Iterator[Database]:
        database = Database.open(self.settings.database_url, read_only=not write)
        try:
            yield database
        finally:
            database.close()

    def _in_tables(self, database: Database) -> tuple[Hit, ...]:
        found: dict[Hit, None] = {}
        for place, value in every_value(database):
            found |= dict.fromkeys(self.searcher.in_bytes(value, sink="tables", place=place))
        return tuple(found)

    def _in_files(self) -> tuple[Hit, ...]:
        return self.searcher.in_folder(self.folder, sink_of=_sink_of)

    def _in_server(self, files: dict[str, Path]) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        for name, folder in files.items():
            hits += self.searcher.in_folder(folder, sink_of=partial(lambda sink, _path: sink, _SERVER.get(name, name)))
        return tuple(hits)

    def _in_told(self) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        for sink, pieces in self.visits.ear.told().items():
            hits += self.searcher.in_pieces(pieces, sink=sink, place="what the server said")
        return tuple(hits)

    def _in_valkey(self) -> tuple[Hit, ...]:
        address = self.settings.limits.storage
        values = everything_in(address) if address else ()
        return self.searcher.in_pieces((value + b"\n" for value in values), sink="Valkey", place="keys and values")

    def _sinks(self, files: dict[str, Path]) -> tuple[str, ...]:
        local = {sink for _, sink in _PLACES} | ({"Valkey"} if self.settings.limits.storage else set())
        return tuple(sorted({"tables", *local, *(_SERVER.get(name, name) for name in files), *self.visits.ear.told()}))


def _unseen(said: Iterable[Canary], hits: Iterable[Hit]) -> tuple[Unseen, ...]:
    """Count what was said and what was kept of the forms that nobody promises."""
    tried = Counter((one.kind, one.form) for one in said if not one.promised)
    kept = Counter({(hit.kind, hit.form, hit.language): 1 for hit in hits if not hit.promised})
    found = Counter((kind, form) for kind, form, _ in kept)
    return tuple(
        Unseen(kind=kind, form=form, said=count, kept=found[kind, form])
        for (kind, form), count in sorted(tried.items())
    )


def _sink_of(path: str) -> str:
    return next((sink for start, sink in _PLACES if path.startswith(start)), "data folder")


def _canaries(house: House, chance: Random, *, thorough: bool) -> tuple[Said, Searcher, tuple[str, ...]]:
    """Return canaries that nobody has said yet, a searcher for them, and the kinds of which there are none."""
    detectors = [plugin for plugin in house.plugins.found if plugin.manifest.kind == "detector"]
    templates, built = templates_of(detectors), house.plugins.detectors
    aviary = Aviary(house.screener, house.packs, detectors=built, chance=chance)
    for _ in range(_AGAIN):
        aviary.forget()
        said = bred(aviary, templates, thorough=thorough)
        searcher = Searcher(said.everything)
        if not _there_already(house, searcher):
            return said, searcher, missing_kinds(built, templates)
    raise Stop("The canaries are in the scratch house before anybody said them.", code=Code.FAILED)


def _there_already(house: House, searcher: Searcher) -> bool:
    """Return whether a canary is in the scratch house already: somebody made up for a demonstration has its name."""
    hits = [*searcher.in_folder(house.settings.folder, sink_of=lambda _path: "")]
    for place, value in every_value(house.database):
        hits += searcher.in_bytes(value, sink="", place=place)
    return any(hit.promised for hit in hits)


def bred(aviary: Aviary, templates: Sequence[Template], *, thorough: bool) -> Said:
    """Make the canaries of a try. Those besides the chat are plain: what is seen there is seen by the same guard.

    Raises `Stop` when a kind's template gives no value that the guard takes, or not as many as the try says.
    """
    try:
        return _bred(aviary, templates, thorough=thorough)
    except LookupError as lack:
        raise Stop(f"There are canaries missing: {lack}.", code=Code.FAILED) from None


def _bred(aviary: Aviary, templates: Sequence[Template], *, thorough: bool) -> Said:
    plain = [template for template in templates if "{tag}" not in template.text]

    def some(count: int, *, form: str = "plain") -> tuple[Canary, ...]:
        chosen = (aviary.breed(plain[(place * 7) % len(plain)], form) for place in range(count))
        return tuple(one for one in chosen if one is not None)

    names = [
        msgspec.structs.replace(one, value=name, secrets=(name,))
        for one in aviary.bare_values(templates)
        if (name := "".join(sign for sign in one.value if sign.isascii() and (sign.isalnum() or sign in "-_")))
        and len(name) <= _NAME - 4
        and aviary.sees(name)
    ]
    chat = tuple(aviary.every(templates, thorough=thorough))
    besides = tuple(some(_BESIDES) for _ in range(7))
    planted = _unlike(some(4 * len(PLANTS)), (*chat, *itertools.chain(*besides), *names))
    return Said(
        chat=chat,
        besides=besides,
        names=tuple(names),
        planted=tuple(
            msgspec.structs.replace(one, form=form_of_plant(place)) for place, one in zip(PLANTS, planted, strict=False)
        ),
    )


def _unlike(canaries: Iterable[Canary], others: Iterable[Canary]) -> Iterator[Canary]:
    """Yield the canaries that hold nothing of another one's and are in none, so that a find tells which one it is."""
    known = [bare(secret) for other in others for secret in other.secrets]
    for one in canaries:
        mine = [bare(secret) for secret in one.secrets]
        if not any(secret in other or other in secret for secret in mine for other in known):
            known += mine
            yield one


@contextlib.contextmanager
def scratch(
    address: str | None, *, thorough: bool = False, folder: Path | None = None, limits_storage: str = ""
) -> Iterator[Try]:
    """Give a try in a folder of its own, on SQLite or in a database of its own on the PostgreSQL server at `address`.

    Both are removed afterwards; a `folder` that is given stays.
    """
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="doorward-leaks-")))
        url = f"sqlite:///{folder / 'data' / 'doorward.db'}"
        if address is not None:
            name = scratch_name()
            url = make_database(address, name)
            stack.callback(drop_database, address, name)
        yield Try(folder, scratch_settings(folder, url, limits_storage=limits_storage), thorough=thorough)
