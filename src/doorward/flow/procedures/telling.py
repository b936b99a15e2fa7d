"""What is said: questions with their buttons, codes that were mailed, in the words of the procedure and the house."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from doorward.answering.procedures import Procedure, Run, fill_text, say_unclear, show_thing
from doorward.answering.procedures.machine import NOT_UNDERSTOOD, NOT_VERIFIED, UNKNOWN
from doorward.answering.procedures.model import AskStep, CallStep, ConfirmStep
from doorward.answering.procedures.ports import Sentences
from doorward.answering.procedures.run import Ask, Confirm, Say, Unclear, Want
from doorward.answering.procedures.state import key_of, want_of
from doorward.vocabulary.reply import Choice

MOST_BUTTONS: Final = 8
"""Things that are offered as buttons; all of them can be named in words."""

_PLACE: Final = re.compile(r"\{[^}]*\}")

Buttons = Mapping[str, Choice]
"""What can be pressed, by the key that a press means: a thing's, a code, `yes` or `no`."""


def said(procedure: Procedure, language: str, one: Say) -> str:
    """Return a text with its places filled."""
    return fill_text(procedure, language, one.text, one.values)


def question(procedure: Procedure, language: str, want: Ask | Confirm, *, sentences: Sentences) -> str:
    """Return a question, behind what was wrong with the answer to the one before."""
    asked = fill_text(procedure, language, want.text, want.values)
    return f"{_before(language, want.unclear, sentences)}{asked}"


def note_of(procedure: Procedure, run: Run, *, sentences: Sentences) -> str:
    """Return what the person who takes over has to know of where a run ended, in the company's first language.

    Which question nobody answered, that no proof came, or which act nobody knows the end of; no value of a customer's.
    Empty where the procedure itself wanted a person.
    """
    language = next(iter(procedure.texts))
    if run.reason not in {UNKNOWN, NOT_UNDERSTOOD} and (run.unproven or run.reason == NOT_VERIFIED):
        return sentences.say(language, "procedure.note_not_proven", procedure=procedure.id)
    if run.reason not in {UNKNOWN, NOT_UNDERSTOOD} or run.version != procedure.version:
        return ""
    match procedure.step(run.at):
        case CallStep() as step if run.reason == UNKNOWN:
            return sentences.say(language, "procedure.note_unknown", operation=step.operation, reference=key_of(run))
        case AskStep() as step:
            asked = procedure.slots[step.slot].ask
        case ConfirmStep() as step:
            asked = step.text
        case _:
            return ""
    asked = _PLACE.sub("…", procedure.texts[language].get(asked, ""))
    return sentences.say(language, "procedure.note_not_understood", procedure=procedure.id, question=asked)


def buttons(procedure: Procedure, language: str, want: Want, *, sentences: Sentences) -> Buttons:
    """Return what can be pressed in answer, none where an answer needs words of one's own."""
    match want:
        case Confirm():
            return yes_no(language, sentences)
        case Ask() if procedure.slots[want.slot].kind == "yes_no":
            return yes_no(language, sentences)
        case Ask():
            shown = {
                thing.key: show_thing(procedure, language, want.slot, {**thing.fields, "key": thing.key})
                for thing in want.things[:MOST_BUTTONS]
            }
            names = procedure.codes(language)
            shown |= {code: names.get(code, code) for code in want.choices}
            return _apart(shown)
        case _:
            return {}


def pressed(procedure: Procedure, run: Run, text: str, *, sentences: Sentences) -> str | None:
    """Return the key that was pressed if a text is, word for word, what a button says that is offered now, else None.

    What a button of an older reply says is a text like any other.
    """
    want = want_of(procedure, run)
    for language in procedure.texts:
        for key, choice in buttons(procedure, language, want, sentences=sentences).items():
            if choice.says == text.strip():
                return key
    return None


def hidden_address(email: str) -> str:
    """Return as much of a mail address as helps its owner and nobody else: its first letter and its domain's."""
    name, _, domain = email.strip().partition("@")
    return f"{name[:1]}…@{domain[:1]}…" if name and domain else "…"


def yes_no(language: str, sentences: Sentences) -> Buttons:
    """Return the two buttons of a question that is answered with yes or no."""
    return {
        key: Choice(label=sentences.say(language, f"procedure.{key}"), says=sentences.say(language, f"procedure.{key}"))
        for key in ("yes", "no")
    }


def new_code(language: str, sentences: Sentences) -> Choice:
    """Return the button that asks for another code."""
    says = sentences.say(language, "procedure.new_code")
    return Choice(label=says, says=says)


def asks_for_new_code(text: str, languages: Iterable[str], *, sentences: Sentences) -> bool:
    """Return whether the button for another code was pressed."""
    return any(text.strip() == new_code(language, sentences).says for language in languages)


def _before(language: str, unclear: Unclear, sentences: Sentences) -> str:
    return f"{say_unclear(sentences, language, unclear)} " if unclear else ""


def _apart(shown: Mapping[str, str]) -> Buttons:
    """Return buttons of which no two say the same: where names are alike the key is said with them."""
    names = list(shown.values())
    found: dict[str, Choice] = {}
    for key, name in shown.items():
        label = name if names.count(name) == 1 else f"{name} ({key})"
        found[key] = Choice(label=label, says=label)
    return found
