"""What every translator of texts promises, found by discovery; and which one a house takes."""

import pytest

from doorward.bootstrap import chosen_translator, load_plugins
from doorward.kit.clock import SystemClock
from doorward.kit.plugins import discover
from doorward.kit.settings import Models, Settings
from doorward.understanding import TextTranslator
from doorward.vocabulary.errors import Misconfigured
from tests.support.translating import FakeTranslator

TEXTS = ("Hello ⟦1⟧, call ⟦2⟧.\n\n- **one**\n- two", "⟦1⟧", "no place at all", "https://a.example/ ⟦1⟧ ⟦2⟧ ⟦3⟧")


def found() -> list[TextTranslator]:
    """The model plugins that translate, as the house builds them, and the tests' own."""
    settings = [Settings(models=Models(translator=plugin.manifest.id)) for plugin in discover("model")]
    models = [load_plugins(one, clock=SystemClock(), kinds=("model",)).models for one in settings if _can_be_built(one)]
    return [FakeTranslator(), *(one for some in models for one in some.values() if isinstance(one, TextTranslator))]


def _can_be_built(settings: Settings) -> bool:
    """Whether a plugin needs no service that only an installation has."""
    try:
        load_plugins(settings, clock=SystemClock(), kinds=("model",))
    except Misconfigured:
        return False
    return True


@pytest.mark.parametrize("translator", found(), ids=lambda one: one.id)
@pytest.mark.parametrize("text", TEXTS)
def test_tokens_stand_in_the_translation_once(translator: TextTranslator, text: str) -> None:
    """Each that was in the text, unchanged, and no other."""
    answer = translator.translate(text, source="en", target="de")
    assert answer.strip()
    assert sorted(sign for sign in answer if sign in "⟦⟧") == sorted(sign for sign in text if sign in "⟦⟧")
    assert all(answer.count(f"⟦{number}⟧") == text.count(f"⟦{number}⟧") for number in range(1, 5))
    assert 0 < len(translator.id) <= 64


def choose(name: str) -> TextTranslator | None:
    """The translator that these settings choose."""
    settings = Settings(models=Models(translator=name))
    return chosen_translator(load_plugins(settings, clock=SystemClock(), kinds=("model",)), settings)


def test_nothing_translates_unless_somebody_says_so() -> None:
    """Masked text leaves the house for no translator by itself."""
    assert choose("") is None


@pytest.mark.parametrize("name", ["sentence_encoder", "nothing"])
def test_what_does_not_translate_stops_the_start(name: str) -> None:
    """An encoder, and nothing at all, are refused with a sentence that names the setting."""
    with pytest.raises(Misconfigured, match=r"models\.translator"):
        choose(name)
