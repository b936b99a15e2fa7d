"""A conversation as the desk sees it: what was said, what was found in it, what was decided and why."""

import heapq
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from doorward import record
from doorward.admission.flood import CapacityRules
from doorward.answering.language_model import ModelUse
from doorward.flow.attachments import OutgoingFile, going_with, lying_beside
from doorward.flow.invitations import Invitation, invitation_of
from doorward.flow.joined import all_taken_in, is_undoable, taken_in
from doorward.flow.views.transcript import SHOWN_LINES, OwnText, Place, ShownEntry, own_words, place_of, show_all
from doorward.flow.views.wishes import Wish, wishes_among
from doorward.identity import family_of
from doorward.kit.tx import Tx
from doorward.protection import Sighting, sightings
from doorward.record import Card, FormattedPiece, Task, WrittenEntry
from doorward.vocabulary.assessment import Assessment
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.finding import Finding
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import Span


class ShownCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """Knowledge that was considered, with its score 0..1."""

    slug: str
    section: int
    title: str
    score: float


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why a message was treated as it was: action, reason code, rule with version, the facts it rested on.

    `looked_at` names the facts that the rule goes by, `limits` the thresholds, `also` further rules that held,
    `model` what a language model did to the answer, None where none was concerned.
    """

    at: datetime
    message_id: MessageId | None
    action: str
    reason: str
    rule: str
    intent: str
    intent_score: float
    candidates: tuple[ShownCandidate, ...]
    facts: dict[str, Any]
    looked_at: tuple[str, ...] = ()
    limits: dict[str, float] = {}
    also: tuple[str, ...] = ()
    model: ModelUse | None = None


class MessageFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one message, how risky it was judged, and which of the values were met elsewhere.

    A finding's `digest` is the same as that of an equal value of the tenant, until the key for it changes.
    """

    seq: int
    message_id: MessageId | None
    findings: tuple[Finding, ...]
    assessment: Assessment | None
    sightings: tuple[Sighting, ...] = ()


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to the conversation without words: handed over, assigned, returned, resolved, raised, a
    file scanned; `data` then holds its finding, and by which scanner and signatures it was scanned.

    Of a conversation that an agent handed over (`handoff.passed`), `data` holds `by` and `to`, the ids of both, `to`
    empty for the queue, and `note` is what was written for whoever has it next: masked, its masked places in `spans`,
    in pieces in `formatted` where it has a form, as notes have.
    A second person's word (`agreement.given`, `agreement.refused`) has its reason in `note`, too.
    Of one that was put in order or to sleep, or to which a promise is due soon or late, `data` holds what the ledger's
    line says (`doorward.vocabulary.entry`).
    """

    seq: int
    kind: str
    at: datetime
    actor_kind: str
    actor_id: str
    data: dict[str, Any]
    note: str = ""
    spans: tuple[Span, ...] = ()
    formatted: tuple[FormattedPiece, ...] = ()


class ShownTask(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done, with its words (masked)."""

    task: Task
    text: str
    spans: tuple[Span, ...]


class WaitingReply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that waits to be sent, its words masked. `unless_heard`: not sent if the customer speaks before;
    `undoable`: it waits only so that it can be taken back. It goes out with its `files`, once all are clean. `own` is
    what the agent wrote, where the text is its translation.
    """

    message_id: MessageId
    send_at: datetime
    by: str
    text: str
    spans: tuple[Span, ...]
    unless_heard: bool
    undoable: bool = False
    files: tuple[OutgoingFile, ...] = ()
    own: OwnText | None = None


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that goes on in the one that is looked at: since when, who merged it, whether it can be undone."""

    conversation_id: ConversationId
    at: datetime
    by: str
    undoable: bool


class ConversationView(msgspec.Struct, frozen=True, kw_only=True):
    """All that the conversation page shows. `lines` are in order; findings and reasons are by message.

    `since` is the number of the last ledger line that is not looked at: 0 when the whole conversation is.
    `attached` are files that lie beside the reader's own field. `planned_until` is when the time is up that is planned
    for what looked like one of a campaign when it was handed over; whoever has it decides what to do then.
    """

    card: Card
    since: int
    waiting: Place | None
    lines: tuple[ShownEntry, ...]
    findings: tuple[MessageFindings, ...]
    why: tuple[Why, ...]
    events: tuple[Event, ...]
    wishes: tuple[Wish, ...] = ()
    tasks: tuple[ShownTask, ...] = ()
    scheduled: tuple[WaitingReply, ...] = ()
    joined: tuple[Joined, ...] = ()
    invitation: Invitation | None = None
    attached: tuple[OutgoingFile, ...] = ()
    planned_until: datetime | None = None


def conversation(
    tx: Tx, scope: Scope, conversation_id: ConversationId, *, after: int = 0, lines: int = SHOWN_LINES
) -> ConversationView:
    """Return the conversation after a ledger line, of a longer one the latest `lines` lines.

    Raises `NotFound` when the tenant has no such conversation.
    """
    card = record.card_of(tx, scope, conversation_id)
    if card is None:
        raise NotFound("no such conversation")
    since = max(after, card.last_seq - min(lines, SHOWN_LINES))
    written = record.entries_after(tx, scope, conversation_id, after=since, limit=SHOWN_LINES)
    assessed = {one.entry.message_id: one for one in written if one.entry.kind == "assessment.made"}
    spoken = tuple(one for one in written if one.entry.kind == "message.customer")
    messages = tuple(one.entry.message_id for one in spoken if one.entry.message_id and one.entry.data.get("findings"))
    seen = sightings(tx, scope, messages, family=family_of(tx, scope, card.party_id)) if messages else {}
    return ConversationView(
        card=card,
        since=since,
        planned_until=_planned_until(card, written),
        waiting=place_of(tx, scope, card),
        lines=_all_lines(tx, scope, conversation_id, written, period=_period(tx, scope, written, since, None)),
        findings=tuple(
            _findings(one, assessed.get(one.entry.message_id), seen.get(one.entry.message_id or MessageId(""), ()))
            for one in spoken
        ),
        why=tuple(_why(one) for one in written if one.entry.kind == "decision.made"),
        events=tuple(_event(one) for one in written if _is_event(one)),
        wishes=wishes_among(tx, scope, written),
        tasks=_tasks(tx, scope, conversation_id),
        scheduled=_scheduled(tx, scope, card),
        joined=tuple(_joined(tx, scope, line) for line in taken_in(tx, scope, conversation_id)),
        invitation=invitation_of(tx, scope, card),
        attached=_attached(tx, scope, conversation_id),
    )


def _attached(tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[OutgoingFile, ...]:
    if scope.actor.kind != "staff":
        return ()
    return lying_beside(tx, scope, conversation_id, StaffId(scope.actor.id))


def _joined(tx: Tx, scope: Scope, line: WrittenEntry) -> Joined:
    entry = line.entry
    return Joined(
        conversation_id=ConversationId(entry.data["from"]),
        at=entry.at,
        by=entry.actor.id,
        undoable=is_undoable(tx, scope, line),
    )


def _tasks(tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[ShownTask, ...]:
    tasks = record.tasks_of(tx, scope, conversation_id)
    lines = record.entries_at(tx, scope, conversation_id, [task.seq for task in tasks])
    words = {seq: line.entry.text for seq, line in lines.items() if line.entry.text is not None}
    return tuple(
        ShownTask(task=task, text=words[task.seq].text, spans=words[task.seq].spans)
        for task in tasks
        if task.seq in words
    )


def _scheduled(tx: Tx, scope: Scope, card: Card) -> tuple[WaitingReply, ...]:
    shown = []
    for one in record.scheduled_of(tx, scope, card.conversation_id) if card.scheduled else ():
        line = record.find_entry(tx, scope, card.conversation_id, f"scheduled:{one.message_id}")
        if line is not None and line.entry.text is not None:
            shown.append(
                WaitingReply(
                    message_id=one.message_id,
                    send_at=one.send_at,
                    by=line.entry.actor.id,
                    text=line.entry.text.text,
                    spans=line.entry.text.spans,
                    unless_heard=bool(line.entry.data.get("unless_heard")),
                    undoable=bool(line.entry.data.get("undoable")),
                    files=going_with(tx, scope, card.conversation_id, one.message_id),
                    own=own_words(line.entry),
                )
            )
    return tuple(shown)


class EarlierLines(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a long conversation before what is shown; `since` as in `ConversationView`."""

    lines: tuple[ShownEntry, ...]
    since: int


def earlier_lines(
    tx: Tx, scope: Scope, conversation_id: ConversationId, *, before: int, lines: int = SHOWN_LINES
) -> EarlierLines:
    """Return what was said up to ledger line `before`, looking at `lines` lines of the ledger.

    Raises `NotFound` when the tenant has no such conversation.
    """
    if record.card_of(tx, scope, conversation_id) is None:
        raise NotFound("no such conversation")
    since = max(0, before - min(lines, SHOWN_LINES))
    written = record.entries_after(tx, scope, conversation_id, after=since, limit=max(0, before - since))
    period = _period(tx, scope, written, since, (conversation_id, before))
    return EarlierLines(lines=_all_lines(tx, scope, conversation_id, written, period=period), since=since)


Period = tuple[datetime | None, datetime | None]
"""From a time on until before another; None is no end."""


def _period(
    tx: Tx,
    scope: Scope,
    written: Sequence[WrittenEntry],
    since: int,
    before: tuple[ConversationId, int] | None,
) -> Period:
    """Return the time that a stretch of the ledger is about: from its first line on until the line behind it."""
    following = () if before is None else record.entries_after(tx, scope, before[0], after=before[1], limit=1)
    return (written[0].entry.at if since and written else None, following[0].entry.at if following else None)


def _all_lines(
    tx: Tx, scope: Scope, conversation_id: ConversationId, written: Sequence[WrittenEntry], *, period: Period
) -> tuple[ShownEntry, ...]:
    """Return what was said in a stretch and, among it by time, in the conversations that go on in this one."""
    streams = [_lines(tx, scope, written)]
    begin, end = period
    for other in all_taken_in(tx, scope, conversation_id):
        card = record.card_of(tx, scope, other)
        after = 0 if card is None else max(0, card.last_seq - SHOWN_LINES)
        said = record.entries_after(tx, scope, other, after=after, limit=SHOWN_LINES)
        within = tuple(
            one for one in said if (begin is None or one.entry.at >= begin) and (end is None or one.entry.at < end)
        )
        shown = _lines(tx, scope, within)
        streams.append(tuple(msgspec.structs.replace(one, conversation_id=other) for one in shown))
    # Each conversation keeps its own order, whatever its clocks said.
    return streams[0] if len(streams) == 1 else tuple(heapq.merge(*streams, key=lambda one: one.at))


def _lines(tx: Tx, scope: Scope, written: Sequence[WrittenEntry]) -> tuple[ShownEntry, ...]:
    """Return what was said. That a scan has ended is an event: the file's own line says how it stands."""
    return show_all(tx, scope, tuple(one for one in written if not _is_event(one)), staff=True)


def _is_event(written: WrittenEntry) -> bool:
    kind = written.entry.kind
    return kind in _EVENTS or kind.partition(".")[0] in {"handoff", "identity", "agreement"}


_EVENTS: Final = frozenset(
    {
        "attachment.scanned",
        "message.refused",
        "labels.changed",
        "attributes.changed",
        "status.changed",
        "priority.changed",
        "queue.changed",
        "conversation.snoozed",
        "conversation.woken",
        "service.warned",
        "service.breached",
    }
)


def _findings(message: WrittenEntry, assessed: WrittenEntry | None, seen: tuple[Sighting, ...]) -> MessageFindings:
    findings = msgspec.convert(message.entry.data.get("findings", ()), tuple[Finding, ...])
    digests = {one.place: one.digest for one in seen}
    return MessageFindings(
        seq=message.seq,
        message_id=message.entry.message_id,
        findings=tuple(
            msgspec.structs.replace(finding, digest=digests.get(place)) for place, finding in enumerate(findings)
        ),
        assessment=None if assessed is None else msgspec.convert(assessed.entry.data, Assessment),
        sightings=tuple(one for one in seen if one.before or one.others),
    )


def _why(written: WrittenEntry) -> Why:
    entry, data = written.entry, written.entry.data
    return Why(
        at=entry.at,
        message_id=entry.message_id,
        action=data["action"],
        reason=data["reason"],
        rule=data["rule"],
        intent=data["intent"],
        intent_score=data["intent_score"],
        candidates=msgspec.convert(data["candidates"], tuple[ShownCandidate, ...]),
        facts=data["facts"],
        looked_at=tuple(data.get("looked_at", ())),
        limits=data.get("limits", {}),
        also=tuple(data.get("also", ())),
        model=msgspec.convert(data["model"], ModelUse) if "model" in data else None,
    )


def _event(written: WrittenEntry) -> Event:
    entry = written.entry
    return Event(
        seq=written.seq,
        kind=entry.kind,
        at=entry.at,
        actor_kind=entry.actor.kind,
        actor_id=entry.actor.id,
        data=entry.data,
        note="" if entry.text is None else entry.text.text,
        spans=() if entry.text is None else entry.text.spans,
        formatted=record.form_of(entry),
    )


def _planned_until(card: Card, written: Sequence[WrittenEntry]) -> datetime | None:
    """Return until when a person is planned for a flagged caller, None for everybody else and where nobody has it."""
    if card.state != "human" or card.assigned_at is None:
        return None
    decided = (one.entry.data for one in reversed(written) if one.entry.kind == "decision.made")
    handed = next((data for data in decided if data["action"] == "hand_over"), {})
    flagged = handed.get("facts", {}).get("caller") == "flagged"
    return card.assigned_at + timedelta(seconds=CapacityRules().flagged_cap) if flagged else None
