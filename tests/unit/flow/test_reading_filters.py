"""The one language of filters: every language's words, the form in which they are kept, and what is told of others."""

import re
import time
from datetime import UTC, datetime
from importlib import import_module
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from doorward.flow.filters import NAMES, Circumstances, Reading, Wanted, mean, write
from doorward.identity import Member
from doorward.record.search import NOBODY
from doorward.vocabulary.ids import StaffId
from tests.support.searching import filter_book
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
LABELS = {"refund": "refund", "rückgabe": "refund", "iade": "refund", "retur": "refund", "возврат": "refund"}
STATUSES = dict.fromkeys(("supplier", "lieferant", "tedarikçi", "pemasok", "поставщик"), "supplier")
PIECES = {"label": LABELS | {"vip": "vip", "вип": "vip"}, "status": STATUSES}
GIVEN = Circumstances(staff_scope(MIRA.id), (MIRA,), PIECES, NOON, BERLIN)


def read(text: str, *, lines: bool = True, kept: bool = False) -> Reading:
    """Return what the filters of a text are for Mira at noon in Berlin."""
    return filter_book().read(filter_book().parse(text).filters, GIVEN, lines=lines, kept=kept)


def wanted(text: str) -> Wanted:
    """Return what understood filters come to."""
    reading = read(text)
    assert reading.troubles == ()
    return mean(reading.filters, GIVEN)


@pytest.mark.parametrize("text", ["http://example.com/a:b", "at 12:30", "note: call back", '"state:waiting"', "a-b:c"])
def test_what_is_no_filter_is_words(text: str) -> None:
    """Addresses, times, and what stands in quotes."""
    parsed = filter_book().parse(text)
    assert parsed.filters == ()
    assert parsed.count > 0


@pytest.mark.parametrize("text", ["state:waiting,", "masked:banana", "priority:99", "to:99999d", "from:0000"])
def test_what_is_not_understood_is_told(text: str) -> None:
    """A value that is missing or that no filter has is left out in silence nowhere."""
    (trouble,) = read(text).troubles
    assert trouble.name == text.partition(":")[0]
    assert "banana" not in repr(trouble)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_every_language_are_understood(code: str, name: str) -> None:
    """What the help shows of a filter means this filter, and is kept in a form that is read again as the same."""
    (one,) = read(packs()[code].messages[f"filter.help.{name}.example"]).filters
    assert one.name == name
    assert read(write((one,))).filters == (one,)


def test_a_filter_is_the_same_in_every_language() -> None:
    """Every word for a name, with every word for a value, is kept as the filter's own name and value."""
    for name, pack in product(NAMES, packs().values()):
        for word, meaning in {**pack.meanings("search_filter"), name: name}.items():
            for said, value in {**pack.meanings("search_value"), "me": "me"}.items() if meaning == name else ():
                own = read(f"{name}:{value}")
                if own.filters and name not in {"queue", "intent"}:
                    assert read(f"{word}:{said}").filters == own.filters, (word, said)
                    assert read(write(own.filters)).filters == own.filters


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("state:waiting,human state:bot", "state:waiting,human,bot"),
        ("label:Rückgabe label:vip", "label:refund label:vip"),
        ("label:refund,vip", "label:refund,vip"),
        ("DURUM:BEKLİYOR öncelik:acil", "state:waiting priority:urgent"),
        ('agent:"Mira Castellan"', "agent:mira"),
        ("since:2026-1 risk:0.6 priority:-1", "priority:low risk:60% from:2026-01"),
        ('queue:"a b",c', 'queue:"a b",c'),
    ],
)
def test_filters_are_kept_in_one_form(text: str, kept: str) -> None:
    """Own names and values, in one order; what is kept is read again as the same."""
    assert write(read(text).filters) == kept
    assert write(read(kept).filters) == kept


def test_filters_come_to_conversations_and_times() -> None:
    """Labels written again must each be there; nobody is somebody to ask for; days begin where the company is."""
    asked = wanted("label:refund label:vip agent:me,none from:2026-03-29 to:2026-03-29")
    assert asked.cards.labels == (("refund",), ("vip",))
    assert asked.cards.assignees == (MIRA.id, NOBODY)
    assert asked.since == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert asked.until == datetime(2026, 3, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("colour:red", "unknown_filter", 1),
        ("agent:me state:asleep", "unknown_value", 10),
        ("state:", "no_value", 1),
        ("agent:nobody-here", "unknown_value", 1),
        ("from:2026-02-30", "unknown_value", 1),
        ("label:other", "unknown_value", 1),
        ("by:agent", "only_in_search", 1),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(text: str, code: str, place: int) -> None:
    """Nothing that looks like a filter is left out in silence."""
    (trouble,) = read(text, lines=False).troubles
    assert (trouble.code, trouble.place) == (code, place)
    assert "nobody-here" not in repr(trouble)


@pytest.mark.parametrize("part", ["a:,", 'label:"', "state:human,", "x", '"', "a:b ", ":"])
def test_long_filters_cost_bounded_time(part: str) -> None:
    """Ten thousand characters are taken apart within a second of the processor."""
    begun = time.process_time()
    filter_book().parse((part * 10_000)[:10_000])
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("label:a,b state:human,waiting", "label:a label:b state:human,waiting"),
        ("since:0001-01-01 before:9999-12-31", "from:1970-01-01 before:9998-12-31"),
        ("State:human priority:-1 risk:60% agent:me", "State:human priority:-1 risk:60% agent:me"),
    ],
)
def test_views_from_before_are_written_anew(before: str, after: str) -> None:
    """They mean what they meant, and are understood."""
    step = import_module("doorward.migrations.versions.0024_keep_views_in_the_one_language_of_filters")
    assert step.in_new_words(before) == after
    assert read(after, lines=False, kept=True).troubles == ()
    assert not re.search(r"label:\S*,", after)
