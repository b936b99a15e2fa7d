"""The filters of search: their names and values in every language, and what they mean for lines and conversations."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from doorward.flow.search.asked import Trouble
from doorward.identity import Member
from doorward.kit.words import split_words, visible
from doorward.record.search import NOBODY, Author, CardFilters, FilterWord, Group, Terms, kind_term
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.scope import Scope

STATES: Final = ("bot", "waiting", "human", "resolved")
AUTHORS: Final[tuple[Author, ...]] = ("customer", "bot", "agent", "note")
PRIORITIES: Final = {"low": -1, "normal": 0, "usual": 0, "high": 1, "urgent": 2}
NAMES: Final = (
    "state",
    "status",
    "label",
    "priority",
    "channel",
    "lang",
    "agent",
    "queue",
    "by",
    "masked",
    "from",
    "to",
    "before",
)
ME: Final = "me"
NONE: Final = "none"
DATES: Final = ("2026-03-31", "2026-03", "7d")
"""How dates may be written, for those who wrote them in another way."""

_OFFERED: Final = 12
_DAYS: Final = re.compile(r"(\d{1,4})d")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class Circumstances(NamedTuple):
    """What the values of filters depend on: who asks, who works here, the company's own words, and what day it is.

    `pieces` are keys by names, of labels and of statuses; a key is a name of its own.
    """

    scope: Scope
    members: Sequence[Member]
    pieces: Mapping[str, Mapping[str, str]]
    now: datetime
    zone: ZoneInfo


class Meaning(NamedTuple):
    """What filters come to: fields of a `LineQuery`, terms of masked places, and what was not understood."""

    fields: Mapping[str, Any]
    groups: tuple[Group, ...]
    troubles: tuple[Trouble, ...]


class FilterBook:
    """Knows the filters. The words for them are the language packs' (`search_filter`, `search_value`), of all packs."""

    def __init__(
        self, packs: Mapping[str, LanguagePack], *, terms: Terms, channels: Iterable[str], kinds: Mapping[str, set[str]]
    ) -> None:
        """Take the packs, the ids of the channels, and the names of every kind of masked place."""
        self.terms = terms
        self._fold: Callable[[str], str] = lambda word: min(terms.unstemmed(word), default="")
        self.names = _meanings(packs, "search_filter") | {name: name for name in NAMES}
        self._values = {self._fold(word): meaning for word, meaning in _meanings(packs, "search_value").items()}
        self._channels = tuple(sorted(channels))
        self._languages = tuple(sorted(packs))
        self._kinds = kinds
        self.kinds = self._kinds_by_term()

    def known(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter that can be told; none where they are many."""
        return {
            "state": STATES,
            "priority": tuple(PRIORITIES),
            "channel": self._channels,
            "lang": self._languages,
            "by": AUTHORS,
            "masked": tuple(sorted(kind.lower() for kind in self._kinds)),
            "from": DATES,
            "to": DATES,
            "before": DATES,
        }.get(name, ())

    def read(self, filters: Iterable[FilterWord], given: Circumstances) -> Meaning:
        """Return what filters mean together: values of one filter are alternatives, different filters must all hold."""
        values: dict[str, list[Any]] = {name: [] for name in NAMES}
        troubles: list[Trouble] = []
        for word in filters:
            name = self.names.get(word.name.casefold(), "")
            for value in [one.strip() for one in word.value.split(",")] or [""]:
                if not name:
                    troubles.append(Trouble(code="unknown_filter", name=word.name, value=value, known=NAMES))
                elif not value:
                    troubles.append(Trouble(code="no_value", name=name, known=self._offered(name, given)))
                elif found := self._value(name, value, given):
                    values[name] += found
                else:
                    known = self._offered(name, given)
                    troubles.append(Trouble(code="unknown_value", name=name, value=value, known=known))
        groups = (Group(terms=frozenset(values["masked"])),) if values["masked"] else ()
        return Meaning(_fields(values), groups, tuple(troubles))

    def _value(self, name: str, value: str, given: Circumstances) -> Sequence[Any]:
        """Return what a value means, nothing if it means nothing."""
        folded = self._fold(value) if value.isalpha() else value.casefold()
        meant = self._values.get(folded, folded)
        match name:
            case "agent":
                return _members(value, meant, given)
            case "queue":
                return (value,)
            case "label" | "status":
                key = given.pieces[name].get(value.casefold())
                return () if key is None else (key,)
            case "priority":
                return (PRIORITIES[meant],) if meant in PRIORITIES else ()
            case "masked":
                return self._masked(value, meant)
            case "from" | "to" | "before":
                day = _day(meant, given, last=name == "to")
                return () if day is None else (day,)
            case _:
                return (meant,) if meant in self.known(name) else ()

    def _masked(self, value: str, meant: str) -> Sequence[str]:
        if meant.upper() in self._kinds:
            return (kind_term(meant),)
        return tuple(kind for term in self.terms.of_word(value) for kind in self.kinds.get(term, ()))

    def _offered(self, name: str, given: Circumstances) -> tuple[str, ...]:
        if name == "agent":
            return (ME, NONE, *(one.username for one in given.members if not one.disabled))[:_OFFERED]
        if name in given.pieces:
            return tuple(sorted(set(given.pieces[name].values())))[:_OFFERED]
        return self.known(name)

    def _kinds_by_term(self) -> Mapping[str, frozenset[str]]:
        """Return the terms of masked places by the terms of the words that name their kinds, one word each."""
        found: dict[str, set[str]] = {}
        for kind, names in self._kinds.items():
            for name in names:
                words = split_words(visible(name))
                for term in self.terms.of_word(words[0]) if len(words) == 1 else ():
                    found.setdefault(term, set()).add(kind_term(kind))
        return {term: frozenset(kinds) for term, kinds in found.items()}


def names_of_kinds(packs: Mapping[str, LanguagePack]) -> Mapping[str, set[str]]:
    """Return what the packs call each kind of masked place: its label, and the first word of its lexicon."""
    found: dict[str, set[str]] = {}
    for pack in packs.values():
        for key, label in pack.messages.items():
            if key.startswith("kind."):
                kind = key.removeprefix("kind.")
                first = next(iter(pack.words(kind.lower())), "").rstrip("*")
                found.setdefault(kind, set()).update({label, first} - {""})
    return found


def _meanings(packs: Mapping[str, LanguagePack], purpose: str) -> dict[str, str]:
    return {
        pack.fold_case(word): meaning for pack in packs.values() for word, meaning in pack.meanings(purpose).items()
    }


def _members(value: str, meant: str, given: Circumstances) -> Sequence[str]:
    """Return the ids of the members with this user name, or with a name of which this is a word or all."""
    if meant == ME:
        return (given.scope.actor.id,)
    if meant == NONE:
        return (NOBODY,)
    wanted = value.casefold()
    return [
        str(one.id)
        for one in given.members
        if wanted in {one.username.casefold(), one.display_name.casefold(), *one.display_name.casefold().split()}
    ]


def _day(value: str, given: Circumstances, *, last: bool) -> datetime | None:
    """Return when a day, month or year begins where the tenant is; with `last`, when it is over."""
    today = given.now.astimezone(given.zone).date()
    first, following = today, today + timedelta(days=1)
    if days := _DAYS.fullmatch(value):
        first, following = today - timedelta(days=int(days[1])), today - timedelta(days=int(days[1]) - 1)
    elif value == "yesterday":
        first, following = today - timedelta(days=1), today
    elif value != "today":
        try:
            first, following = _calendar(value)
        except ValueError:
            return None
    chosen = following if last else first
    return datetime(chosen.year, chosen.month, chosen.day, tzinfo=given.zone)


def _calendar(value: str) -> tuple[date, date]:
    """Return the first day of what is written as `2026`, `2026-03` or `2026-03-31`, and the day after its last.

    Raises `ValueError` for what is no such date.
    """
    match = _DATE.fullmatch(value)
    if match is None or not 1970 <= int(match[1]) <= 9998:
        raise ValueError(value)
    year, month, day = int(match[1]), match[2], match[3]
    if day is not None:
        first = date(year, int(month), int(day))
        return first, first + timedelta(days=1)
    if month is not None:
        first = date(year, int(month), 1)
        return first, (first + timedelta(days=31)).replace(day=1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def _fields(values: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    def all_of(name: str) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(values[name]))

    cards = CardFilters(
        states=all_of("state"),
        channels=all_of("channel"),
        languages=all_of("lang"),
        assignees=all_of("agent"),
        queues=all_of("queue"),
        labels=all_of("label"),
        statuses=all_of("status"),
        priorities=all_of("priority"),
    )
    return {
        "cards": cards,
        "authors": all_of("by"),
        "since": max(values["from"], default=None),
        "until": min((*values["to"], *values["before"]), default=None),
    }
