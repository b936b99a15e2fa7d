"""Characters that people do not see, or see as others: hidden instructions, reversed text, disguised words."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from doorward.protection.ports import Certainty, Claim, Inspection, Inspector, LanguagePack, View
from doorward.vocabulary.finding import Family

_RULES: Final = (
    # Tag characters (U+E0000 ...) mirror ASCII invisibly; only the flags of England, Scotland and Wales need them.
    ("tag_characters", 1.0, re.compile("(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]{2,}")),
    # Overrides and embeddings change the order in which text is shown; isolates and marks belong to right-to-left text.
    ("bidi", 0.9, re.compile("[\u202a-\u202e]+")),
    ("bidi", 0.6, re.compile("[\u2066-\u2069]+")),
    # Long rows of variation selectors carry bytes; one or two belong to an emoji or an ideograph.
    ("variation_selectors", 1.0, re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}")),
    # Between Latin, Greek or Cyrillic letters or digits nothing invisible has a purpose; soft hyphens do.
    (
        "zero_width",
        0.8,
        re.compile("(?<=[0-9A-Za-z\u00c0-\u024f\u0370-\u052f])[\u200b-\u200d\u2060-\u2064\ufeff\u180e\u034f]+"
                   "(?=[0-9A-Za-z\u00c0-\u024f\u0370-\u052f])"),
    ),
    ("zero_width", 0.8, re.compile("[\u200b-\u200d\u2060-\u2064\ufeff\u180e\u115f\u1160\u3164\uffa0]{4,}")),
)  # fmt: skip


class HiddenTextInspector:
    """Reports what is hidden, never what it says."""

    id = "hidden_text"
    family: Family = "threat"
    reads: Literal["wild"] = "wild"
    wants: Literal["irregular"] = "irregular"
    kinds = ("HIDDEN_TEXT",)

    def inspection(self, _packs: Sequence[LanguagePack]) -> Inspection:
        """Return the same inspection for all languages."""
        return _inspect


def _inspect(view: View) -> Sequence[Claim]:
    """Return one claim a way of hiding, over everything from its first to its last use."""
    return (*_invisible(view), *_mixed(view))


_SUSPICIOUS: Final = re.compile(
    "[\u034f\u115f\u1160\u180e\u200b-\u200d\u202a-\u202e\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
"""All that the rules ask for, in one look."""


def _invisible(view: View) -> Iterator[Claim]:
    if _SUSPICIOUS.search(view.original) is None:
        return
    for subkind, score, pattern in _RULES:
        matches = list(pattern.finditer(view.original))
        if matches:
            yield _claim(subkind, score, matches[0].start(), matches[-1].end())


def _mixed(view: View) -> Iterator[Claim]:
    if view.mixed:
        start, _ = view.origin(*view.mixed[0])
        _, end = view.origin(*view.mixed[-1])
        yield _claim("mixed_alphabets", min(0.4 + 0.2 * len(view.mixed), 0.9), start, end)


def _claim(subkind: str, score: float, start: int, end: int) -> Claim:
    return Claim(
        kind="HIDDEN_TEXT",
        subkind=subkind,
        start=start,
        end=end,
        certainty=Certainty.VALIDATED,
        score=score,
        rule=f"hidden_text.{subkind}",
    )


def build(_kit: object) -> Inspector:
    """Return the detector."""
    return HiddenTextInspector()
