"""The book of filters: their names and values in every language, and what they are kept as."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from doorward.flow.filters.asked import MOST_FILTERS, NAMES, OF_LINES, Filter, Filters, Trouble, TroubleCode, normal
from doorward.flow.filters.days import EXAMPLES, written_day
from doorward.identity import Member
from doorward.kit.words import split_words, visible
from doorward.record.search import Author, FilterWord, Parsed, Terms, bare, kind_term, parse
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.scope import Scope

STATES: Final = ("bot", "waiting", "human", "resolved")
AUTHORS: Final[tuple[Author, ...]] = ("customer", "bot", "agent", "note")
PRIORITIES: Final = {"low": -1, "normal": 0, "high": 1, "urgent": 2}
ME: Final = "me"
NONE: Final = "none"
YES: Final = "yes"
NO: Final = "no"

_PRIORITIES: Final = {**{name: name for name in PRIORITIES}, **{str(n): name for name, n in PRIORITIES.items()}}
_OFFERED: Final = 12


class Circumstances(NamedTuple):
    """What the values of filters depend on: who asks, who works here, the company's own words, and what day it is.

    `pieces` are keys by names, of labels and of statuses; a key is a name of its own.
    """

    scope: Scope
    members: Sequence[Member]
    pieces: Mapping[str, Mapping[str, str]]
    now: datetime
    zone: ZoneInfo


class Reading(NamedTuple):
    """Filters that were understood, in normal form, and what was not."""

    filters: Filters
    troubles: tuple[Trouble, ...]


class FilterBook:
    """Knows the filters. The words for them are the language packs' (`search_filter`, `search_value`), of all packs."""

    def __init__(
        self, packs: Mapping[str, LanguagePack], *, terms: Terms, channels: Iterable[str], kinds: Mapping[str, set[str]]
    ) -> None:
        """Take the packs, the ids of the channels, and the names of every kind of masked place."""
        self.terms = terms
        self._fold: Callable[[str], str] = lambda word: min(terms.unstemmed(word), default="")
        self.names = {bare(word): meaning for word, meaning in _meanings(packs, "search_filter").items()}
        self.names |= {name: name for name in NAMES}
        self._values = {self._fold(word): meaning for word, meaning in _meanings(packs, "search_value").items()}
        self._channels = tuple(sorted(channels))
        self._languages = tuple(sorted(packs))
        self._kinds = {kind.lower(): names for kind, names in kinds.items()}
        self._named = self._kinds_by_term()
        self.kinds = {term: frozenset(map(kind_term, kinds)) for term, kinds in self._named.items()}
        """Terms of masked places by terms of the words that name their kinds."""

    def parse(self, text: str, *, typing: bool = False) -> Parsed:
        """Return what a text asks for: words, and filters that `read` understands. Never raises."""
        return parse(text, names=self.names, typing=typing)

    def known(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter that can be told; none where they are many."""
        return {
            "state": STATES,
            "priority": tuple(PRIORITIES),
            "channel": self._channels,
            "lang": self._languages,
            "by": AUTHORS,
            "masked": tuple(sorted(self._kinds)),
            "risk": ("60%",),
            "unread": (YES,),
            "sleeping": (YES, NO),
            "from": EXAMPLES,
            "to": EXAMPLES,
            "before": EXAMPLES,
        }.get(name, ())

    def read(self, words: Sequence[FilterWord], given: Circumstances, *, lines: bool, kept: bool = False) -> Reading:
        """Return what filters mean, and what is wrong with those that mean nothing.

        `lines` says whether single lines are asked for, or conversations alone. What was `kept` may name a label,
        status, channel or language that is gone since.
        """
        if len(words) > MOST_FILTERS and not kept:
            return Reading((), (Trouble(code="too_many_filters", known=(str(MOST_FILTERS),)),))
        found: list[Filter] = []
        troubles: list[Trouble] = []
        for word in words:
            if word.name not in NAMES:
                known = tuple(name for name in NAMES if lines or name not in OF_LINES)
                troubles.append(Trouble(code="unknown_filter", name=word.name, known=known, place=word.place))
                continue
            if word.name in OF_LINES and not lines:
                troubles.append(Trouble(code="only_in_search", name=word.name, place=word.place))
                continue
            values: list[str] = []
            for value in word.values:
                if meant := self._value(word.name, value, given, kept=kept):
                    values += meant
                    continue
                known = self._offered(word.name, given)
                code: TroubleCode = "unknown_value" if value else "no_value"
                troubles.append(Trouble(code=code, name=word.name, value=value, known=known, place=word.place))
            found.append(Filter(word.name, tuple(values)))
        return Reading(() if troubles else normal(found), tuple(troubles))

    def _value(self, name: str, value: str, given: Circumstances, *, kept: bool) -> Sequence[str]:
        """Return what a value is kept as, nothing if it means nothing."""
        plain = value.casefold()
        meant = self._values.get(self._fold(value) if value.isalpha() else plain, plain)
        match name if value else "":
            case "":
                found: Sequence[str] = ()
            case "agent" | "mentions":
                found = _usernames(plain, meant, given, nobody=name == "agent")
            case "queue" | "intent":
                found = (plain,)
            case "label" | "status":
                key = given.pieces[name].get(plain, plain if kept else "")
                found = (key,) if key else ()
            case "priority":
                found = (_PRIORITIES[meant],) if meant in _PRIORITIES else ()
            case "masked":
                found = (meant,) if meant in self._kinds else self._kinds_of(value)
            case "risk":
                found = _share(plain)
            case "from" | "to" | "before":
                found = tuple(filter(None, (written_day(meant),)))
            case _:
                found = (meant,) if meant in self.known(name) or (kept and name in {"channel", "lang"}) else ()
        return found

    def _kinds_of(self, word: str) -> Sequence[str]:
        return tuple(sorted({kind for term in self.terms.of_word(word) for kind in self._named.get(term, ())}))

    def _offered(self, name: str, given: Circumstances) -> tuple[str, ...]:
        if name in {"agent", "mentions"}:
            nobody = (NONE,) if name == "agent" else ()
            return (ME, *nobody, *(one.username for one in given.members if not one.disabled))[:_OFFERED]
        if name in given.pieces:
            return tuple(sorted(set(given.pieces[name].values())))[:_OFFERED]
        return self.known(name)

    def _kinds_by_term(self) -> Mapping[str, frozenset[str]]:
        """Return the kinds of masked places by the terms of the words that name them, one word each."""
        found: dict[str, set[str]] = {}
        for kind, names in self._kinds.items():
            for name in names:
                words = split_words(visible(name))
                for term in self.terms.of_word(words[0]) if len(words) == 1 else ():
                    found.setdefault(term, set()).add(kind)
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


def _usernames(plain: str, meant: str, given: Circumstances, *, nobody: bool) -> Sequence[str]:
    """Return the member with this user name; else those with a name of which this is a word or all.

    A user name goes before words of other languages for `me` and `none`: somebody may be called *ben*.
    """
    known = {one.username.casefold(): one.username for one in given.members}
    if plain in known and plain not in {ME, NONE}:
        return (known[plain],)
    if meant == ME or (meant == NONE and nobody):
        return (meant,)
    named = ((one.username, one.display_name.casefold()) for one in given.members)
    return tuple(username for username, name in named if plain in {name, *name.split()})


def _share(value: str) -> tuple[str, ...]:
    """Return a share of one or of a hundred (`0.6`, `60%`) in per cent, nothing for what is none."""
    try:
        share = float(value.removesuffix("%")) * (1 if value.endswith("%") else 100)
    except ValueError:
        return ()
    return (f"{share:g}%",) if 0 <= share <= 100 else ()
