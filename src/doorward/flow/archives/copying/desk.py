"""The desk on which one record lies: its texts are screened here, and what was found is noted."""

import re
from typing import Final, NamedTuple

from doorward.flow.archives.ruled import Screening
from doorward.flow.archives.tally import Excerpt, Refusal, Tally
from doorward.flow.archives.terms import LONGEST_RECORD, Order, Reason, Record, Refused
from doorward.protection import Screened
from doorward.vocabulary.finding import Finding
from doorward.vocabulary.text import MaskedText, WildText

_SHORT: Final = 64
"""Characters of a value that may be understood by its field's name, and be remembered with what came of it."""

_REMEMBERED: Final = 4096
_AROUND: Final = 40
_LONGEST_NAME: Final = 80
_LONGEST_ENDING: Final = 5
_WORDS_IN_NAMES: Final = re.compile(r"(?<=[^\W\d_])[_\-.]+(?=\w)|(?<=[a-z])(?=[A-Z])")


class Noted(NamedTuple):
    """A finding, and the field of the record that it lies in (masked); its place is in characters of that field."""

    field: str
    finding: Finding


class Screens:
    """Screens texts for one chunk, and remembers short ones: the same few words stand in a column again and again."""

    def __init__(self, screener: Screening, order: Order) -> None:
        """Take the detectors and what is asked for."""
        self.order = order
        self._screener = screener
        self._named: dict[str, Screening] = {}
        self._remembered: dict[tuple[str, str], Screened] = {}
        self._names: dict[str, str] = {}

    def screen(self, text: str, *, named: str = "") -> Screened:
        """Return a text screened; `named` is its field's name as written, which tells what a short value is."""
        if len(text) > _SHORT or "\n" in text:
            return self._screener.screen(WildText(text), guards=self.order.guards)
        known = self._remembered.get((named, text))
        if known is None:
            known = self._screener_for(named).screen(WildText(text), guards=self.order.guards)
            if len(self._remembered) < _REMEMBERED:
                self._remembered[named, text] = known
        return known

    def name(self, name: str) -> str:
        """Return a field's name masked."""
        if name not in self._names:
            if len(self._names) >= _REMEMBERED:
                self._names.clear()
            self._names[name] = self._screener.screen(WildText(name)).masked.text
        return self._names[name]

    def file_name(self, name: str) -> str:
        """Return a file's name masked; its ending, of a few plain letters, says what it is and nobody's name."""
        before, dot, ending = name.rpartition(".")
        if before and len(ending) <= _LONGEST_ENDING and ending.isascii() and ending.isalpha():
            return self.name(before) + dot + ending
        return self.name(name)

    def _screener_for(self, named: str) -> Screening:
        if not named:
            return self._screener
        if named not in self._named:
            if len(self._named) >= _REMEMBERED:
                self._named.clear()
            said = _WORDS_IN_NAMES.sub(" ", named[:_LONGEST_NAME])
            self._named[named] = self._screener.after(WildText(f"{said}:"))
        return self._named[named]


class Desk:
    """Screens the texts of one record."""

    def __init__(self, screens: Screens, tally: Tally, record: Record) -> None:
        """Take where texts are screened, where they are counted, and the record."""
        self.order = screens.order
        self.number = record.number
        self.noted: list[Noted] = []
        self.id: str | int = record.number
        self.name = screens.file_name(record.name)[-_LONGEST_NAME:] if record.name else ""
        self._screens = screens
        self._tally = tally
        self._offset = record.offset

    def text(self, text: str, *, field: str, named: str = "") -> str:
        """Return a text masked and note what was found. Raises `Refused` for one that is too long.

        `field` is where it stands, a name that may be shown; `named` the field's name as written, if it has one.
        """
        if len(text) > LONGEST_RECORD:
            raise Refused("too_large", field=field)
        screened = self._screens.screen(text, named=named)
        self._tally.texts += 1
        if screened.findings:
            self.noted += [Noted(field, finding) for finding in screened.findings]
            self._quote(field, screened.masked)
        return screened.masked.text

    def masked_name(self, name: str) -> str:
        """Return a field's name masked. It counts as no finding: it stands in every record."""
        return self._screens.name(name)

    def shown_name(self, name: str) -> str:
        """Return a field's name masked and short, as it may be shown."""
        return self._screens.name(name)[:_LONGEST_NAME]

    def note(self, field: str, kind: str, *, length: int, rule: str) -> None:
        """Note what the format itself tells to be sensitive, such as an address in a mail's heading."""
        self.noted.append(Noted(field, Finding(kind=kind, start=0, end=length, score=1.0, rule=rule)))

    def refuse(self, reason: Reason, *, field: str | None = None) -> None:
        """Note that a part of the record is left out."""
        self._tally.refuse(Refusal(record=self.number, offset=self._offset, reason=reason, name=self.name, field=field))

    def replace(self) -> None:
        """Note that an attachment had a note put in its place."""
        self._tally.replaced += 1

    def _quote(self, field: str, masked: MaskedText) -> None:
        for span in masked.spans[:20]:
            start, end = max(span.start - _AROUND, 0), span.end + _AROUND
            around = " ".join(masked.text[start:end].split())
            before, after = "…" if start else "", "…" if end < len(masked.text) else ""
            excerpt = Excerpt(record=self.number, field=field, text=f"{before}{around}{after}")
            self._tally.quote(span.kind, excerpt)
