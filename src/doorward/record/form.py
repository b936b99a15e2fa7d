"""Which lines have form, and what such a line says in one place: its words without the signs that made the form."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec

from doorward.record.formatting import FormattedPiece, formatted
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.past import PAST
from doorward.vocabulary.text import MaskedText, Span

FORMED: Final = frozenset({"message.agent", "note.written", "handoff.passed", "handoff.invited", "reply.scheduled"})
"""The kinds of lines that staff wrote, in which signs make form. All else is shown as it is, and so is what comes from
another product: nobody meant its signs so.
"""

_BLOCKS: Final = frozenset({"paragraph", "quote", "bullets", "numbers", "item", "code_block"})
"""Pieces that begin a line of their own."""


def has_form(kind: str, key: str) -> bool:
    """Return whether signs make form in a line of this kind with this key."""
    return kind in FORMED and not key.startswith(PAST)


def form_of(entry: Entry) -> tuple[FormattedPiece, ...]:
    """Return what a line says in pieces, none where it has no form."""
    text = entry.text
    return formatted(text.text, text.spans) if text is not None and has_form(entry.kind, entry.key) else ()


def plain_words(entry: Entry) -> MaskedText:
    """Return what a line says as lists, previews and notices show it; a line without words says nothing."""
    text = entry.text or MaskedText("")
    return plain(text) if has_form(entry.kind, entry.key) else text


@lru_cache(maxsize=512)
def plain(text: MaskedText) -> MaskedText:
    """Return a text that staff wrote without the signs of its form, masked places whole and at their new places.

    Its words, addresses of links and numbers of lists among them, stand there all, in order.
    """
    pieces = formatted(text.text, text.spans)
    return _Joining(text.spans).joined(pieces) if pieces else text


class _Joining:
    """Puts pieces together again, each block in a line of its own."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._parts: list[str] = []
        self._places: list[Span] = []
        self._length = 0
        self._begun = False  # whether something stands in the line already

    def joined(self, pieces: Sequence[FormattedPiece]) -> MaskedText:
        """Return what the pieces say."""
        ends: list[str] = []
        for piece in pieces:
            match piece.kind:
                case "text":
                    self._add(piece.text)
                case "mask":
                    self._mask(piece)
                case "break":
                    self._break()
                case "end":
                    self._add(ends.pop())
                case _:
                    if piece.kind in _BLOCKS:
                        self._break()
                    if piece.number:
                        self._number(piece.number)
                    ends.append(f" ({piece.text})" if piece.text else "")
        return MaskedText("".join(self._parts), tuple(self._places))

    def _add(self, part: str) -> None:
        self._parts.append(part)
        self._length += len(part)
        self._begun = self._begun or bool(part)

    def _mask(self, piece: FormattedPiece) -> None:
        start = self._length
        self._add(piece.text)
        self._places.append(msgspec.structs.replace(self._spans[piece.number], start=start, end=self._length))

    def _break(self) -> None:
        if self._begun:
            self._add("\n")
            self._begun = False

    def _number(self, number: int) -> None:
        self._add(f"{number}. ")
        self._begun = False  # what an item says stands behind its number
