"""Feelings: said outright they are heard by phrases, otherwise by the head; ordinary words are not."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.understanding.feelings import Feelings, Head, Heard, read_head
from doorward.understanding.feelings.hearing import EMOTIONS, VULNERABLE
from doorward.vocabulary.errors import Misconfigured
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText
from tests.support.words import encoder, feelings, packs, read, understander

PHRASES = Feelings(packs().values())


@pytest.mark.parametrize(
    ("language", "text", "emotion"),
    [
        ("en", "I am going to kill myself", "self_harm"),
        ("de", "ich will mich umbringen", "self_harm"),
        ("tr", "intihar etmek istiyorum", "self_harm"),
        ("id", "saya mau bunuh diri saja", "self_harm"),
        ("ru", "я не хочу жить", "self_harm"),
        ("en", "my mother died last month", "bereavement"),
        ("de", "meine Mutter ist gestorben", "bereavement"),
        ("tr", "rahmetli dedemin hesabı", "bereavement"),
        ("id", "rekening almarhum kakek", "bereavement"),
        ("ru", "мой дедушка умер", "bereavement"),
        ("en", "I had a panic attack", "distress"),
        ("de", "was für eine Frechheit", "anger"),
        ("ru", "ничего не понимаю", "confusion"),
    ],
)
def test_what_is_said_outright_is_heard_without_any_embedding(language: str, text: str, emotion: str) -> None:
    """An encoder that is away makes nobody deaf."""
    reading = msgspec.structs.replace(read(text, languages=(language,)), embedding=b"")
    assert PHRASES.hear(reading).emotion == emotion
    assert feelings().hear(reading).emotion == emotion


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "my old phone died, where is the code sent now"),
        ("en", "I lost my card"),
        ("en", "my card has expired"),
        ("de", "Bitte um Bestätigung"),
        ("de", "die App ist abgestürzt"),
        ("tr", "403 alıyorum"),
        ("id", "kata sandi saya salah terus"),
        ("id", "anak saya mau makan di kantin pakai kartu"),
        ("ru", "терминал не включается"),
    ],
)
def test_ordinary_words_for_ordinary_things_sound_like_nothing(language: str, text: str) -> None:
    """Dead telephones, lost cards, and words that are one letter from a sad one."""
    assert feelings().hear(read(text, languages=(language,))) == Heard()


def test_the_head_hears_what_no_phrase_says() -> None:
    """A way of putting it that stands in no list."""
    reading = read("nobody would notice if I were gone for good", languages=("en",))
    assert PHRASES.hear(reading) == Heard()
    assert feelings().hear(reading).emotion == "self_harm"


def test_a_slip_hides_no_wish_to_die() -> None:
    """One wrong letter is forgiven there, and there alone."""
    assert PHRASES.hear(read("thinking of suicde", languages=("en",))).emotion == "self_harm"


def test_what_must_not_be_missed_comes_first() -> None:
    """Anger about a fee beside a death is a death, and beside the wish to die that wish."""
    assert PHRASES.hear(read("my father died and you are useless", languages=("en",))).emotion == "bereavement"
    worst = PHRASES.hear(read("my father died, you are useless, I want to die", languages=("en",)))
    assert worst.emotion == "self_harm"


def test_who_needs_care_may_be_cross_as_well() -> None:
    """Vulnerability is no emotion and takes the place of none."""
    heard = PHRASES.hear(read("I lost my job and you are useless thieves", languages=("en",)))
    assert heard == Heard(emotion="anger", vulnerable=True)


def test_nothing_is_heard_in_nothing() -> None:
    """A message without words sounds like nothing."""
    assert feelings().hear(Reading(language="en", language_score=0.0, words=(), stems=())) == Heard()


def test_the_head_hears_no_other_encoders_vectors() -> None:
    """Vectors of different encoders are never compared."""
    reading = read("nobody would notice if I were gone for good", languages=("en",))
    assert Feelings(packs().values(), head=read_head(), encoder_id="another").hear(reading) == Heard()


@given(st.binary(max_size=64))
def test_embeddings_of_another_length_are_not_looked_at(rest: bytes) -> None:
    """What cannot be an embedding says nothing."""
    assert read_head().hear(rest[: len(rest) // 4 * 4]) == {}


def test_weights_that_are_not_their_cards_are_refused(tmp_path: Path) -> None:
    """A changed byte stops the start."""
    folder = Path(__file__).parents[4] / "src/doorward/understanding/feelings/weights"
    (tmp_path / "card.json").write_bytes((folder / "card.json").read_bytes())
    (tmp_path / "weights.npz").write_bytes((folder / "weights.npz").read_bytes() + b"x")
    with pytest.raises(Misconfigured):
        read_head(tmp_path)


def test_the_card_says_what_made_it() -> None:
    """The head is of the encoder that is shipped, and knows all feelings."""
    folder = Path(__file__).parents[4] / "src/doorward/understanding/feelings/weights"
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["encoder"] == encoder().id
    assert set(card["thresholds"]) == {*EMOTIONS, VULNERABLE}
    assert isinstance(read_head(), Head)


@pytest.mark.parametrize("code", sorted(packs()))
def test_every_language_has_phrases_for_every_feeling(code: str) -> None:
    """Nobody is heard less for the language that they write."""
    assert all(len(packs()[code].words(f"feeling_{label}")) >= 12 for label in (*EMOTIONS, VULNERABLE))


def test_understanding_carries_what_was_heard() -> None:
    """The flow reads it there."""
    text = "my husband passed away and I lost my job"
    found = understander().understand(read(text, languages=("en",)), MaskedText(text), nearest=lambda _reading: ())
    assert (found.emotion, found.vulnerable) == ("bereavement", True)


def test_a_brief_answer_sounds_like_its_words_alone() -> None:
    """'Nothing yet please' stands near to much in meaning; what is plainly said is heard in answers as well."""

    def heard(text: str, *, answers: bool) -> str:
        reading = read(text, languages=("en",))
        return (
            understander().understand(reading, MaskedText(text), nearest=lambda _reading: (), answers=answers).emotion
        )

    assert heard("nothing yet please", answers=True) == ""
    assert heard("my husband passed away", answers=True) == "bereavement"
    assert heard("I want to die", answers=True) == "self_harm"


def test_whoever_surely_wants_something_is_in_danger_only_if_that_is_loud() -> None:
    """What stands near to danger in meaning alone is doubted then; phrases are not, nor what else is heard."""

    class Doubtful(Head):
        def hear(self, embedding: bytes) -> dict[str, float]:
            """Hear some danger, and distress."""
            return {"self_harm": 1.42, "distress": 1.1}

    head = Doubtful(read_head()._weights, thresholds={}, encoder_id=encoder().id)
    hearing = Feelings(packs().values(), head=head, encoder_id=encoder().id)
    topped_up = read("my top up never showed up", languages=("en",))
    assert hearing.hear(topped_up).emotion == "self_harm"
    assert hearing.hear(topped_up, has_errand=True).emotion == "distress"
    plain = read("cancel my transfer, I want to die", languages=("en",))
    assert hearing.hear(plain, has_errand=True).emotion == "self_harm"
