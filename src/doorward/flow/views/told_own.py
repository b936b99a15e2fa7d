"""What a customer reads of what a core system told about them: masked where it is kept, opened for them alone."""

from collections.abc import Collection
from typing import Final

import msgspec

from doorward.flow.views.transcript import ShownChoice, ShownEntry, Transcript
from doorward.identity import Identity, family_of
from doorward.kit.tx import Tx
from doorward.protection import ProtectionService
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import Span, shifted

_BOT: Final = "bot"


class OwnReader:
    """Opens, in lines of the bot, what was told to the party that reads them, if it is known well enough still."""

    def __init__(self, identity: Identity, protection: ProtectionService) -> None:
        """Take the rooms."""
        self._identity = identity
        self._protection = protection

    def open_for(self, tx: Tx, scope: Scope, found: Transcript, *, reader: PartyId) -> Transcript:
        """Return a transcript as the party that has its credential may read it; nobody else's values are opened."""
        if not any(_has_places(line) for line in found.entries):
            return found
        try:
            level = self._identity.actions.level_now(tx, scope, reader)
        except NotFound:
            return found
        if level < AssuranceLevel.CLAIMED:
            return found
        theirs = frozenset(family_of(tx, scope, reader))
        entries = tuple(self._line(tx, scope, line, theirs) if _has_places(line) else line for line in found.entries)
        return msgspec.structs.replace(found, entries=entries)

    def _line(self, tx: Tx, scope: Scope, line: ShownEntry, theirs: Collection[PartyId]) -> ShownEntry:
        text, spans = self._opened(tx, scope, (line.text, line.spans), theirs)
        choices = tuple(self._choice(tx, scope, one, theirs) if one.spans else one for one in line.choices)
        return msgspec.structs.replace(line, text=text, spans=spans, choices=choices)

    def _choice(self, tx: Tx, scope: Scope, choice: ShownChoice, theirs: Collection[PartyId]) -> ShownChoice:
        text, spans = self._opened(tx, scope, (choice.label, choice.spans), theirs)
        return ShownChoice(label=text, says=text, spans=spans)

    def _opened(
        self, tx: Tx, scope: Scope, masked: tuple[str, tuple[Span, ...]], theirs: Collection[PartyId]
    ) -> tuple[str, tuple[Span, ...]]:
        """Return a text with those places opened that are theirs, and the spans of the others."""
        text, spans = masked
        pieces: list[str] = []
        left: list[Span] = []
        done = moved = 0
        for span in spans:
            value = self._value(tx, scope, span, theirs)
            if value is None:
                left += shifted((span,), by=moved)
                continue
            pieces += [text[done : span.start], value]
            moved += len(value) - (span.end - span.start)
            done = span.end
        return "".join((*pieces, text[done:])), tuple(left)

    def _value(self, tx: Tx, scope: Scope, span: Span, theirs: Collection[PartyId]) -> str | None:
        if span.id is None:
            return None
        try:
            return self._protection.tell_own(tx, scope, span.id, parties=theirs)
        except NotFound:
            return None


def _has_places(line: ShownEntry) -> bool:
    return line.author == _BOT and bool(line.spans or any(choice.spans for choice in line.choices))
