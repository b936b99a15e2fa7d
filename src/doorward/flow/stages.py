"""The walk of a contact, in its order. This is the only file that knows it.

    admit → identify → protect → read → assess → understand → reconsider → decide → answer | route → record → measure

The first three happen before a message is accepted (`flow/accept.py`): raw text never outlives them. The stages below
run after it is durable, each result is kept (`flow/runner.py`), and `record` and `measure` close the walk in one
transaction (`flow/closing.py`).
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from doorward.flow.asked import heard_by_value, heard_in_words
from doorward.flow.asking_back import AskedBack, Hearing, heard_as_answer
from doorward.flow.flood import words
from doorward.flow.flood.reconsidering import Reconsideration
from doorward.flow.openings import hand_over_words
from doorward.flow.procedures import STOPPED, Advanced
from doorward.flow.walk import (
    APPEAL,
    Answered,
    Routed,
    Walk,
    WalkRooms,
    admitted_of,
    best_section,
    declines,
    facts_of,
    here_of,
    hours_told,
    is_deferred,
    procedure_facts,
    thresholds_of,
    with_nudges,
    with_procedures,
)
from doorward.vocabulary.assessment import Assessment
from doorward.vocabulary.decision import Decision
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.reply import Handoff, Reply
from doorward.vocabulary.text import MaskedText, shifted
from doorward.vocabulary.understanding import Understanding

PROCEEDS: Final = frozenset({"ask", "verify", "act"})
"""Actions that a procedure carries out."""

BETWEEN: Final = frozenset({"answer", "greet"})
"""Actions that answer something else while a procedure waits."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: its name, the type of its result, and the pure function that computes it from the walk so far."""

    name: str
    result: Any
    compute: Callable[[WalkRooms, Walk], Any]


def read(rooms: WalkRooms, walk: Walk) -> Reading:
    """Compute once what all later stages share."""
    hint = walk.message.language or walk.card.language or None
    return rooms.reader.read(walk.message.text, languages=walk.settings.languages, hint=hint)


def assess(rooms: WalkRooms, walk: Walk) -> Assessment:
    """Judge how risky the message is."""
    return rooms.risk.assess(walk.message.text, walk.findings, walk.need("read"))


def understand(rooms: WalkRooms, walk: Walk) -> Understanding:
    """Find out what is wanted and what could answer it."""
    found = _understood(rooms, walk, walk.message.text, walk.need("read"))
    # A no to all that was offered is one to what was asked about as well.
    if walk.asked_back is not None and not declines(rooms, walk):
        found = _as_answer(rooms, walk, found, asked=walk.asked_back)
    return heard_in_words(heard_by_value(found, walk.standing, walk.message.text), walk.standing)


def _understood(rooms: WalkRooms, walk: Walk, masked: MaskedText, reading: Reading) -> Understanding:
    return rooms.understander.understand(
        reading,
        masked,
        nearest=lambda reading: rooms.knowledge.search(walk.scope, reading),
        wished=lambda reading: rooms.wished(walk.scope, reading, masked),
        answers=walk.asked_back is not None or (walk.standing is not None and walk.standing.asks),
    )


def _as_answer(rooms: WalkRooms, walk: Walk, found: Understanding, *, asked: AskedBack) -> Understanding:
    """Return what was understood as an answer to what was asked back."""
    language = walk.need("read").language

    def reread(masked: MaskedText) -> Reading:
        return rooms.reader.read(masked, languages=(language,), hint=language)

    by = Hearing(
        understand=lambda masked: _understood(rooms, walk, masked, reread(masked)),
        read=reread,
        likely=walk.settings.answer_threshold,
    )
    return heard_as_answer(found, walk.message.text, asked=asked, by=by)


def reconsider(rooms: WalkRooms, walk: Walk) -> Reconsideration:
    """Take admission's second look, now that the content is known."""
    if rooms.second_look is None:
        return Reconsideration(admitted=walk.admitted)
    understood: Understanding = walk.need("understand")
    return rooms.second_look.take(
        walk.scope, walk.message, walk.admitted, reading=walk.need("read"), understood=understood
    )


def decide(rooms: WalkRooms, walk: Walk) -> Decision:
    """Choose what happens, by the policies and the tenant's thresholds."""
    facts = with_nudges(rooms, walk, with_procedures(rooms, walk, facts_of(walk)))
    return rooms.rules_of(walk.scope.tenant_id).decide(facts, thresholds_of(walk.settings))


def answer(rooms: WalkRooms, walk: Walk) -> Answered:
    """Say it, if there is something to say; go on with a procedure, if that was decided."""
    decision: Decision = walk.need("decide")
    if decision.action == "nudge":
        nudged = _nudged(rooms, walk, decision)
        if nudged is not None:
            return nudged
    if decision.action in PROCEEDS:
        advanced = _advanced(rooms, walk)
        if advanced is not None:
            return advanced
    language = walk.need("read").language
    if decision.action == "defer":
        return Answered(reply=_deferred(rooms, walk, language, appeals=decision.reason == APPEAL))
    reply = rooms.knowledge.compose(walk.scope, decision, walk.need("understand"), language=language)
    if reply is None:
        return Answered(reply=reply)
    if decision.action == "hand_over":
        return Answered(reply=_with_hours(rooms, walk, reply, reason=decision.reason))
    use = None
    if decision.action == "answer" and rooms.words is not None:
        reply, use = rooms.words.word(walk, reply)
    answered = _and_question(rooms, walk, reply) if decision.action in BETWEEN else Answered(reply=reply)
    return msgspec.structs.replace(answered, model=use)


def _advanced(rooms: WalkRooms, walk: Walk) -> Answered | None:
    found = here_of(rooms, walk)
    if found is None:
        return None
    work, standing, here = found
    decision: Decision = walk.need("decide")
    advanced = work.answer(standing, here, facts=procedure_facts(walk), may_begin=decision.action == "act")
    if advanced is None:
        return None
    said = _said(rooms, walk, advanced, language=here.language)
    asks_again = decision.action == "ask" and not decision.facts.procedure_heard
    return _with_suggestion(rooms, walk, said, question=advanced) if asks_again else said


def _with_suggestion(rooms: WalkRooms, walk: Walk, said: Answered, *, question: Advanced) -> Answered:
    """Return a question that is asked again with the option below it that the customer may have meant.

    It is a word to them and nothing more: only what they say or press themselves is their answer.
    """
    if rooms.words is None or said.reply is None or question.kind != "choice" or question.handoff:
        return said
    choice, use = rooms.words.suggest(walk, question)
    reply = said.reply
    if choice is not None:
        others = tuple(one for one in reply.choices if one != choice)
        text = f"{reply.text}\n\n{rooms.translator.say(reply.language, 'reply.perhaps')} {choice.label}"
        reply = msgspec.structs.replace(reply, text=text, choices=(choice, *others))
    return msgspec.structs.replace(said, reply=reply, model=use)


def _nudged(rooms: WalkRooms, walk: Walk, decision: Decision) -> Answered | None:
    """Offer something, or go on with what was agreed to."""
    found = None if rooms.nudges is None else here_of(rooms, walk)
    if rooms.nudges is None or found is None:
        return None
    nudged = rooms.nudges.answer(found[1], found[2], decision)
    if nudged is None:
        return None
    if nudged.procedure is None:
        return Answered(reply=nudged.reply, nudge=nudged.told)
    said = _said(rooms, walk, nudged.procedure, language=found[2].language)
    return msgspec.structs.replace(said, nudge=nudged.told)


def _said(rooms: WalkRooms, walk: Walk, advanced: Advanced, *, language: str) -> Answered:
    """Return what a procedure says, with the words for a hand-over behind it where a person takes over."""
    reply = Reply(text=advanced.text, language=language, choices=advanced.choices, spans=advanced.spans)
    if advanced.handoff and admitted_of(walk).demoted:
        deferred = _deferred(rooms, walk, language, appeals=False)
        return Answered(reply=_behind(reply, deferred), procedure=advanced)
    if advanced.handoff:
        handed = rooms.translator.say(language, "reply.hand_over")
        reply = msgspec.structs.replace(reply, text=f"{reply.text}\n\n{handed}".strip())
        reply = _with_hours(rooms, walk, reply, reason=STOPPED)
    return Answered(reply=reply, procedure=advanced)


def _deferred(rooms: WalkRooms, walk: Walk, language: str, *, appeals: bool) -> Reply:
    """Return why there is no person now and how to get further, or that an appeal was taken."""
    if appeals:
        return words.appealed(rooms.translator, language)
    now = walk.message.received_at
    return words.deferral(rooms.translator, language, admitted_of(walk), settings=walk.settings, now=now)


def _behind(reply: Reply, more: Reply) -> Reply:
    """Return a reply with another one behind it."""
    text = f"{reply.text}\n\n{more.text}".strip()
    return msgspec.structs.replace(reply, text=text, choices=(*reply.choices, *more.choices))


def _with_hours(rooms: WalkRooms, walk: Walk, reply: Reply, *, reason: str) -> Reply:
    hours = hours_told(rooms, walk, reason=reason)
    said = f"{reply.text} {_crisis_help(walk, reply.language)}".rstrip()
    text = hand_over_words(rooms.translator, reply.language, said, settings=hours, now=walk.message.received_at)
    return msgspec.structs.replace(reply, text=text)


def _and_question(rooms: WalkRooms, walk: Walk, reply: Reply) -> Answered:
    """Return an answer to something else with the question behind it that a procedure waits with.

    What was told beside it already is not told again, nor too much: then the procedure has the word.
    """
    found = here_of(rooms, walk)
    if found is None:
        return Answered(reply=reply)
    work, standing, here = found
    about = best_section(walk) if walk.need("decide").action == "answer" else ""
    beside = work.beside(standing, here, about=about)
    if beside is None:
        return Answered(reply=reply)
    question = beside.advanced
    if not beside.is_told:
        return _said(rooms, walk, question, language=here.language)
    if not question.text:
        return Answered(reply=reply, procedure=question)
    before = f"{reply.text}\n\n"
    spans = shifted(question.spans, by=len(before))
    both = msgspec.structs.replace(reply, text=f"{before}{question.text}", choices=question.choices, spans=spans)
    return Answered(reply=both, procedure=question)


def _crisis_help(walk: Walk, language: str) -> str:
    """Return where the company says that help is, for somebody who may be in danger; else nothing."""
    decision: Decision = walk.need("decide")
    in_danger = decision.reason == "care" and decision.facts.emotion == "self_harm"
    return walk.settings.crisis_help.get(language, "") if in_danger else ""


def route(_rooms: WalkRooms, walk: Walk) -> Routed:
    """Hand over to people, if that was decided or a procedure wants it."""
    decision: Decision = walk.need("decide")
    advanced = walk.need("answer").procedure
    if is_deferred(walk):
        return Routed()
    if advanced is not None and advanced.handoff:
        return Routed(handoff=Handoff(reason=STOPPED))
    if decision.action != "hand_over":
        return Routed()
    # The same for all that needs care: how urgent it is, which is kept, does not say how somebody felt.
    return Routed(handoff=Handoff(reason=decision.reason, priority=CARE if decision.reason == "care" else 0))


CARE: Final = 2
"""How urgent it is that a person sees somebody who needs care."""

BEFORE_ACCEPTANCE = ("admit", "identify", "protect")

STAGES = (
    Stage(name="read", result=Reading, compute=read),
    Stage(name="assess", result=Assessment, compute=assess),
    Stage(name="understand", result=Understanding, compute=understand),
    Stage(name="reconsider", result=Reconsideration, compute=reconsider),
    Stage(name="decide", result=Decision, compute=decide),
    Stage(name="answer", result=Answered, compute=answer),
    Stage(name="route", result=Routed, compute=route),
)

CLOSING = ("record", "measure")

WALK = (*BEFORE_ACCEPTANCE, *(stage.name for stage in STAGES), *CLOSING)
"""Every stage's name, in order."""
