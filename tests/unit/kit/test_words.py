"""Words and phrases: cut alike everywhere, found in spite of slips."""

import threading
from importlib import import_module
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doorward.kit.phrases import PhraseBook
from doorward.kit.words import Stemmer, split_words, stemmer_for, visible, word_places
from doorward.vocabulary.language import LanguagePack
from tests.support.screening import all_packs


def book(*phrases: str, algorithm: str = "english") -> PhraseBook:
    """Return a book of English phrases."""
    return PhraseBook(phrases, fold=str.casefold, stemmer=stemmer_for(algorithm))


def finds(of: PhraseBook, text: str, *, slips: bool = True, gap: int = 1, algorithm: str = "english") -> bool:
    """Return whether any phrase is found in a text."""
    words = split_words(visible(text).casefold())
    stems = tuple(stemmer_for(algorithm).stem(word) for word in words)
    return bool(of.find(words, stems, slips=slips, gap=gap))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't panic: 12/26!", ("Don", "t", "panic", "12", "26")),
        ("", ()),
        ("👍🏽 …", ()),
        ("snake_case-and-dash", ("snake", "case", "and", "dash")),
        ("ｐａｓｓｗｏｒｄ", ("password",)),
        ("pass\u200bword", ("password",)),
        ("e\u0301t\u00e9", ("\u00e9t\u00e9",)),
        ("x" * 100, ("x" * 64,)),
        ("привет, мир", ("привет", "мир")),
    ],
)
def test_words_are_runs_of_letters_and_digits(text: str, words: tuple[str, ...]) -> None:
    """Signs end a word, hidden and full-width characters do not change it, and no word is longer than 64."""
    assert split_words(visible(text)) == words


@given(st.text())
def test_any_text_can_be_cut(text: str) -> None:
    """Whatever comes, words have no signs in them, and cutting them again changes nothing."""
    words = split_words(visible(text))
    assert not any(sign in word for word in words for sign in " _-.,!?'\"\n")
    assert split_words(" ".join(words)) == words


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("Liefer\u00adschein 0\u00ad0 cre\u0300me ½ \u0301a ａｂ\u200b")
def test_words_stand_where_they_are_seen(text: str) -> None:
    """The words of a text as it is written are those of what is seen of it, and each is seen at its place."""
    places = list(word_places(text))
    assert tuple(word for _, _, word in places) == split_words(visible(text))
    assert all(word in split_words(visible(text[start:end])) for start, end, word in places)
    assert [start for start, _, _ in places] == sorted(start for start, _, _ in places)


def test_no_more_words_than_asked_for_are_cut() -> None:
    """`limit` bounds the work."""
    assert split_words("a b c d", limit=2) == ("a", "b")


@pytest.mark.parametrize(
    ("algorithm", "words", "stem"),
    [
        ("english", ("cards", "card"), "card"),
        ("german", ("karten", "karte"), "kart"),
        ("turkish", ("hesabım", "hesabımı", "hesabımdan"), "hesap"),
        ("russian", ("карты", "карту", "картой"), "карт"),
        ("indonesian", ("mengaktifkan", "aktifkan"), "aktif"),
        ("", ("whole",), "whole"),
    ],
)
def test_forms_of_a_word_share_a_stem(algorithm: str, words: tuple[str, ...], stem: str) -> None:
    """Each language's endings are cut off; without an algorithm words stay whole."""
    assert {stemmer_for(algorithm).stem(word) for word in words} == {stem}


def test_stemming_is_the_same_from_many_threads() -> None:
    """Snowball keeps state in its objects; the stemmer's answers never mix."""
    words = [f"{start}ing" for start in ("work", "talk", "pay", "send", "clos", "open", "order", "block")] * 50
    fresh = Stemmer("english")
    expected = [Stemmer("english").stem(word) for word in words]
    results: list[list[str]] = [[] for _ in range(4)]

    def stem_all(place: int) -> None:
        results[place] = [fresh.stem(word) for word in words]

    threads = [threading.Thread(target=stem_all, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


@pytest.mark.parametrize(
    "text",
    [
        "talk to a person",
        "I'd like to TALK to a real person, please",
        "talking to a persons",
        "i want to talk to a persn",
        "talk to a preson",
        "talk to a perrson",
        "talk to a parson",
    ],
)
def test_a_phrase_is_found_with_slips_and_a_word_between(text: str) -> None:
    """Endings, case, one slip in a long word, and one word in between do not hide a phrase."""
    assert finds(book("talk to a person"), text)


@pytest.mark.parametrize("text", ["I paid a person", "person a to talk", "talk to the people about a person", ""])
def test_other_words_are_not_the_phrase(text: str) -> None:
    """All words of a phrase must be there, in order and close together."""
    assert not finds(book("talk to a person"), text)


def test_short_words_are_taken_at_their_word() -> None:
    """A slip in a word of three letters makes another word."""
    assert not finds(book("my pin"), "my pan")


def test_a_star_stands_for_any_ending() -> None:
    """`şifre*` finds `şifremi`, and nothing that begins otherwise."""
    assert finds(book("şifre* söyle*"), "şifremi söyler misin")
    assert not finds(book("şifre*"), "şafak")


def test_dots_stand_for_up_to_four_words() -> None:
    """` ... ` bridges more words than the ordinary gap, and not any number."""
    of = book("send ... password")
    assert finds(of, "send me the customer old password")
    assert not finds(of, "send it to me now and then think about a new password")


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=5))
def test_any_phrases_and_text_can_be_compared(text: str, phrases: list[str]) -> None:
    """Nothing that a pack or a customer writes makes the search fail, and every match lies inside the text."""
    of = book(*phrases)
    words = split_words(visible(text).casefold())
    stems = tuple(stemmer_for("english").stem(word) for word in words)
    assert all(0 <= match.start < match.end <= len(words) for match in of.find(words, stems))


@pytest.mark.parametrize("pack", all_packs(), ids=lambda pack: pack.code)
def test_both_twins_of_an_algorithm_cut_alike(pack: LanguagePack) -> None:
    """Stems are the same where the compiled Snowball is installed and where the pure one works alone."""
    compiled = pytest.importorskip("Stemmer")
    pure: Any = import_module(f"snowballstemmer.{pack.stemmer}_stemmer")
    words = [word for phrases in pack.lexicon.values() for phrase in phrases for word in split_words(phrase)]
    some = sorted(set(words))[::40]
    fast, plain = compiled.Stemmer(pack.stemmer), getattr(pure, f"{pack.stemmer.capitalize()}Stemmer")()
    assert [word for word in some if fast.stemWord(word) != plain.stemWord(word)] == []
