"""What somebody is told who got something wrong."""

from doorward.answering.corrections import Correction
from doorward.kit.i18n import Translator


def language_for(correction: Correction, wanted: str) -> str:
    """Return in which language the company's own words come: the wanted one if they are there in it."""
    return wanted if wanted in correction.words else next(iter(correction.words))


def message_of(correction: Correction, sentences: Translator, *, language: str) -> str:
    """Return what is said in a customer's language: what was wrong, and what is right where something is."""
    words = correction.words[language_for(correction, language)]
    said = "correction.said.answer" if correction.kind == "answer" else "correction.said.rules"
    parts = [sentences.say(language, said, title=correction.title), words.wrong.strip()]
    if words.right.strip():
        parts += [sentences.say(language, "correction.said.right"), words.right.strip()]
    return "\n\n".join(parts)
