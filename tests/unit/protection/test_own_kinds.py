"""Companies' own kinds in a screened text: words, patterns, checks, context, and what cannot be read."""

import pytest

from doorward.kit.tenant_settings import OwnKind
from doorward.protection import Broken, OwnKinds, WordRefused
from doorward.protection.own_words import WordList
from doorward.vocabulary.text import WildText
from tests.support.screening import MATCHERS, screener

MEMBER = OwnKind(name="MEMBER_NUMBER", patterns=(r"MB-\d{6}",))


def masked(text: str, *kinds: OwnKind, before: str | None = None) -> str:
    """Return a text masked with own kinds, by both matchers, which must agree."""
    found = set()
    for matcher in MATCHERS:
        own = screener(matcher).also(OwnKinds(kinds, matcher=matcher))
        found.add(own.after(WildText(before) if before else None).screen(WildText(text)).masked.text)
    (only,) = found
    return only


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("it is MB-123456, thanks", "it is [MEMBER_NUMBER], thanks"),
        ("it is ｍｂ-１２３４５６", "it is [MEMBER_NUMBER]"),
        ("it is M\u200bB-1234\u200b56", "it is [MEMBER_NUMBER]"),
        ("it is MB-1234567", "it is MB-1234567"),
        ("I typed [MEMBER_NUMBER]", "I typed \\[MEMBER_NUMBER]"),
    ],
)
def test_a_pattern_takes_part_in_the_one_judgement(text: str, wanted: str) -> None:
    """Disguises hide an own kind no better than a built-in one, and its mask cannot be typed."""
    assert masked(text, MEMBER) == wanted


def test_a_value_told_in_two_messages_is_found() -> None:
    """What began in the last message is found by what ends it in this one."""
    kind = OwnKind(name="MEMBER_NUMBER", patterns=(r"MB[ -]?\d{6}",))
    assert masked("123456", kind, before="my number is MB") == "[MEMBER_NUMBER]"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("IŞIK, ışık und isik", "[CODENAME], [CODENAME] und [CODENAME]"),
        ("gizli projenin adı", "[CODENAME] adı"),
        ("TOP-SECRET or top   secret", "[CODENAME] or [CODENAME]"),
        ("topsecret, top. A secret", "topsecret, top. A secret"),
        ("о проекте Заря", "о проекте [CODENAME]"),
        ("Зapя with two Latin letters", "[CODENAME] with two Latin letters"),
    ],
)
def test_words_are_whole_and_folded_in_every_language(text: str, wanted: str) -> None:
    """Turkish capitals, accents, breaks, endings and look-alike letters are one word to a list."""
    kind = OwnKind(name="CODENAME", words=("ışık", "gizli proje*", "top secret", "Заря"))
    assert masked(text, kind) == wanted


def test_a_list_of_thousands_is_one_walk() -> None:
    """Five thousand phrases find the longest of each place, and nothing twice."""
    words = WordList([f"word{number} thing{number % 7}" for number in range(5000)] + ["word7", "word7 thing0 more"])
    found = [(one.start, one.end) for one in words.find("word7 thing0 more and word7, word4999 thing1")]
    assert found == [(0, 17), (22, 27), (29, 44)]


@pytest.mark.parametrize(
    ("phrase", "reason"), [("", "empty"), ("!!", "empty"), ("c++", "signs"), ("a*", "stem"), ("x" * 101, "long")]
)
def test_a_word_that_cannot_be_meant_is_refused(phrase: str, reason: str) -> None:
    """A list says what is wrong with a word instead of looking for something else."""
    with pytest.raises(WordRefused) as refused:
        WordList([phrase])
    assert refused.value.reason == reason


def test_check_digits_and_context_words_are_needed_where_they_are_given() -> None:
    """A number of the right shape counts only with its check, and near a context word."""
    kind = OwnKind(name="LOYALTY", patterns=(r"\d{10}",), check="luhn", context=("loyalty", "Treue*"))
    assert masked("loyalty 1234567897", kind) == "loyalty [LOYALTY]"
    assert "[LOYALTY]" not in masked("loyalty 1234567890", kind)
    assert "[LOYALTY]" not in masked("something 1234567897", kind)
    assert masked("1234567897 ist die Treuenummer", kind) == "[LOYALTY] ist die Treuenummer"


def test_a_card_stays_a_card() -> None:
    """No own pattern takes a validated value from its built-in kind."""
    assert masked("4111 1111 1111 1111", OwnKind(name="ANY", patterns=(r"(?:\d{4} ?){4}",))).startswith("[CARD")


def test_own_kinds_that_cannot_be_read_withhold_everything() -> None:
    """A broken guard never says 'clean'."""
    screened = screener().also(Broken()).screen(WildText("hello there"))
    assert screened.masked.text == "[WITHHELD]"
    assert [finding.family for finding in screened.findings if finding.family == "guard"] == ["guard"]
