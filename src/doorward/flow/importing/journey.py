"""The way of an import: looked through once, customers first, then conversation by conversation, each durable."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from doorward import __version__
from doorward.flow.accept import TenantScreening
from doorward.flow.importing.looking import look_through
from doorward.flow.importing.mapping import Mapped
from doorward.flow.importing.marks import Marking, Pieces
from doorward.flow.importing.people import Agents, Customers, Origin, is_known, staff_by_name
from doorward.flow.importing.places import Places
from doorward.flow.importing.preparing import FileFinder, Preparing, Ready, Who, Words, language_teller
from doorward.flow.importing.reading import Export, find_files
from doorward.flow.importing.tally import ImportTally
from doorward.flow.importing.terms import LeftOut, Past, Person, Place, Reason, Refused, Section, VendorName
from doorward.flow.importing.unfinished import PLACES, Beginning, UnfinishedImport, open_import
from doorward.flow.importing.vendors import FORMATS, RowReader, Vendor
from doorward.flow.importing.writing import Sealed, Sealing, Writing, Written
from doorward.identity import Identity
from doorward.kit.clock import Clock
from doorward.kit.keys import Keys
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions
from doorward.protection import ProtectionService
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import Scope

AT_ONCE: Final = 50
"""Records between two lines of the manifest."""

BYTES_AT_ONCE: Final = 8_388_608
"""Bytes of texts and files that wait to be durable."""

FIRST_LEFT_OUT: Final = 20
"""Places of what was left out that are told at the end; the report holds all."""


class ImportRooms(NamedTuple):
    """What an import asks of others. `folder` is for unfinished work, `largest_file` in bytes."""

    transactions: Transactions
    identity: Identity
    screening: TenantScreening
    protection: ProtectionService
    keys: Keys
    detect: Callable[..., tuple[str, float]]
    settings_of: Callable[[TenantId], TenantSettings]
    clock: Clock
    folder: Path
    largest_file: int


class ImportOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be imported. `report` is where the lines of what was left out go, behind one with the counts."""

    source: Path
    vendor: VendorName
    mapped: Mapped = Mapped()
    report: Path | None = None
    resume: bool = False
    restart: bool = False


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import, over all its runs: the counts, and the first of what was left out."""

    tally: ImportTally
    first_left_out: tuple[LeftOut, ...]


class Tell(Protocol):
    """Something that hears how far the work is."""

    def __call__(self, done: int, total: int, /, *, doing: str) -> None:
        """Tell how many records are done of how many (0 while nobody knows), and what is done with them."""


class Desk(NamedTuple):
    """An export, opened: its files, how they are read, and where its records lie."""

    export: Export
    vendor: Vendor
    places: Places
    digest: str


class Importing:
    """Imports exports of other desks into a tenant."""

    def __init__(self, rooms: ImportRooms) -> None:
        """Take the rooms."""
        self._rooms = rooms

    def run(self, scope: Scope, order: ImportOrder, *, tell: Tell) -> Imported:
        """Import an export, and return what came of it.

        A run that was stopped, however that happened, goes on where it was with `resume`, if export and mapping are
        the same. Raises `Malformed` for an export or a mapping that cannot be read at all, `Conflict` as said there
        and when the export changes while it is read, `StoreInUse` while another run is at it; no record makes it raise.
        """
        folder = self._rooms.folder / _name_of(scope, order)
        with (
            open_import(folder, restart=order.restart) as unfinished,
            opened_desk(order, folder / PLACES, tell=tell) as desk,
        ):
            unfinished.begin(_beginning(scope, order, desk.digest), resume=order.resume)
            run = _Run(self._rooms, scope, order, desk, unfinished)
            if unfinished.last is None:
                run.refuse_unreadable()
            run.take_people(tell)
            run.take_conversations(tell)
            imported = Imported(tally=unfinished.tally, first_left_out=unfinished.first_left_out(FIRST_LEFT_OUT))
            unfinished.finish(order.report)
            return imported


class _Run:
    """One run of an import."""

    def __init__(
        self, rooms: ImportRooms, scope: Scope, order: ImportOrder, desk: Desk, unfinished: UnfinishedImport
    ) -> None:
        self._desk = desk
        self._unfinished = unfinished
        self._order = order
        self._clock = rooms.clock
        self._tally = ImportTally()
        languages = rooms.settings_of(scope.tenant_id).languages
        origin = Origin(order.vendor, order.mapped, scope)
        customers = Customers(rooms.identity, rooms.screening, origin, languages=languages)
        self._pieces = Pieces(rooms.transactions, scope)
        self._preparing = preparing_for(rooms, scope, order, desk)
        self._writing = Writing(
            rooms.transactions,
            scope,
            customers=customers,
            sealing=Sealing(rooms.protection, rooms.keys),
            vendor=order.vendor,
        )

    def refuse_unreadable(self) -> None:
        """Write down what is no record, and messages whose conversation is not in the export."""
        for one in self._desk.places.refused():
            self._leave_at(one.file, one.number, one.offset, reason=one.reason)
        for place in self._desk.places.orphans():
            self._leave(place, "message_without_conversation", 1)
        self._keep("people", 0)

    def take_people(self, tell: Tell) -> None:
        """Register the customers of the export."""
        total, done = self._desk.places.count("people"), 0
        for places in self._batches("people"):
            waiting: list[tuple[Place, Written[bool]]] = []
            for place in places:
                person = self._desk.vendor.person(self._desk.export.fetch(place), listed=place.listed)
                if not person.is_agent and is_known(person):
                    waiting.append((place, self._writing.register(person)))
            for place, written in waiting:
                self._settle(place, written, self._registered)
            self._keep("people", places[-1].seq)
            done += len(places)
            tell(done, total, doing="customers")

    def _registered(self, is_new: bool) -> None:  # noqa: FBT001 - it is what was written
        self._tally.people += is_new

    def take_conversations(self, tell: Tell) -> None:
        """Write the conversations of the export. They are handed in together: that is one COMMIT where it can be."""
        total, done = self._desk.places.count("conversations"), 0
        for places in self._batches("conversations"):
            waiting: list[tuple[Place, Ready]] = []
            size = 0
            for place in places:
                ready = self._ready(place)
                if ready is None:
                    continue
                waiting.append((place, ready))
                size += ready.size
                if size >= BYTES_AT_ONCE:
                    self._write(waiting)
                    waiting, size = [], 0
            self._write(waiting)
            self._keep("conversations", places[-1].seq)
            done += len(places)
            tell(done, total, doing="conversations")

    def _ready(self, place: Place) -> Ready | None:
        """Return a conversation ready to be written, None for one that is left out, which is told."""
        try:
            past = past_at(self._desk, place)
            target = self._order.mapped.target(past.status, self._desk.vendor.statuses)
            return self._preparing.prepare(
                past,
                target=target,
                now=self._clock.now(),
                leave=lambda reason, times: self._leave(place, reason, times),
            )
        except Refused as refused:
            self._leave(place, refused.reason, 1)
            return None

    def _write(self, waiting: list[tuple[Place, Ready]]) -> None:
        """Write conversations, and wait until they are durable."""
        sealed = [(place, one) for place, ready in waiting if (one := self._sealed(place, ready)) is not None]
        begun = [(place, self._writing.write(one)) for place, one in sealed]
        for place, written in begun:
            self._settle(place, written, self._tally.add)

    def _sealed(self, place: Place, ready: Ready) -> Sealed | None:
        """Return a conversation with what it needs before its transaction, None for one that is left out."""
        marked = self._pieces.settle(ready.marks, leave=lambda reason, times: self._leave(place, reason, times))
        try:
            return self._writing.seal(ready, marked)
        except Refused as refused:
            self._leave(place, refused.reason, 1)
            return None

    def _settle(self, place: Place, written: Written[Any], count: Callable[[Any], None]) -> None:
        try:
            count(written())
        except Refused as refused:
            self._leave(place, refused.reason, 1)

    def _batches(self, section: Section) -> Iterator[tuple[Place, ...]]:
        seq = self._unfinished.is_done(section)
        while places := self._desk.places.after(section, seq, limit=AT_ONCE):
            yield places
            seq = places[-1].seq

    def _leave(self, place: Place, reason: Reason, times: int) -> None:
        self._leave_at(place.file, place.number, place.offset, reason=reason, times=times)

    def _leave_at(self, file: int, number: int, byte: int, *, reason: Reason, times: int = 1) -> None:
        name = self._desk.export.files.name(file)
        left = LeftOut(file=name, record=number, byte=byte, reason=reason, times=times)
        self._tally.leave(left)
        self._unfinished.leave(left)

    def _keep(self, section: Section, seq: int) -> None:
        self._unfinished.keep(section, seq, self._tally)
        self._tally = ImportTally()


@contextmanager
def opened_desk(order: ImportOrder, places_at: Path, *, tell: Tell) -> Iterator[Desk]:
    """Open an export, look it through, and yield it. Raises `Malformed`."""
    files = find_files(order.source, tables=order.vendor == "csv")
    vendor = FORMATS[order.vendor](order.mapped)
    export = Export(files, vendor.shape, form=order.mapped.csv if order.vendor == "csv" else None)
    if isinstance(vendor, RowReader) and export.tables is not None:
        for number, table in enumerate(export.tables):
            vendor.check(table.columns, name=files.name(number))
    places = Places(places_at)
    try:
        digest = look_through(export, vendor, places, tell=lambda met: tell(met, 0, doing="looking through"))
        yield Desk(export, vendor, places, digest)
    finally:
        places.close()


def preparing_for(rooms: ImportRooms, scope: Scope, order: ImportOrder, desk: Desk) -> Preparing:
    """Return what makes conversations of an export ready."""
    settings = rooms.settings_of(scope.tenant_id)
    names = rooms.transactions.read(lambda tx: staff_by_name(tx, scope, rooms.identity))
    origin = Origin(order.vendor, order.mapped, scope)
    marking = Marking(scope, rooms.screening, origin=origin, mapped=order.mapped)
    return Preparing(
        scope,
        who=Who(origin, Agents(names, order.mapped)),
        words=Words(rooms.screening, marking, language_teller(rooms.detect, settings.languages)),
        files=FileFinder(desk.export.files, largest=rooms.largest_file),
    )


def past_at(desk: Desk, place: Place) -> Past:
    """Return the conversation at a place, with what stands apart from it. Raises `Refused`."""
    found: Mapping[str, Any] = desk.export.fetch(place)
    key = desk.vendor.id_of(found, listed=place.listed)
    places, beyond = desk.places.of_parent(key)
    apart = [desk.export.fetch(one) for one in places]

    def find_person(number: str) -> Person | None:
        where = desk.places.find("people", number) if number else None
        return None if where is None else desk.vendor.person(desk.export.fetch(where), listed=where.listed)

    past = desk.vendor.past(found, apart=apart, find_person=find_person)
    return msgspec.structs.replace(past, beyond=beyond) if beyond else past


def _name_of(scope: Scope, order: ImportOrder) -> str:
    """Return the name of the folder of unfinished work: the same export has the same."""
    named = f"{scope.tenant_id}\x1f{order.vendor}\x1f{order.mapped.origin}\x1f{order.source.resolve()}"
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _beginning(scope: Scope, order: ImportOrder, digest: str) -> Beginning:
    told = msgspec.json.encode((scope.tenant_id, order.vendor, order.mapped), order="sorted")
    return Beginning(version=__version__, export=digest, order=hashlib.sha256(told).hexdigest())
