"""Whether the message that begins something asks for it as it stands, or only speaks of it.

Who wants something does not have to be asked again for what they said already. Who asks how it is done, would have it
done on a condition or another day, quotes somebody, or speaks of somebody else's card has said nothing of the kind:
what a procedure would do without another word is asked for then.
"""

from typing import Final

from doorward.answering.procedures.answers.agreement import QUOTED
from doorward.answering.procedures.answers.spoken import Meant, Spoken, Words

CONDITION: Final = "condition"
"""What a reservation means on which something depends: 'if', 'as long as'."""

_BETWEEN: Final = 1
"""Words between somebody and what is theirs: 'die Karte meiner Frau'."""


def supposes(spoken: Spoken, said: Words, text: str) -> bool:
    """Return whether a message speaks of something without asking for it as it stands."""
    if QUOTED.search(text) or _on_condition(spoken, said) or _is_put_off(spoken, said) or _is_of_kin(spoken, said):
        return True
    if spoken.request.find(said):
        return False
    return text.rstrip().endswith("?") and (bool(spoken.question.find(said)) or _is_one_question(text))


def _is_one_question(text: str) -> bool:
    """Return whether a message is nothing but a question: 'is my card frozen?'."""
    return not any(sign in text.strip().rstrip("?! ") for sign in ".!?\n")


def _on_condition(spoken: Spoken, said: Words) -> bool:
    named = any(one.meaning == CONDITION for one in spoken.reservation.find(said))
    return named or any(map(spoken.is_condition, said.words))


def _is_put_off(spoken: Spoken, said: Words) -> bool:
    return any(one.meaning.isdecimal() and int(one.meaning) > 0 for one in spoken.relative_day.find(said))


def _is_of_kin(spoken: Spoken, said: Words) -> bool:
    cards = spoken.card.find(said)
    return any(_are_near(one, card) for one in spoken.kin.find(said) for card in cards)


def _are_near(one: Meant, other: Meant) -> bool:
    return max(one.start, other.start) - min(one.end, other.end) <= _BETWEEN
