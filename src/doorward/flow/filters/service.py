"""Reading filters where they are used: with the company's own words, its people and its time zone at hand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from doorward import workspace
from doorward.flow.filters.asked import LONGEST, Filters, NotUnderstood, Trouble, write
from doorward.flow.filters.book import Circumstances, FilterBook, Reading
from doorward.flow.filters.meaning import Wanted, mean
from doorward.identity import Staff
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.record.search import FilterWord
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.scope import Scope
from doorward.workspace import PieceKind, PieceName, SavedView

PIECES: Final[tuple[PieceKind, ...]] = ("label", "status")
_OF_PEOPLE: Final = frozenset({"agent", "mentions"})
_OF_TIME: Final = frozenset({"from", "to", "before"})
_UTC: Final = ZoneInfo("UTC")


class ReadFilters(Protocol):
    """Says what filters of a list come to. Raises `NotUnderstood`."""

    def __call__(self, tx: Tx, scope: Scope, text: str, *, kept: bool = False) -> Wanted:
        """Return what a text asks for; what was `kept` may name what is gone since (`FilterBook.read`)."""
        ...


class FilterReader:
    """Reads filters. `scope.actor` is who asks: `me`."""

    def __init__(self, book: FilterBook, *, staff: Staff, settings_of: Callable[[Tx, Scope], TenantSettings]) -> None:
        """Take the book, and who knows people and what a company has decided."""
        self.book = book
        self._staff = staff
        self._settings_of = settings_of

    def of_lines(self, tx: Tx, scope: Scope, words: Sequence[FilterWord]) -> tuple[Wanted, tuple[Trouble, ...]]:
        """Return what the filters of a search come to, and what is wrong with them; then nothing is asked for."""
        reading, given = self._read(tx, scope, words, lines=True)
        return mean(reading.filters, given), reading.troubles

    def of_list(self, tx: Tx, scope: Scope, text: str, *, kept: bool = False) -> Wanted:
        """Return what the filters of a list come to. Raises `NotUnderstood`."""
        if not text or text.isspace():
            return Wanted()
        filters, given = self._of_list(tx, scope, text, kept=kept)
        return mean(filters, given)

    def keep(self, tx: Tx, scope: Scope, text: str, *, name: PieceName) -> str:
        """Return filters of a list as they are kept (`write`) in the view of this name. Raises `NotUnderstood`.

        What stands there already stays as it is: it may be longer than what is written today, or name what is gone.
        """
        if text and text == _stored(tx, scope, name):
            return text
        written = write(self._of_list(tx, scope, text, kept=False)[0])
        if len(written) > LONGEST:
            raise NotUnderstood((Trouble(code="too_long", known=(str(LONGEST),)),))
        return written

    def _of_list(self, tx: Tx, scope: Scope, text: str, *, kept: bool) -> tuple[Filters, Circumstances]:
        if len(text) > LONGEST and not kept:
            raise NotUnderstood((Trouble(code="too_long", known=(str(LONGEST),)),))
        parsed = self.book.parse(text)
        reading, given = self._read(tx, scope, parsed.filters, lines=False, kept=kept)
        strays = tuple(Trouble(code="no_filter", value=one.text, place=one.place) for one in parsed.plain)
        if reading.troubles or strays:
            raise NotUnderstood(sorted((*reading.troubles, *strays), key=lambda one: one.place))
        return reading.filters, given

    def _read(
        self, tx: Tx, scope: Scope, words: Sequence[FilterWord], *, lines: bool, kept: bool = False
    ) -> tuple[Reading, Circumstances]:
        # Asked for only where a name must be told from another: most lists and searches have no filter.
        named = {one.name for one in words}
        members = self._staff.everybody(tx, scope) if named & _OF_PEOPLE else ()
        pieces: dict[str, Mapping[str, str]] = {
            kind: _keys(tx, scope, kind) if kind in named else {} for kind in PIECES
        }
        zone = ZoneInfo(self._settings_of(tx, scope).time_zone) if named & _OF_TIME else _UTC
        given = Circumstances(scope, members, pieces, tx.now, zone)
        return self.book.read(words, given, lines=lines, kept=kept), given


def _stored(tx: Tx, scope: Scope, name: PieceName) -> str:
    """Return the filters that a view has, nothing where there is no such view."""
    try:
        found = workspace.find_piece(tx, scope, "view", name.key)
    except NotFound:
        return ""
    return found.piece.query if found.owner == name.owner and isinstance(found.piece, SavedView) else ""


def _keys(tx: Tx, scope: Scope, kind: PieceKind) -> Mapping[str, str]:
    """Return the keys of the company's labels or statuses by what they are called, keys included."""
    known = workspace.list_pieces(tx, scope, kind)
    return {one.piece.name.casefold(): one.key for one in known} | {one.key.casefold(): one.key for one in known}
