"""Public facts: spared in any writing of the same value, and nothing that is alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protection import PublicFacts
from doorward.vocabulary.text import WildText
from tests.support.screening import screener

HOTLINE = "301234567"


@pytest.fixture(scope="module")
def facts() -> PublicFacts:
    """What a company publishes."""
    return screener().public_facts(
        (
            "+49 30 1234567",
            "0800 330 1000",
            "https://halden.example",
            "https://docs.example/help",
            "help@halden.example",
            "DE89 3704 0044 0532 0130 00",
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "call +49 30 1234567",
        "call 030 1234567 or 030/1234567",
        "0049 (30) 12 34 567",
        "+49 (0)30 1234567",
        "halden.example/faq and https://www.halden.example/",
        "https://halden.example:443/cards",
        "https://docs.example/help/cards",
        "HELP@Halden.Example",
        "help (at) halden.example",
        "ＨＥＬＰ＠halden.example",
        "DE89370400440532013000",
        "de89 3704-0044 0532 0130 00",
        "PIN line 0800 330 1000",
    ],
)
def test_every_writing_of_a_public_value_is_spared(facts: PublicFacts, text: str) -> None:
    """Spaces, country codes, case, width, pages below: the same value."""
    assert screener().screen(WildText(text), public=facts).masked.text == text


@pytest.mark.parametrize(
    "text",
    [
        "call +49 30 12345678",
        "call +49 30 123456",
        "call +90 530 123 45 67",
        "call +44 30 1234 5678",
        "call +49 30 1234567 ext 12",
        "https://halden.example.evil.com",
        "https://halden.example.evil.com/halden.example",
        "https://halden.example@evil.com/",
        "https://user@halden.example/",
        "https://evil.com/?next=https://halden.example",
        "https://halden.example:8443/",
        "javascript://halden.example/%0aalert(1)",
        "https://halden.example/a/../../b",
        "https://halden.example/a/%2e%2e/b",
        "https://halden.example/?token=abc",
        "https://halden.example/orders/482913",
        "https://shop.halden.example/",
        "https://docs.example/helpless",
        "https://docs.example/other",
        "https://h\u0430lden.example/",
        "https://hälden.example/",
        "user@halden.example",
        "help@halden.example.evil.com",
        "h\u0435lp@halden.example",
        "hélp@halden.example",
        "help@shop.halden.example",
    ],
)
def test_nothing_that_is_alike_slips_through(facts: PublicFacts, text: str) -> None:
    """One digit more or less, another host, port, path, user or letter is somebody else's."""
    assert screener().screen(WildText(text), public=facts).masked.spans


def test_what_stands_in_a_public_link_is_found(facts: PublicFacts) -> None:
    """A page of the company's does not carry a customer's address past the guards."""
    screened = screener().screen(WildText("https://halden.example/reset/anna@example.com"), public=facts)
    assert [span.kind for span in screened.masked.spans] == ["EMAIL"]


def test_no_list_makes_a_secret_public() -> None:
    """Only contacts and accounts can be published."""
    facts = screener().public_facts(("my PIN is 4711", "4111 1111 1111 1111"))
    assert facts.canonical == frozenset()


@given(st.text(alphabet="0123456789", min_size=7, max_size=12))
def test_a_number_is_spared_only_if_every_digit_is_the_hotlines(facts: PublicFacts, digits: str) -> None:
    """For any digits behind the country's code: spared means equal."""
    text = f"call +49 {digits}"
    spared = not screener().screen(WildText(text), public=facts).masked.spans
    found = bool(screener().screen(WildText(text)).masked.spans)
    assert not (found and spared) or digits.removeprefix("0") == HOTLINE
