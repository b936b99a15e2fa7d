"""Yes, no, never mind: taken only where the message as a whole means it.

A yes sets things in motion that cannot be taken back, so it is read narrowly: it stands at the beginning, nothing
takes it back ('but', 'wait', 'not'), nothing is asked, and it is nobody else's, in quotation marks. A no and an end
change nothing and are read more widely.
"""

import re
from typing import Final, NamedTuple

from doorward.answering.procedures.answers.spoken import Meant, Spoken, Words, positions

LONG: Final = 12
"""Words of a message that begins with a plain yes and may go on with others."""

_ALIKE: Final = 5
"""Letters at the beginning of a word's stem by which it is the same word in another form."""

MERE: Final = "mere"
"""What a yes means that may as well say no more than 'I see': 'ok', 'all right'."""

QUOTED: Final = re.compile(r'"[^"\n]*"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|‚[^‘’\n]*[‘’]|^[ \t]*>[^\n]*', re.MULTILINE)

_THUMBS: Final = {"👍": True, "✅": True, "👌": True, "👎": False, "❌": False}


class Agreement(NamedTuple):
    """Whether a message agrees, None for neither, and whether it ends everything."""

    agrees: bool | None
    cancels: bool


def agreement(spoken: Spoken, said: Words, text: str) -> Agreement:
    """Return what a message says to a question that can be answered with yes or no."""
    if not said.words:
        thumbs = {_THUMBS[sign] for sign in text if sign in _THUMBS}
        return Agreement(thumbs.pop() if len(thumbs) == 1 else None, cancels=False)
    if _cancels(spoken, said):
        return Agreement(agrees=False, cancels=True)
    asks = "?" in text or "？" in text
    agrees = _agrees(spoken, said, asks=asks)
    if agrees and QUOTED.search(text):
        # What somebody quotes was said by somebody else: the yes has to stand beside it.
        agrees = _agrees(spoken, spoken.words(QUOTED.sub(" ", text)), asks=asks) or None
    return Agreement(agrees, cancels=False)


def agreement_beside(spoken: Spoken, said: Words, text: str, *, question: Words) -> Agreement | None:
    """Return what a message says to a question that is itself about cancelling, None where it does not use its words.

    'Cancel it' is what was asked about then, and neither a no nor an end; it is no yes by itself either. A yes beside
    it is read more narrowly than elsewhere: nothing else may stand there but words of the question.
    """
    own = zip(question.words, question.stems, strict=True)
    asked = frozenset(stem[:_ALIKE] for word, stem in own if word not in spoken.fillers)
    named = [one for one in spoken.cancel.find(said) if asked & _beginnings(said, one)]
    places = positions(named)
    if not places:
        return None
    if any(one.end < len(said) and spoken.is_denial(said.words[one.end]) for one in named):
        # 'İptal etmeyin' denies by its ending; with a yes before it it says both.
        return Agreement(agrees=None if spoken.yes.find(said) else False, cancels=False)
    left = [place for place in range(len(said)) if place not in places]
    rest = Words(tuple(said.words[place] for place in left), tuple(said.stems[place] for place in left))
    if not rest.words:
        return Agreement(agrees=None, cancels=False)
    if _cancels(spoken, rest):
        # 'Do not cancel it' keeps what there is: a no, and no more than that.
        return Agreement(agrees=False, cancels=bool(spoken.cancel.find(rest)))
    agrees = _agrees(spoken, rest, asks="?" in text or "？" in text)
    yes = positions(spoken.yes.find(rest)) | spoken.polite.places(rest)
    others = [place for place in range(len(rest)) if place not in yes]
    known = all(rest.words[place] in spoken.fillers or rest.stems[place][:_ALIKE] in asked for place in others)
    return Agreement(agrees if known or agrees is False else None, cancels=False)


def _beginnings(said: Words, one: Meant) -> frozenset[str]:
    return frozenset(stem[:_ALIKE] for stem in said.stems[one.start : one.end])


def _cancels(spoken: Spoken, said: Words) -> bool:
    """Return whether there is a phrase that ends everything, and nothing else but a no, fillers and politeness."""
    ending = spoken.cancel.places(said)
    rest = set(range(len(said))) - ending - spoken.no.places(said) - spoken.polite.places(said)
    return bool(ending) and all(said.words[place] in spoken.fillers for place in rest)


def _agrees(spoken: Spoken, said: Words, *, asks: bool) -> bool | None:
    # 'Not sure' and 'don't know yet' are no answer: neither the no in them nor a yes.
    no = _not_within(spoken.no.find(said), spoken.reservation.find(said))
    yes, no = _apart(spoken.yes.find(said), no)
    polite = spoken.polite.places(said)
    first = next((place for place in range(len(said)) if place not in polite or _begins(yes + no, place)), 0)
    begins_yes, begins_no = _begins(yes, first), _begins(no, first)
    rest = [place for place in range(len(said)) if place not in positions(yes + no) | polite]
    alone = all(said.words[place] in spoken.fillers for place in rest)
    if no and not yes:
        return False if begins_no or (alone and not asks) else None
    if not yes or no or not begins_yes:
        return False if begins_no and not begins_yes else None
    taken_back = spoken.reservation.places(said) | spoken.question.places(said)
    if asks or taken_back - positions(yes) or any(map(spoken.is_condition, said.words)):
        return None
    if _puts_off(spoken, said, rest) or _only_thanks(spoken, said, yes) or spoken.person.find(said):
        return None  # 'yes please, a human being' says yes to a person, and not to what is asked
    plain = _is_plain(spoken, said, first) and len(said) <= LONG
    return True if alone or plain else None


def _puts_off(spoken: Spoken, said: Words, rest: list[int]) -> bool:
    """Return whether nothing but a day to come stands beside a yes: 'yes, tomorrow, not today' is none yet."""
    days = spoken.relative_day.find(said)
    idle = positions(days) | spoken.negation.places(said)
    ahead = any(one.meaning.strip().isdecimal() and int(one.meaning) > 0 for one in days)
    return ahead and all(place in idle or said.words[place] in spoken.fillers for place in rest)


def _only_thanks(spoken: Spoken, said: Words, yes: list[Meant]) -> bool:
    """Return whether nothing says more than that something was heard: 'ok, thanks' thanks for what was told before."""
    return all(one.meaning == MERE for one in yes) and bool(spoken.thanks.find(said))


def _is_plain(spoken: Spoken, said: Words, place: int) -> bool:
    return said.words[place] in spoken.plain


def _begins(found: list[Meant], place: int) -> bool:
    return any(one.start == place for one in found)


def _apart(yes: list[Meant], no: list[Meant]) -> tuple[list[Meant], list[Meant]]:
    """Return both without what lies within a longer one of the other: 'not right' holds no 'right'."""
    return _not_within(yes, no), _not_within(no, yes)


def _not_within(found: list[Meant], others: list[Meant]) -> list[Meant]:
    def lies_within(one: Meant) -> bool:
        return any(
            other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start
            for other in others
        )

    return [one for one in found if not lies_within(one)]
