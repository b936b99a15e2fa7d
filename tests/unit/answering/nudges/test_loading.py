"""A file of nudges is checked as a whole before anybody is offered anything; each mistake is told with its place."""

from pathlib import Path
from typing import Any

import pytest

from doorward.answering.nudges import Declared, NudgesInvalid, read_nudges, value_of, why_of
from doorward.vocabulary.company import Signal

DECLARED = Declared(
    languages=("en", "de"),
    signals={"bill_higher": {"amount_cents": "amount", "due": "date", "issuer": "text"}, "locked": {}},
    procedures={"explain_bill": ("bill.explain",)},
    articles=frozenset({"savings"}),
    intents=frozenset({"fraud.report"}),
)
NUDGE = """
[[nudge]]
key = "bill"
signal = "bill_higher"
kind = "service"
offer = { procedure = "explain_bill" }
priority = 5
per_customer = { most = 1, days = 14 }
rest_days = 30
value = "amount_cents"
title = { en = "Bill", de = "Rechnung" }
ask = { en = "May I?", de = "Darf ich?" }
why = { en = "{about} of {issuer}: {amount_cents}, {due}", de = "{about}: {amount_cents}, {due}" }
gain = { en = "clear", de = "klar" }
"""
FILE = """
version = "3"
per_customer = { most = 2, days = 7 }
per_day = 100
never_with = ["fraud.report", "explain_bill"]
"""


def read(folder: Path, text: str) -> Any:
    """Read a file."""
    path = folder / "nudges.toml"
    path.write_text(text, encoding="utf-8")
    return read_nudges(path, declared=DECLARED)


def test_a_file_is_read_with_the_most_pressing_first(tmp_path: Path) -> None:
    """What it says of each, and of all together."""
    second = NUDGE.replace('key = "bill"', 'key = "better"').replace("priority = 5", "priority = 9")
    book = read(tmp_path, FILE + NUDGE + second)
    assert [one.key for one in book.nudges] == ["better", "bill"]
    assert (book.version, book.per_day, book.per_customer.most) == ("3", 100, 2)
    assert book.nudge("bill").procedure == "explain_bill"
    assert book.nudge("nothing") is None


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('signal = "bill_higher"', 'signal = "moon"', "nudge 1 'bill': signal: the core system tells of no 'moon'"),
        ('procedure = "explain_bill" }', 'procedure = "fly" }', "offer: there is no procedure 'fly'"),
        ('procedure = "explain_bill" }', 'article = "fly" }', "offer: there is no article 'fly'"),
        ('procedure = "explain_bill" }', "}", "offer: names a procedure or an article, one of them"),
        ('ask = { en = "May I?", de = "Darf ich?" }', 'ask = { en = "May I?" }', "ask: is not there in 'de'"),
        ('gain = { en = "clear", de = "klar" }', 'gain = { en = "clear", de = " " }', "gain: is not there in 'de'"),
        ('de = "klar"', 'de = "klar", fr = "clair"', "gain: fr: is no language of the company"),
        ("{about} of", "{card} of", "why: en: '{card}' is nothing that can stand there"),
        ('en = "May I?"', 'en = "May I? {about}"', "ask: en: '{about}' is nothing that can stand there"),
        ('en = "May I?"', 'en = "May I? {"', "ask: en: has braces that are no place"),
        ('value = "amount_cents"', 'value = "due"', "value: 'due' is no amount that the signal tells"),
        ("rest_days = 30", "rest_days = 0", "rest_days: must be 1 at least"),
        ("most = 1, days = 14", "most = 0, days = 14", "per_customer: most and days must be 1 at least"),
        ("per_day = 100", "per_day = 0", "per_day: must be 1 at least"),
        ('"fraud.report", ', '"fraud.moon", ', "never_with: there is no intent and no procedure 'fraud.moon'"),
        ('kind = "service"', 'kind = "advert"', "Invalid enum value 'advert'"),
        ("priority = 5", "priority = 5\nurgent = true", "unknown field `urgent`"),
        ('version = "3"', 'version = "3', "nudges.toml"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, before: str, after: str, told: str) -> None:
    """The file, the nudge, the field, and what is wrong there; nothing of the file is used."""
    assert before in FILE + NUDGE
    with pytest.raises(NudgesInvalid) as refused:
        read(tmp_path, (FILE + NUDGE).replace(before, after, 1))
    assert told in str(refused.value)
    assert str(refused.value).startswith("nudges.toml: ")


def test_two_nudges_have_two_keys(tmp_path: Path) -> None:
    """The second of the same name is refused."""
    with pytest.raises(NudgesInvalid, match="nudge 2 'bill': key: another one has it"):
        read(tmp_path, FILE + NUDGE + NUDGE)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Whoever writes one sees everything."""
    text = (FILE + NUDGE).replace("bill_higher", "moon").replace("explain_bill", "fly")
    with pytest.raises(NudgesInvalid) as refused:
        read(tmp_path, text)
    assert len(str(refused.value).splitlines()) >= 3


def test_figures_are_written_as_people_of_the_language_do(tmp_path: Path) -> None:
    """Amounts with their currency, days in words; what the system did not tell is an ellipsis, and braces stay
    braces.
    """
    book = read(tmp_path, FILE + NUDGE)
    nudge = book.nudge("bill")
    signal = Signal(kind="bill_higher", about="B1", figures={"amount_cents": 61_200, "due": "2031-03-10"})
    assert why_of(book, nudge, signal, language="en") == "B1 of …: €612.00, March 10, 2031"
    assert why_of(book, nudge, signal, language="de") == "B1: 612,00\xa0€, 10. März 2031"
    lying = Signal(
        kind="bill_higher", about="{due}", figures={"amount_cents": "much", "due": "soon", "issuer": "{about}"}
    )
    assert why_of(book, nudge, lying, language="en") == "{due} of {about}: much, soon"
    assert why_of(book, nudge, signal, language="fr") == why_of(book, nudge, signal, language="en")


@pytest.mark.parametrize(
    ("figure", "value"), [(990, 990), (0, 0), (-1, None), (True, None), ("990", None), (None, None)]
)
def test_a_value_is_a_plain_amount_or_none(tmp_path: Path, figure: Any, value: int | None) -> None:
    """What a core system tells may be anything."""
    nudge = read(tmp_path, FILE + NUDGE).nudge("bill")
    assert value_of(nudge, Signal(kind="bill_higher", figures={"amount_cents": figure})) == value
