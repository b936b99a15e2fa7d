"""Masking: text with its sensitive places replaced, and typed look-alikes of masks told apart from real ones."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.text import MaskedText, Span

DOT: Final = "·"
WITHHELD: Final = "WITHHELD"
KINDS: Final = (
    *("EMAIL", "PHONE", "CARD", "IBAN", "URL", "IP"),
    *("ONE_TIME_CODE", "PIN", "CARD_SECURITY_CODE", "PASSWORD", WITHHELD),
)
"""The kinds that the built-in detectors mask; others have their own, in capitals."""

_LONGEST_TAIL: Final = 64
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_INVISIBLE: Final = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"


class Mask(NamedTuple):
    """A place of the original text that must not be shown: `start:end`, what it is, and the tail that may be shown."""

    start: int
    end: int
    kind: str
    subkind: str | None = None
    tail: str | None = None
    span_id: SpanId | None = None


class Masker:
    """Writes masked texts. Immutable and thread-safe."""

    def __init__(self, kinds: Sequence[str] = KINDS) -> None:
        """Take the kinds whose bare mask (`[PIN]`) somebody might type to deceive."""
        self._kinds = tuple(dict.fromkeys((*KINDS, *kinds)))
        known = "|".join(map(re.escape, self._kinds))
        self._typed = re.compile(
            # '[KIND·' of whatever kind with whatever dot, and '[KIND]' of the known kinds, unless escaped already.
            rf"(?<!\\)\[(?=\s*(?:[\w{_INVISIBLE}]{{2,40}}\s*[·•‧∙⋅・･]|(?:{known})\s*\]))",
            re.IGNORECASE,
        )

    def knowing(self, kinds: Sequence[str]) -> "Masker":
        """Return a masker that knows these kinds as well."""
        return Masker((*self._kinds, *kinds)) if kinds else self

    def mask(self, original: str, masks: Sequence[Mask]) -> MaskedText:
        """Return the masked text; `masks` are in order and do not overlap.

        What cannot be stored everywhere (NUL, lone surrogates) becomes U+FFFD; a typed look-alike of a mask gets a
        backslash before its bracket. Nothing else of the rest changes.
        """
        if not masks:
            return MaskedText(self.escape(original))
        pieces: list[str] = []
        spans: list[Span] = []
        length = done = 0
        for mask in masks:
            before = self.escape(original[done : mask.start])
            shown = f"[{mask.kind}{DOT}{mask.tail[:_LONGEST_TAIL]}]" if mask.tail else f"[{mask.kind}]"
            start = length + len(before)
            length = start + len(shown)
            spans.append(Span(kind=mask.kind, start=start, end=length, id=mask.span_id, subkind=mask.subkind))
            pieces += [before, shown]
            done = mask.end
        pieces.append(self.escape(original[done:]))
        return MaskedText("".join(pieces), tuple(spans))

    def escape(self, text: str) -> str:
        """Return text without masked places as masked text shows it. Escaping twice is escaping once."""
        if not text.isascii() or "\x00" in text:
            text = _UNSTORABLE.sub("\ufffd", text)
        return self._typed.sub(r"\\[", text) if "[" in text else text
