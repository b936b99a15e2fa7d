"""The last transaction of a walk: what was decided and said is written down, people are told, the run is done."""

from typing import Any, Final

import msgspec

from doorward import record, routing
from doorward.admission.kept import end_demotion
from doorward.answering.language_model import ModelUse
from doorward.flow import repository
from doorward.flow.flood.admitted import PROTECTED_RANK
from doorward.flow.flood.deferring import keep_appeal, keep_told
from doorward.flow.flood.reconsidering import Reconsideration
from doorward.flow.nudging import NudgeTold
from doorward.flow.procedures import Advanced, Here, ProcedureWork, acted_line, told_of
from doorward.flow.walk import APPEAL, Walk, WalkRooms, admitted_of, here_of, is_deferred, known_of
from doorward.kit.tx import Tx
from doorward.understanding.feelings import Heard, keep_hint
from doorward.vocabulary.assessment import Assessment
from doorward.vocabulary.decision import SHORT_LIVED, Decision
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.reply import Handoff, Reply
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Understanding

REDO_FROM: Final = "decide"
"""When somebody took over while the bot was thinking, the walk goes back to this stage."""


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """How closing went: `moved` when the conversation's state changed under the walk, so that it must decide again.

    `next_message` is the conversation's next message that now may walk.
    """

    moved: bool = False
    next_message: MessageId | None = None


def close(tx: Tx, walk: Walk, *, rooms: WalkRooms, has_steps: bool = True) -> Outcome[Closed]:
    """Write down a finished walk. Doing it twice does it once.

    `has_steps` tells whether results of its stages may be in the database, to be removed.
    """
    scope, message = walk.scope, walk.message
    handoff = walk.need("route").handoff
    if handoff is not None:
        routing.lock_queue(tx, scope)
    record.lock_conversation(tx, scope, message.conversation_id)
    # The messages of a conversation are walked in their order: the earliest unfinished one is this, or it is done.
    runs = repository.unfinished_runs(tx, scope, message.conversation_id)
    if message.id not in [run.message_id for run in runs]:
        return Outcome(Closed())
    card = record.card_of(tx, scope, message.conversation_id)
    if card is not None and (card.state, card.misunderstood) != (walk.card.state, walk.card.misunderstood):
        return Outcome(Closed(moved=True), _acted(tx, rooms, walk))
    advanced = _with_procedures(rooms, walk)
    if advanced is not None and not advanced[0].finishing.fits(tx, advanced[1], advanced[2]):
        return Outcome(Closed(moved=True), _acted(tx, rooms, walk))
    entries: list[Entry | AuditEvent] = [_assessed(tx, walk), _decided(tx, walk)]
    jobs: tuple[Job, ...] = ()
    reply: Reply | None = walk.need("answer").reply
    if reply is not None:
        entries.append(_replied(tx, walk, reply))
    _keep_nudges(tx, rooms, walk)
    _judge(tx, rooms, walk)
    if advanced is not None:
        work, here, told = advanced
        finished = work.finishing.write(tx, here, told)
        entries += finished.entries
        jobs = finished.jobs
    # They are written together with the end of the run, which has not ended; what was done is told as it is done.
    fresh = [one.key for one in entries if isinstance(one, Entry) and one.kind != "procedure.acted"]
    record.note_absent(tx, scope, message.conversation_id, fresh)
    stopped = "" if advanced is None else advanced[2].handoff
    entries += _deferred(tx, walk) if handoff is None else _handed_over(tx, rooms, walk, handoff, stopped=stopped)
    understanding: Understanding = walk.need("understand")
    heard = Heard(emotion=understanding.emotion, vulnerable=understanding.vulnerable)
    keep_hint(tx, scope, message.conversation_id, message.party_id, heard)
    repository.finish_run(tx, scope, message.id, has_steps=has_steps)
    following = next((run for run in runs if run.message_id != message.id), None)
    if following is None:
        return Outcome(Closed(), tuple(entries), jobs)
    # Whoever closed this one walks on with it: nobody else may think that it was abandoned.
    next_message = MessageId(following.message_id)
    repository.lease_run(tx, scope, next_message, until=tx.now + repository.LEASE)
    return Outcome(Closed(next_message=next_message), tuple(entries), jobs)


def _handed_over(
    tx: Tx, rooms: WalkRooms, walk: Walk, handoff: Handoff, *, stopped: str
) -> tuple[Entry | AuditEvent, ...]:
    """Let the conversation wait for a person; `stopped` is why a procedure gave up, if one did."""
    scope, message = walk.scope, walk.message
    handoff = _ranked(walk, routing.direct_by_plan(tx, scope, known_of(walk, handoff)))
    end_demotion(tx, scope, message.conversation_id)
    if rooms.second_look is not None:
        rooms.second_look.note_handed(scope, admitted_of(walk))
    data = {"reason": handoff.reason, "queue": handoff.queue, "priority": handoff.priority}
    if stopped:
        data["stopped"] = stopped
    queued = routing.enter_queue(tx, scope, message.conversation_id, message.party_id, handoff=handoff)
    return (_line(tx, walk, "handoff.requested", data), *queued.entries)


def _ranked(walk: Walk, handoff: Handoff) -> Handoff:
    """Return what waits with its place in the order of service; whoever needs care is with the first."""
    understanding: Understanding = walk.need("understand")
    first = understanding.in_need or walk.need("decide").reason == "care"
    return msgspec.structs.replace(handoff, rank=PROTECTED_RANK if first else admitted_of(walk).rank)


def _deferred(tx: Tx, walk: Walk) -> tuple[AuditEvent, ...]:
    """Keep that somebody heard that there is no person for them now, or what they appeal against."""
    if not is_deferred(walk):
        return ()
    here, party_id, admitted = walk.message.conversation_id, walk.message.party_id, admitted_of(walk)
    if walk.need("decide").reason == APPEAL:
        return keep_appeal(tx, walk.scope, here, party_id, admitted=admitted)
    keep_told(tx, walk.scope, here, party_id, admitted=admitted)
    return ()


def _with_procedures(rooms: WalkRooms, walk: Walk) -> tuple[ProcedureWork, Here, Advanced] | None:
    found, advanced = here_of(rooms, walk), walk.need("answer").procedure
    return None if found is None or advanced is None else (found[0], found[2], advanced)


def _keep_nudges(tx: Tx, rooms: WalkRooms, walk: Walk) -> None:
    found = None if rooms.nudges is None else here_of(rooms, walk)
    if rooms.nudges is None or found is None or found[2].acting is None:
        return
    answered, decision = walk.need("answer"), walk.need("decide")
    rooms.nudges.write(tx, found[2], answered.nudge, decision=decision, advanced=answered.procedure)


def _judge(tx: Tx, rooms: WalkRooms, walk: Walk) -> None:
    """Compare what was expected before the first word with what is wanted, once that is clear."""
    understanding, decision = walk.need("understand"), walk.need("decide")
    if rooms.expecting is not None and decision.facts.intent_known and understanding.intent is not None:
        here = walk.message.conversation_id
        rooms.expecting.judge(tx, walk.scope, here, understanding.intent.name)


def _acted(tx: Tx, rooms: WalkRooms, walk: Walk) -> tuple[Entry, ...]:
    """Return the lines of what was done, which stays done if the walk has to decide again."""
    found = _with_procedures(rooms, walk)
    return () if found is None else tuple(acted_line(tx, found[1], one) for one in found[2].acted)


def _line(tx: Tx, walk: Walk, kind: Any, data: dict[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        conversation_id=walk.message.conversation_id,
        party_id=walk.message.party_id,
        key=f"{kind}:{walk.message.id}",
        at=tx.now,
        actor=walk.scope.actor,
        message_id=walk.message.id,
        data=data,
    )


def _assessed(tx: Tx, walk: Walk) -> Entry:
    assessment: Assessment = walk.need("assess")
    return _line(tx, walk, "assessment.made", msgspec.to_builtins(assessment))


def _decided(tx: Tx, walk: Walk) -> Entry:
    decision: Decision = walk.need("decide")
    understanding: Understanding = walk.need("understand")
    data = {
        "action": decision.action,
        "reason": decision.reason,
        "rule": decision.rule,
        "facts": {name: v for name, v in msgspec.to_builtins(decision.facts).items() if name not in SHORT_LIVED},
        "looked_at": [name for name in decision.looked_at if name not in SHORT_LIVED],
        "limits": dict(decision.limits),
        "also": list(decision.also),
        "intent": understanding.intent.name if understanding.intent else "",
        "intent_score": round(understanding.intent.score, 4) if understanding.intent else 0.0,
        "candidates": [
            {"slug": one.slug, "section": one.section, "title": one.title, "score": round(one.score, 4)}
            for one in understanding.candidates
        ],
        "language": walk.need("read").language,
        "understanding": understanding.version,
    }
    reconsidered: Reconsideration = walk.need("reconsider")
    if reconsidered.admitted.demoted or reconsidered.likeness.flagged:
        data["admission"] = msgspec.to_builtins(reconsidered)
    model: ModelUse | None = walk.need("answer").model
    if model is not None:
        data["model"] = model.told()
    if understanding.wishes:
        data["wishes"] = [{"name": one.name, "score": round(one.score, 4)} for one in understanding.wishes]
        data["stranger"] = understanding.stranger
    return _line(tx, walk, "decision.made", data)


def _replied(tx: Tx, walk: Walk, reply: Reply) -> Entry:
    line = _line(
        tx,
        walk,
        "message.bot",
        {
            "language": reply.language,
            "action": walk.need("decide").action,
            "sources": msgspec.to_builtins(reply.sources),
            "choices": msgspec.to_builtins(reply.choices),
        },
    )
    advanced: Advanced | None = walk.need("answer").procedure
    if advanced is not None and advanced.procedure:
        line.data.update(procedure=told_of(advanced))
    nudge: NudgeTold | None = walk.need("answer").nudge
    if nudge is not None:
        line.data.update(nudge={"key": nudge.nudge, "state": nudge.state})
    return msgspec.structs.replace(line, text=MaskedText(reply.text, reply.spans))
