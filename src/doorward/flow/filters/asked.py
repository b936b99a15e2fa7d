"""Filters once they are understood, and what is said about those that are not. Pure: no words of any language."""

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final, Literal

from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import Malformed

LONGEST: Final = 500
"""Characters of filters, and of a search; what is longer is refused before it is taken apart."""

MOST_FILTERS: Final = 30

NAMES: Final = (
    "state",
    "status",
    "label",
    "priority",
    "channel",
    "lang",
    "agent",
    "queue",
    "mentions",
    "intent",
    "risk",
    "unread",
    "sleeping",
    "by",
    "masked",
    "from",
    "to",
    "before",
)
"""The filters by their own names, in the order in which they are written."""

EACH: Final = frozenset({"label", "mentions", "masked"})
"""Of these a conversation or a line can have several: written again, all of them must hold."""

OF_LINES: Final = frozenset({"by", "masked"})
"""These look at single lines: search knows them, lists of conversations do not."""

TroubleCode = Literal[
    "unknown_filter",
    "unknown_value",
    "no_value",
    "no_filter",
    "only_in_search",
    "too_long",
    "too_many_filters",
    "too_many_words",
    "customers_limited",
]

_BARE: Final = re.compile(r'[^\s",]+')


class Filter(Discreet, frozen=True):
    """A filter that is understood: its own name, and values in the one form in which each is kept."""

    name: str
    values: tuple[str, ...]


Filters = tuple[Filter, ...]
"""Filters in normal form (`normal`)."""


class Trouble(Discreet, frozen=True, kw_only=True):
    """Why filters, or a search, are not understood: which one, its value as typed, and what would be understood.

    `place` is the number of the filter's first character, 0 where nothing was typed.
    """

    code: TroubleCode
    name: str = ""
    value: str = ""
    known: tuple[str, ...] = ()
    place: int = 0


class NotUnderstood(Malformed):
    """Filters that mean nothing; `troubles` say why, and what would. What was typed is not in the sentence."""

    code: ClassVar[str] = "filters_not_understood"

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        """Take what is wrong, at least one thing."""
        super().__init__(reason_of(troubles[0]))
        self.troubles = tuple(troubles)


def reason_of(trouble: Trouble) -> str:
    """Return what is wrong, where, and what would be right, for programmers; what was typed is not repeated."""
    place = f"at character {trouble.place}: " if trouble.place else ""
    known = f"; known are {', '.join(trouble.known)}" if trouble.known else ""
    match trouble.code:
        case "unknown_filter":
            return f"{place}there is no such filter{known}"
        case "no_filter":
            return f"{place}here are only filters, such as state:human"
        case "only_in_search":
            return f"{place}{trouble.name}: looks at single messages, and is understood by search alone"
        case "too_long" | "too_many_filters" | "too_many_words":
            what = {"too_long": "characters", "too_many_filters": "filters", "too_many_words": "words"}[trouble.code]
            return f"more than {trouble.known[0]} {what}"
        case "no_value":
            return f"{place}{trouble.name}: a value is missing{known}"
        case _:
            return f"{place}{trouble.name}: no such value{known}"


def normal(filters: Iterable[Filter]) -> Filters:
    """Return filters in the one form that means the same: by the order of `NAMES`, no value twice.

    Of what a conversation has one of, values that are written apart are alternatives like those between commas. Of what
    it can have several of (`EACH`), each that is written again must hold as well.
    """
    merged: dict[str, dict[str, None]] = {}
    apart: dict[str, dict[tuple[str, ...], None]] = {}
    for one in filters:
        if one.name in EACH:
            apart.setdefault(one.name, {})[tuple(dict.fromkeys(one.values))] = None
        else:
            merged.setdefault(one.name, {}).update(dict.fromkeys(one.values))
    found: list[Filter] = []
    for name in NAMES:
        if name in merged:
            found.append(Filter(name, tuple(merged[name])))
        found += [Filter(name, values) for values in apart.get(name, ())]
    return tuple(found)


def write(filters: Iterable[Filter]) -> str:
    """Return filters as they are kept: their own names and values, which mean the same in every language.

    What is written is read again as the same filters.
    """
    return " ".join(f"{one.name}:{','.join(map(_written, one.values))}" for one in normal(filters))


def _written(value: str) -> str:
    return value if _BARE.fullmatch(value) else f'"{value}"'
