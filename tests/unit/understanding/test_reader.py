"""Reading: words, stems and embedding of masked text, once, for any text."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.understanding import Encoder, Reader, Vectors
from doorward.understanding.reader import CHARACTERS, WORDS
from doorward.vocabulary.errors import DoorwardError, Unavailable
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText
from tests.support.words import LANGUAGES, BrokenEncoder, encoder, masked, packs, read, reader


class ListeningEncoder:
    """Remembers what it was given."""

    id = "listening/1"
    dimensions = 4

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.heard: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the same row for everything."""
        self.heard += texts
        return np.tile(np.array([1, 0, 0, 0], dtype=np.float32), (len(texts), 1))


def vector(reading: Reading) -> Vectors:
    """Return a reading's embedding."""
    return np.frombuffer(reading.embedding, dtype="<f4")


def test_a_reading_has_language_words_stems_and_embedding() -> None:
    """Everything that later stages share is there, words and stems in the same order."""
    reading = read("Meine Karten sind weg!")
    assert reading.language == "de"
    assert reading.words == ("meine", "karten", "sind", "weg")
    assert reading.stems == ("mein", "kart", "sind", "weg")
    assert vector(reading).shape == (512,)
    assert np.linalg.norm(vector(reading)) == pytest.approx(1, abs=1e-5)


def test_turkish_letters_keep_their_dots() -> None:
    """I becomes ı and İ becomes i in Turkish, and i in all other languages."""
    assert read("IŞIK İSTANBUL kayıp", language="tr").words == ("ışık", "istanbul", "kayıp")
    assert read("I LIVE IN ISTANBUL", language="en").words == ("i", "live", "in", "istanbul")


def test_indonesian_keeps_the_word_beside_the_stem() -> None:
    """Prefixes are cut from the stem while the word stays as written."""
    reading = read("saya ingin mengaktifkan kartu", language="id")
    assert reading.words[2] == "mengaktifkan"
    assert reading.stems[2] == "aktif"


@pytest.mark.parametrize(
    ("language", "polite", "plain"),
    [
        ("en", "Hello, good morning! How do I change my PIN? Thanks a lot, bye", "How do I change my PIN?"),
        ("de", "Guten Tag, wie ändere ich meine PIN? Vielen Dank!", "wie ändere ich meine PIN?"),
        ("tr", "Merhaba, kart şifremi değiştirmek istiyorum. Teşekkürler", "kart şifremi değiştirmek istiyorum"),
        ("ru", "Здравствуйте! Как поменять пин-код? Спасибо", "Как поменять пин-код?"),
        ("id", "Halo, cara mengganti PIN bagaimana? Terima kasih", "cara mengganti PIN bagaimana?"),
    ],
)
def test_pleasantries_around_a_request_are_left_out(language: str, polite: str, plain: str) -> None:
    """Politeness says nothing about what is wanted, and must not blur what does."""
    assert read(polite, language=language).words == read(plain, language=language).words
    assert np.allclose(vector(read(polite, language=language)), vector(read(plain, language=language)), atol=1e-5)


@pytest.mark.parametrize("text", ["Hello", "Thank you so much, bye", "ok thanks", "hi there, how are you"])
def test_pleasantries_alone_are_read(text: str) -> None:
    """Where there is nothing else, small talk is what the message says."""
    assert len(read(text, language="en").words) == len(text.replace(",", "").split())


def test_masked_places_are_no_words() -> None:
    """Neither words nor embedding show that something stood there, whatever it was."""
    with_card = reader().read(masked("My card [CARD·4242] is gone", "[CARD·4242]"), languages=LANGUAGES, hint=None)
    without = read("My card   is gone")
    assert with_card.words == ("my", "card", "is", "gone")
    assert with_card == without


def test_what_looks_like_a_mask_is_text() -> None:
    """A customer who types a mask has typed words; only spans say what was masked."""
    assert read(r"my \[CARD·4242] is gone").words == ("my", "card", "4242", "is", "gone")


def test_the_encoder_hears_no_masked_place() -> None:
    """What goes to the encoder, which may be a service elsewhere, is the text without masked places."""
    listening = ListeningEncoder()
    text = masked("[NAME] pays with [CARD·4242]", "[NAME]", "[CARD·4242]")
    Reader(packs().values(), listening).read(text, languages=LANGUAGES, hint="en")
    assert [heard.split() for heard in listening.heard] == [["pays", "with"]]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b"])
def test_nothing_to_read(text: str) -> None:
    """A blank text has no words and is not sent to the encoder."""
    assert read(text, language="tr") == Reading(language="tr", language_score=0.0, words=(), stems=())


def test_only_masked_places() -> None:
    """A message that is nothing but masked places reads like a blank one."""
    reading = reader().read(masked("[CARD·4242] [IBAN]", "[CARD·4242]", "[IBAN]"), languages=LANGUAGES, hint="ru")
    assert reading == Reading(language="ru", language_score=0.0, words=(), stems=())


def test_emoji_have_an_embedding_and_no_words() -> None:
    """A thumb is something, but not a word."""
    reading = read("👍🏽", language="de")
    assert reading.words == ()
    assert reading.language == "de"


def test_a_huge_message_is_read_from_its_beginning() -> None:
    """Of a text of any length WORDS words are kept; what lies beyond CHARACTERS changes nothing."""
    text = "my card is gone " * 5000
    reading = read(text)
    assert len(reading.words) == WORDS
    assert read(text[:CHARACTERS]) == reading


def test_without_encoder_words_remain() -> None:
    """A failing encoder costs the embedding, nothing else, and somebody hears of it each time."""
    failures: list[DoorwardError] = []
    broken = Reader(packs().values(), cast("Encoder", BrokenEncoder()), on_failure=failures.append)
    reading = broken.read(MaskedText("My card is gone"), languages=LANGUAGES, hint=None)
    assert reading.embedding == b""
    assert reading.stems == read("My card is gone").stems
    assert [type(failure) for failure in failures] == [Unavailable]


def test_the_companys_own_texts_are_not_half_read() -> None:
    """Knowledge without embedding would be found badly for ever: reading it fails instead."""
    with pytest.raises(Unavailable):
        Reader(packs().values(), cast("Encoder", BrokenEncoder())).read_own(["Lost card"], language="en")


def test_own_texts_read_like_messages() -> None:
    """What the company writes and what a customer writes meet in the same words and the same space."""
    (own,) = reader().read_own(["Kartımı kaybettim"], language="tr")
    message = read("Kartımı kaybettim", language="tr")
    assert own.stems == message.stems
    assert np.allclose(vector(own), vector(message), atol=1e-5)


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    """Never raises; words and stems have one length; the same text reads the same."""
    reading = read(text)
    assert len(reading.words) == len(reading.stems)
    assert len(reading.embedding) in {0, 4 * encoder().dimensions}
    assert read(text) == reading
