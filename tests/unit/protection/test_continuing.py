import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.protection.continuing import LONGEST_TAIL
from doorward.protection.screened import Screened
from doorward.vocabulary.text import WildText
from tests.support.screening import generated_texts, screener

TEXTS = st.one_of(st.text(max_size=60), st.sampled_from(generated_texts(300, seed=9)))


def say(*texts: str) -> list[Screened]:
    """Return what becomes of messages that follow each other."""
    results = []
    before: WildText | None = None
    for text in texts:
        following = screener().after(before)
        results.append(following.screen(WildText(text)))
        before = following.tail(WildText(text), results[-1])
    return results


@pytest.mark.parametrize(
    ("first", "second", "masked"),
    [
        ("my card is 4111 1111", "1111 1111", "[CARD·1111]"),
        (
            "Karte vier eins eins eins eins eins eins eins moment",
            "so weiter eins eins eins eins eins eins eins eins",
            "",
        ),
        ("also DE89 3704 0044", "0532 0130 00, danke", "[IBAN·3000], danke"),
        ("mail is anna.miller", "@example.com", "[EMAIL]"),
        ("OTP 771", "and then 409", "and then [ONE_TIME_CODE]"),
        ("Meine Führerscheinnummer ist B072R", "RE2I55", "[DRIVER_LICENCE]"),
        ("Meine Führerscheinnummer ist B081IS", "G70X31", "[DRIVER_LICENCE]"),
    ],
)
def test_a_second_half_is_masked(first: str, second: str, masked: str) -> None:
    """What only both messages together are is masked where it stands in the second."""
    result = say(first, second)[1].masked.text
    assert result == masked if masked else "CARD" in result


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("my card is 4111 1111 1111 1111", "I have waited for 10 days"),
        ("my number is +44 7911 123456", "20 minutes ago nobody answered"),
        ("my pin is 4711", "48213 is the order"),
        ("it happened on 12.03.2024", "at 14:30"),
        ("order 48213", "and 48214"),
        ("Meine Führerscheinnummer ist B072RRE2I55", "ich habe 2 Karten"),
    ],
)
def test_a_value_that_is_complete_draws_nothing_in(first: str, second: str) -> None:
    """Behind a whole card, telephone number or code a message is a message of its own."""
    assert say(first, second)[1].masked.text == say(second)[0].masked.text


@given(TEXTS, TEXTS)
@settings(max_examples=50)
def test_places_are_those_of_the_text_itself(first: str, second: str) -> None:
    """Whatever was said before, findings lie in the text, and what is masked does not overlap."""
    findings = say(first, second)[1].findings
    assert all(0 <= finding.start < finding.end <= len(second) for finding in findings)
    sensitive = [finding for finding in findings if finding.family == "sensitive"]
    assert all(a.end <= b.start for a, b in itertools.pairwise(sensitive))


@given(TEXTS)
@settings(max_examples=50)
def test_a_tail_is_short(text: str) -> None:
    """What is remembered is a line at most."""
    result = screener().screen(WildText(text))
    assert len(screener().tail(WildText(text), result)) <= LONGEST_TAIL
