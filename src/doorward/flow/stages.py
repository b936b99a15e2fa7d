"""The walk of a contact, in its order. This is the only file that knows it.

    admit → identify → protect → read → assess → understand → reconsider → decide → answer | route → record → measure

The first three happen before a message is accepted (`flow/accept.py`): raw text never outlives them. The stages below
run after it is durable, each result is kept (`flow/runner.py`), and `record` and `measure` close the walk in one
transaction (`flow/closing.py`).
"""

from collections.abc import Callable
from typing import Any

import msgspec

from doorward.flow.openings import hand_over_words
from doorward.flow.walk import Answered, Reconsideration, Routed, Walk, WalkRooms, facts_of, hours_told, thresholds_of
from doorward.vocabulary.assessment import Assessment
from doorward.vocabulary.decision import Decision
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.understanding import Understanding


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
    masked = walk.message.text
    return rooms.understander.understand(
        walk.need("read"),
        masked,
        nearest=lambda reading: rooms.knowledge.search(walk.scope, reading),
        wished=lambda reading: rooms.wished(walk.scope, reading, masked),
    )


def reconsider(_rooms: WalkRooms, _walk: Walk) -> Reconsideration:
    """Take admission's second look, now that the content is known."""
    return Reconsideration()


def decide(rooms: WalkRooms, walk: Walk) -> Decision:
    """Choose what happens, by the policies and the tenant's thresholds."""
    return rooms.rules_of(walk.scope.tenant_id).decide(facts_of(walk), thresholds_of(walk.settings))


def answer(rooms: WalkRooms, walk: Walk) -> Answered:
    """Say it, if there is something to say."""
    language = walk.need("read").language
    reply = rooms.knowledge.compose(walk.scope, walk.need("decide"), walk.need("understand"), language=language)
    if reply is None or walk.need("decide").action != "hand_over":
        return Answered(reply=reply)
    hours = hours_told(rooms, walk, reason=walk.need("decide").reason)
    text = hand_over_words(rooms.translator, reply.language, reply.text, settings=hours, now=walk.message.received_at)
    return Answered(reply=msgspec.structs.replace(reply, text=text))


def route(_rooms: WalkRooms, walk: Walk) -> Routed:
    """Hand over to people, if that was decided."""
    decision: Decision = walk.need("decide")
    if decision.action != "hand_over":
        return Routed()
    return Routed(handoff=Handoff(reason=decision.reason))


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
