"""Which of the tenant's languages a message is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from doorward.understanding import LanguageDetector
from doorward.understanding.language import Guess, _base, _identifier
from tests.support.words import LANGUAGES, packs

DETECTOR = LanguageDetector(packs().values())


def detect(text: str, *, hint: str | None = None, languages: tuple[str, ...] = LANGUAGES) -> Guess:
    """Return the guess for a text."""
    return DETECTOR.detect(text, languages=languages, hint=hint)


SHORT_SENTENCES = [
    ("en", "My card is gone"),
    ("en", "how long does it take"),
    ("en", "I want my money back"),
    ("en", "HELP ME PLEASE"),
    ("de", "Meine Karte ist weg"),
    ("de", "wie lange dauert das"),
    ("de", "Ich möchte mein Geld zurück"),
    ("de", "WO IST MEINE KARTE"),
    ("tr", "Kartım kayboldu"),
    ("tr", "ne kadar sürer"),
    ("tr", "paramı geri istiyorum"),
    ("tr", "KARTIM NEREDE"),
    ("id", "Kartu saya hilang"),
    ("id", "berapa lama prosesnya"),
    ("id", "saya mau uang saya kembali"),
    ("id", "TOLONG BANTU SAYA"),
    ("ru", "Моя карта пропала"),
    ("ru", "сколько это займёт"),
    ("ru", "верните мои деньги"),
    ("ru", "ГДЕ МОЯ КАРТА"),
]


@pytest.mark.parametrize(("language", "text"), SHORT_SENTENCES)
def test_a_short_sentence_is_enough(language: str, text: str) -> None:
    """Without any hint, three or four words tell the language."""
    assert detect(text).language == language


@pytest.mark.parametrize(("language", "text"), SHORT_SENTENCES)
def test_a_clear_sentence_outweighs_the_conversation(language: str, text: str) -> None:
    """Who changes the language in mid-conversation is followed."""
    others = [other for other in LANGUAGES if other != language]
    agreed = [other for other in others if detect(text, hint=other).language == language]
    assert len(agreed) >= len(others) - 1


@pytest.mark.parametrize("hint", LANGUAGES)
@pytest.mark.parametrize("text", ["PIN", "ok", "status?", "IBAN", "Visa", "no"])
def test_a_word_of_all_languages_stays_in_the_conversation(hint: str, text: str) -> None:
    """What could be any language is taken for the one that was spoken before."""
    if hint == "en" or text != "no":
        assert detect(text, hint=hint).language == hint


@pytest.mark.parametrize("text", ["", "   ", "4242 12/26", "👍🏽🙏", "?!…", "\u200b\u200d"])
def test_without_letters_nothing_is_claimed(text: str) -> None:
    """The hint, else the tenant's first language, with score 0."""
    assert detect(text, hint="tr") == ("tr", 0.0)
    assert detect(text) == ("en", 0.0)
    assert detect(text, languages=("ru", "de")) == ("ru", 0.0)


@pytest.mark.parametrize(
    ("text", "language"), [("merhaba", "tr"), ("danke", "de"), ("evet", "tr"), ("terima kasih", "id"), ("thanks", "en")]
)
def test_common_words_are_known_by_the_packs(text: str, language: str) -> None:
    """One word of a pack's lexicons outweighs the conversation's language, where statistics alone would not."""
    assert detect(text, hint="ru").language == language


def test_only_the_tenants_languages_count() -> None:
    """A German sentence to a tenant who speaks Turkish and English is in one of those."""
    assert detect("Ich möchte mein Geld zurück", languages=("tr", "en")).language in {"tr", "en"}


def test_a_hint_that_the_tenant_does_not_speak_is_ignored() -> None:
    """A browser in French changes nothing."""
    assert detect("PIN", hint="fr", languages=("de", "en")) == detect("PIN", languages=("de", "en"))


def test_a_hint_with_a_region_is_its_language() -> None:
    """Browsers say `de-AT`."""
    assert detect("PIN", hint="de-AT") == detect("PIN", hint="de")


def test_a_language_that_the_model_does_not_know_is_no_error() -> None:
    """A tenant may have a pack that py3langid has never heard of."""
    assert detect("Meine Karte ist weg", languages=("xx", "de")).language == "de"
    assert detect("PIN", languages=("xx",)).language == "xx"


@given(st.text(max_size=300), st.sampled_from([None, *LANGUAGES]))
def test_any_text_is_in_one_of_the_languages(text: str, hint: str | None) -> None:
    """Never raises, always the same, always one of those asked about, with a score of 0 to 1."""
    guess = detect(text, hint=hint)
    assert guess.language in LANGUAGES
    assert 0 <= guess.score <= 1
    assert detect(text, hint=hint) == guess


@pytest.mark.parametrize("languages", [("en", "de", "tr", "id", "ru"), ("tr", "en"), ("fr", "de")])
def test_tables_of_other_languages_are_let_go_and_change_nothing(languages: tuple[str, ...]) -> None:
    """What is left gives the same numbers as the whole model narrowed, also for a language that is not installed."""
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages([code for code in languages if code in whole.labels] or None)
    narrowed = _identifier(tuple(sorted(languages)), ("de", "en", "id", "ru", "tr"))
    for text in ("Where is my card?", "Kartım nerede?", "Wo ist meine Karte?", "Où est ma carte ?", "12", ""):
        assert narrowed.rank(text) == whole.rank(text)


def test_the_installed_languages_are_all_that_is_kept() -> None:
    """The model's other languages would be 27 MB of every process, its automaton written out another 39."""
    kept = _base(("de", "en", "id", "ru", "tr"))
    assert kept.nb_ptc.nbytes < 2_000_000
    assert kept.tk_nextmove.size < 8_000_000
