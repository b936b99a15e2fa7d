"""The filters of search: every language's words for them, what they mean, and what is said about others."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from doorward.flow.search.filters import NAMES, Circumstances, FilterBook, Meaning, names_of_kinds
from doorward.identity import Member
from doorward.record.search import NOBODY, Group, kind_term, parse
from doorward.vocabulary.ids import StaffId
from tests.support.searching import terms
from tests.support.transactions import NOON, staff_scope
from tests.support.words import LANGUAGES, packs

BERLIN = ZoneInfo("Europe/Berlin")
MIRA = Member(
    id=StaffId("m" * 26),
    username="mira",
    display_name="Mira Castellan",
    role="agent",
    languages=(),
    disabled=False,
    created_at=NOON,
)


def book() -> FilterBook:
    """Return the filters of a house with all languages and one channel."""
    return FilterBook(packs(), terms=terms(), channels=("webchat",), kinds=names_of_kinds(packs()))


def read(text: str) -> Meaning:
    """Return what the filters of a text mean to Mira at noon in Berlin."""
    words = {"refund": "refund", "rückgabe": "refund", "retur": "refund", "возврат": "refund"}
    given = Circumstances(staff_scope(MIRA.id), (MIRA,), {"label": words, "status": {}}, NOON, BERLIN)
    made = book()
    return made.read(parse(text, names=made.names).filters, given)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_examples_of_every_language_are_understood(code: str) -> None:
    """What the page's help shows, in the words of its language, means something, filter by filter."""
    pack = packs()[code]
    examples = {key: text for key, text in pack.messages.items() if key.endswith(".example")}
    named = {key: read(text) for key, text in examples.items() if ":" in text}
    assert len(named) >= 5
    assert [(key, meaning.troubles) for key, meaning in named.items() if meaning.troubles] == []
    assert named["search.help.agent.example"].fields["cards"].assignees == (MIRA.id,)
    assert named["search.help.agent.example"].fields["authors"] == ("customer",)
    assert named["search.help.masked.example"].groups == (Group(terms=frozenset({kind_term("CARD")})),)
    assert named["search.help.date.example"].fields["since"] == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert named["search.help.date.example"].fields["until"] == datetime(2026, 3, 31, 22, tzinfo=UTC)


def test_every_word_for_a_filter_or_value_means_one() -> None:
    """The packs name filters that exist, and values that some filter has."""
    made = book()
    assert set(made.names.values()) == set(NAMES)
    for pack in packs().values():
        for word, meaning in pack.meanings("search_value").items():
            known = {"me", "none", "today", "yesterday", *(value for name in NAMES for value in made.known(name))}
            assert meaning in known, (pack.code, word)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("state:waiting,human state:bot", {"states": ("waiting", "human", "bot")}),
        ("agent:castellan", {"assignees": (MIRA.id,)}),
        ('agent:"Mira Castellan"', {"assignees": (MIRA.id,)}),
        ("agent:none", {"assignees": (NOBODY,)}),
        ("label:Rückgabe priority:urgent", {"labels": ("refund",), "priorities": (2,)}),
        ("STATE:Waiting", {"states": ("waiting",)}),
        ("durum:BEKLİYOR", {"states": ("waiting",)}),
        ("состояние:ждет", {"states": ("waiting",)}),
        ("queue:vip lang:tr", {"queues": ("vip",), "languages": ("tr",)}),
    ],
)
def test_filters_narrow_conversations(text: str, names: dict[str, tuple[object, ...]]) -> None:
    """By value, several values, names of people and things, in any case."""
    meaning = read(text)
    assert meaning.troubles == ()
    assert {name: getattr(meaning.fields["cards"], name) for name in names} == names


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("from:today to:today", (2026, 3, 1, 23), (2026, 3, 2, 23)),
        ("from:yesterday", (2026, 2, 28, 23), None),
        ("from:7d", (2026, 2, 22, 23), None),
        ("to:2025", None, (2025, 12, 31, 23)),
        ("from:2026-2 to:2026-2", (2026, 1, 31, 23), (2026, 2, 28, 23)),
        ("from:2026-03-29 to:2026-03-29", (2026, 3, 28, 23), (2026, 3, 29, 22)),
    ],
)
def test_days_are_those_of_the_company(
    text: str, first: tuple[int, int, int, int] | None, after: tuple[int, int, int, int] | None
) -> None:
    """A day begins at midnight where the company is, also on the night in which its clocks change; `to` is included."""
    fields = read(text).fields
    assert fields["since"] == (None if first is None else datetime(*first, tzinfo=UTC))
    assert fields["until"] == (None if after is None else datetime(*after, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("colour:red", "unknown_filter", "colour"),
        ("state:asleep", "unknown_value", "state"),
        ("state:waiting,", "no_value", "state"),
        ("state:", "no_value", "state"),
        ("agent:nobody-here", "unknown_value", "agent"),
        ("from:2026-02-30", "unknown_value", "from"),
        ("from:0000", "unknown_value", "from"),
        ("to:99999d", "unknown_value", "to"),
        ("masked:banana", "unknown_value", "masked"),
        ("label:other", "unknown_value", "label"),
        ("priority:99", "unknown_value", "priority"),
    ],
)
def test_what_is_not_understood_is_told(text: str, code: str, name: str) -> None:
    """Nothing that looks like a filter is left out in silence; what would be right is offered."""
    (trouble,) = read(text).troubles
    assert (trouble.code, trouble.name) == (code, name)
    assert "banana" not in repr(trouble)


@pytest.mark.parametrize("text", ["http://example.com/a:b", "at 12:30", "note: call back", '"state:waiting"', "a-b:c"])
def test_what_is_no_filter_is_words(text: str) -> None:
    """Addresses, times, and what stands in quotes."""
    parsed = parse(text, names=book().names)
    assert parsed.filters == ()
    assert parsed.count > 0
