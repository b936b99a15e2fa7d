"""Holding an answer against what is asked: a yes is one to this question, and not to the one before it.

Who says 'yes, block it' when a new card is offered answers what was asked before. Who says 'yes, block it, no new card'
says yes to the one question and no to the other, whichever of them is asked.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from doorward.answering.procedures.answers.agreement import agreement
from doorward.answering.procedures.answers.denying import clauses, denied_in
from doorward.answering.procedures.answers.spoken import Spoken, Words, positions

_ALIKE: Final = 5
"""Letters at the beginning of a word by which it is known in another form, behind a prefix perhaps."""

_SHORTEST: Final = 3

ITSELF: Final = "itself"
"""What a reservation means that narrows a yes to what is asked: 'only', 'just'."""

_PLACE: Final = re.compile(r"\{[^}]*\}")


class Beside(NamedTuple):
    """What a message says to the question that is asked: yes or no, and whether its yes is to an earlier one."""

    agrees: bool | None
    belated: bool = False


class Around(NamedTuple):
    """The texts of what was to be confirmed before a question, and of what may be to be confirmed after it."""

    before: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


ALONE: Final = Around()


class Questions(NamedTuple):
    """The words of the question that is asked, of those that were asked before it, of those that may follow, and of all
    others of the procedure.
    """

    now: frozenset[str]
    before: frozenset[str]
    later: frozenset[str]
    others: frozenset[str] = frozenset()


def asking(text: str) -> str:
    """Return the sentence of a procedure's text that asks, without places for values: the others only explain."""
    return _PLACE.sub(" ", text).partition("?")[0].rpartition(". ")[2]


def question_words(spoken: Spoken, texts: Iterable[str]) -> frozenset[str]:
    """Return the words by which the questions of some texts are known."""
    words = (word for text in texts for word in spoken.words(asking(text)).words)
    return frozenset(word for word in words if word not in spoken.fillers and len(word) >= _SHORTEST)


def answer_to(spoken: Spoken, text: str, *, questions: Questions, agrees: bool | None) -> Beside:
    """Return what a text says to a question; `agrees` is what it says to whatever question."""
    if "?" in text:
        return Beside(agrees)
    others = questions.before | questions.later
    now, before, elsewhere = (
        _apart(questions.now, others),
        _apart(questions.before, questions.now),
        _apart(others, questions.now),
    )
    denied = _denied(spoken, text)
    if agrees is None and not denied and _is_only_this(spoken, text, questions.now):
        agrees = True
    if _touch(denied, now):
        # 'Yes, do not cancel it' says both, unless its yes is to a question before.
        is_both = bool(spoken.yes.find(spoken.words(text))) and not questions.before
        return Beside(agrees=None if is_both else False)
    if agrees is not False and _touch(denied, elsewhere):
        rest = "; ".join(one for one in clauses(text) if not _touch(_denied_in(spoken, one, text), elsewhere))
        said = spoken.words(rest)
        agrees = agreement(spoken, said, rest).agrees if said.words else None
        text = rest
    said = spoken.words(text)
    about = _content(spoken, said)
    is_this = agrees is not True or _touch(about, now)
    belated = not is_this and _touch(about, before)
    # 'Yes, unfreeze it' is no yes to a new card in place of one that cannot be unfrozen.
    is_other = not is_this and _touch(about, _apart(questions.others, questions.now))
    return Beside(agrees=None if belated or is_other else agrees, belated=belated)


def denies(spoken: Spoken, text: str, *, now: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether a text wants none of what only a question with the words `now` asks, beside those of the `others`.

    What is wanted may stand anywhere in the clause with the no: 'I want no new card', 'eine neue will ich nicht'.
    """
    own = _apart(now, others)
    return any(_touch(_content(spoken, spoken.words(one)), own) for one in clauses(text) if _holds_no(spoken, one))


def _holds_no(spoken: Spoken, clause: str) -> bool:
    said = spoken.words(clause)
    found = spoken.negation.find(said) or spoken.no.find(said) or any(map(spoken.is_denial, said.words))
    return bool(found) and not clause.endswith("?")


def _is_only_this(spoken: Spoken, text: str, now: frozenset[str]) -> bool:
    """Return whether a text agrees to what is asked and to nothing else: 'yes, only freeze it' takes nothing back."""
    said = spoken.words(text)
    yes, held_back = spoken.yes.find(said), spoken.reservation.find(said)
    if not yes or yes[0].start or spoken.no.find(said) or spoken.question.places(said):
        return False
    if not held_back or any(one.meaning != ITSELF for one in held_back):
        return False
    idle = positions([*yes, *held_back]) | spoken.polite.places(said)
    rest = [word for place, word in enumerate(said.words) if place not in idle and word not in spoken.fillers]
    return bool(rest) and all(_touch({word}, now) for word in rest)


def _content(spoken: Spoken, said: Words) -> frozenset[str]:
    idle = spoken.polite.places(said) | {place for one in spoken.yes.find(said) for place in range(one.start, one.end)}
    return frozenset(
        word
        for place, word in enumerate(said.words)
        if place not in idle and word not in spoken.fillers and len(word) >= _SHORTEST
    )


def _denied(spoken: Spoken, text: str) -> frozenset[str]:
    return frozenset(word for one in clauses(text) for word in _denied_in(spoken, one, text))


def _denied_in(spoken: Spoken, clause: str, text: str) -> frozenset[str]:
    """Return what a clause denies; behind the first one a 'no' denies as well: 'yes, block it, no new card'."""
    said = spoken.words(clause)
    found = {said.words[place] for place in denied_in(spoken, said, clause).places}
    first = said.words[:1]
    if first and first[0] in spoken.plain and spoken.no.find(said) and not text.lstrip().startswith(clause.lstrip()):
        found |= set(said.words[1:3])
    return frozenset(word for word in found if word not in spoken.fillers and len(word) >= _SHORTEST)


def _apart(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if not _touch({word}, others))


def _touch(some: Iterable[str], others: frozenset[str]) -> bool:
    return any(_is_alike(one, other) for one in some for other in others)


def _is_alike(one: str, other: str) -> bool:
    """Return whether two words are forms of one: one holds the beginning of the other ('blockieren', 'blockiert').

    Russian verbs change a vowel of their stem with their aspect ('оспорить', 'оспаривать').
    """
    one, other = one.replace("о", "а"), other.replace("о", "а")
    return one[:_ALIKE] in other or other[:_ALIKE] in one
