"""What somebody is told whose message held what must not be sent: the kinds in words, in the language they wrote in."""

from collections.abc import Iterable

import msgspec

from doorward.kit.i18n import Translator
from doorward.vocabulary.errors import SecretRefused


class ToldRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """The refusal with everything that its sentence needs, and the language to say it in."""

    error: SecretRefused
    language: str


def kinds_in_words(translator: Translator, language: str, kinds: Iterable[str]) -> str:
    """Return kinds as people call them, with commas between; a company's own kind by its name, in small letters."""
    return ", ".join(
        translator.say(language, f"kind.{kind}") if translator.has(f"kind.{kind}") else kind.lower().replace("_", " ")
        for kind in kinds
    )


def told_refusal(translator: Translator, error: SecretRefused, *, otherwise: str) -> ToldRefusal:
    """Return the refusal completed; `otherwise` is the language where the sender's own is not known or not spoken."""
    own = str(error.facts.get("language") or "")
    language = own if own in translator.languages else otherwise
    what = kinds_in_words(translator, language, str(error.facts.get("kinds", "")).split())
    return ToldRefusal(error=SecretRefused(error.detail, what=what), language=language)
