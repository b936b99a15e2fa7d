"""Names and addresses in the whole screener: what is masked, and what stays readable."""

import pytest

from doorward.vocabulary.text import WildText
from tests.support.screening import screener


def masked(text: str, *, facts: tuple[str, ...] = ()) -> str:
    """Return a text as it is stored, with these public facts spared."""
    return screener().screen(WildText(text), public=screener().public_facts(facts)).masked.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello Sarah Jenkins, thank you for writing to us", "Hello [PERSON], thank you for writing to us"),
        ("Sehr geehrte Frau Schulz, Ihre Karte ist unterwegs", "Sehr geehrte Frau [PERSON], Ihre Karte ist unterwegs"),
        ("Deniz Bey, kartınız yola çıktı", "[PERSON] Bey, kartınız yola çıktı"),
        ("Здравствуйте, Мария Ивановна! Карта отправлена", "Здравствуйте, [PERSON]! Карта отправлена"),
        ("I live at 14 Rose Lane, Bristol BS1 4ST", "I live at [ADDRESS]"),
    ],
)
def test_a_greeting_still_reads_well(text: str, shown: str) -> None:
    """The name or the address goes, its title and its sentence stay; an address is one mask."""
    assert masked(text) == shown


def test_the_company_keeps_its_name_and_its_address() -> None:
    """What the company publishes stays readable, the address also by its first line; others' are masked."""
    facts = ("Halden", "14 Cornmarket Quay, London EC3R 7PW")
    assert masked("Dear Halden, I wrote to 14 Cornmarket Quay last week", facts=facts) == (
        "Dear Halden, I wrote to 14 Cornmarket Quay last week"
    )
    assert masked("I live at 15 Cornmarket Lane, London EC3R 7PX", facts=facts).startswith("I live at [ADDRESS]")


def test_a_british_postcode_stands_alone_only_in_capitals() -> None:
    """`EH12 7TB` is a place, the same signs in small letters need the word for it."""
    assert masked("EH12 7TB") == "[ADDRESS]"
    assert masked("my postcode is eh12 7tb") == "my postcode is [ADDRESS]"


@pytest.mark.parametrize(
    "text", ["A great song made even greater", "Die Frist für den Antrag läuft ab", "Kart numaranızı göremiyorum"]
)
def test_ordinary_words_are_no_names(text: str) -> None:
    """Words that a list knows in another form stay."""
    assert masked(text) == text
