"""What the page of a conversation shows."""

import asyncio
import zlib
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final, Literal

import msgspec
from babel.dates import format_timedelta
from litestar.params import QueryParameter

from doorward import routing
from doorward.doors.web.desk.marks import Pieces, pieces_of
from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.assist import ConversationSummary
from doorward.flow.attachments import MEDIA_TYPES
from doorward.flow.reading import open_conversation
from doorward.flow.views.conversation import ConversationView, EarlierLines, Event, conversation, earlier_lines
from doorward.flow.views.service import StandingService, standing_service
from doorward.flow.views.transcript import ShownEntry
from doorward.flow.views.wishes import Wish, copies_taken
from doorward.identity import Mandate
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.protection import Sighting
from doorward.record import Card
from doorward.understanding.feelings import Heard, hint_of
from doorward.vocabulary.assessment import Reason
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.workspace import Attribute

Line = Annotated[int, QueryParameter(ge=0, le=2**31 - 1)]
"""The number of a ledger line."""

Standing = Literal["free", "mine", "theirs", "over"]


class ShownFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, the line that it is about, and whether its value was met before."""

    seq: int
    kind: str
    rule: str
    score: float
    host: str | None
    seen: Sighting | None


LINES: Final = 400
"""Ledger lines that a page shows at first, and that each step further back brings: some two hundred messages."""


async def conversation_places(
    desk: DeskCall, conversation_id: ConversationId, *, opened: bool = False, since: int | None = None
) -> dict[str, Any]:
    """Return the places of the template. Raises `NotFound`.

    `opened` notes in the audit that somebody looked; `since` is where an open page begins, which stays where it is.
    """
    scope, house = desk.scope, desk.house
    if opened:
        # What stands out comes with the page: one look, one line in the audit.
        beside = ("signals",) if _sees_signals(desk) else ()
        view = await open_conversation(house.transactions, scope, conversation_id, lines=LINES, beside=beside)
    else:
        start = {"lines": LINES} if since is None else {"after": since}
        view = await house.transactions.read_async(lambda tx: conversation(tx, scope, conversation_id, **start))
    about = await house.transactions.read_async(lambda tx: _about(desk, tx, view.card))
    language = desk.language
    agreements = await house.transactions.read_async(
        lambda tx: house.agreeing.asked_in(tx, scope, conversation_id, language=language)
    )
    standing = standing_of(view.card, desk.scope)
    return {
        "id": conversation_id,
        "original_address": original_address(conversation_id),
        "view": view,
        "standing": standing,
        "takeable": standing == "free" or (standing == "theirs" and about.holder_away),
        "holder_away": standing == "theirs" and about.holder_away,
        "wishes": sorted((*view.wishes, *about.copies), key=lambda one: one.at, reverse=True),
        "agreements": agreements,
        "along": standing == "theirs" and desk.may("conversations:supervise"),
        "whisper": whisper_to(view, desk.scope),
        "handed": handed_of(view),
        "caring": caring_notes(about.hint),
        "noted": about.noted,
        "machine": about.machine,
        "stands_out": about.is_known and _sees_signals(desk),
        "names": await asyncio.to_thread(house.assisting.names, scope, language=desk.language) if about.noted else {},
        "pieces": about.pieces,
        "service": about.service,
        "pressing": about.pressing,
        "lasted": partial(lasted, language=desk.language),
        "shown_value": shown_value,
        "field_choices": field_choices,
        "fields_tag": zlib.crc32(msgspec.json.encode((view.card.attributes, about.pieces.fields))),
        "findings": findings_of(view),
        "risks": risks_of(view),
        "assurance": desk.say(f"assurance.{about.assurance}"),
        **{f"{form}_key": new_id() for form in ("reply", "note", "whisper", "task", "attach")},
        "file_types": tuple(MEDIA_TYPES),
        "file_bytes": house.settings.limits.attachment_bytes,
        "longest": house.settings.limits.message_characters,
        "trouble": "",
        "begun": "",
        "begun_note": "",
        "tongue": _tongue(desk, view.card),
        "translation": None,
        "untranslated": "",
        "scans_files": house.scanner is not None,
        "follow": conversation_id,
    }


def _sees_signals(desk: DeskCall) -> bool:
    return desk.may("customers:read") and desk.house.nudge_cards.has_any(desk.scope)


def _tongue(desk: DeskCall, card: Card) -> str:
    """Return the customer's language where it is not the reader's and something translates; else nothing."""
    other = card.language != desk.language
    return card.language if other and desk.house.desk.translating.offered else ""


async def earlier_places(desk: DeskCall, conversation_id: ConversationId, *, before: int) -> dict[str, Any]:
    """Return the places of the template with what was said up to ledger line `before`. Raises `NotFound`."""

    def read(tx: Tx) -> EarlierLines:
        return earlier_lines(tx, desk.scope, conversation_id, before=before, lines=LINES)

    return {
        "id": conversation_id,
        "original_address": original_address(conversation_id),
        "earlier": await desk.house.transactions.read_async(read),
        "scans_files": desk.house.scanner is not None,
    }


def original_address(conversation_id: ConversationId) -> str:
    """Return where a masked place of the conversation leads to, with a place for its id."""
    shown = conversation_id if conversation_id.isalnum() else ""
    return f"/desk/originals/{{span_id}}?conversation={shown}"


def line_number(given: str) -> int | None:
    """Return the ledger line that a page begins after; None for anything else that a form may hold."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


class About(msgspec.Struct, frozen=True, kw_only=True):
    """How sure we are who the customer is, whether the agent who has the conversation has gone away, when the customer
    took a copy of their data, what the company puts conversations in order with, and how its promises stand: their
    clocks, none where nothing is promised to them now, and the one that presses. `noted` is what the bot passed on.
    `machine` is what a machine may do that spoke for the customer, None where people did.
    """

    assurance: str
    holder_away: bool
    pieces: Pieces
    copies: tuple[Wish, ...]
    service: StandingService | None
    pressing: routing.Promise | None
    hint: Heard | None
    noted: ConversationSummary | None
    is_known: bool
    machine: Mandate | None


def _about(desk: DeskCall, tx: Tx, card: Card) -> About:
    scope = desk.scope
    customer = desk.house.identity.parties.recognise(tx, scope, card.party_id)
    holder = routing.presence_of(tx, scope, StaffId(card.assignee)) if card.assignee else None
    return About(
        assurance=customer.assurance.level.name.lower(),
        holder_away=holder is not None and holder.state == "away",
        pieces=pieces_of(tx, scope),
        copies=copies_taken(tx, scope, customer.id),
        service=_service(desk, tx, card),
        pressing=routing.pressing(tx, scope, (card.conversation_id,)).get(card.conversation_id),
        hint=hint_of(tx, scope, card.conversation_id) if desk.may("conversations:write") else None,
        noted=desk.house.assisting.noted(tx, scope, card),
        is_known=customer.kind == "customer",
        machine=desk.house.identity.mandates.acting_as(tx, scope, card.party_id),
    )


def caring_notes(heard: Heard | None) -> tuple[str, ...]:
    """Return which notes help whoever talks with the customer: what it sounds like, and whether care is needed."""
    if heard is None:
        return ()
    return (*((heard.emotion,) if heard.emotion else ()), *(("vulnerable",) if heard.vulnerable else ()))


def _service(desk: DeskCall, tx: Tx, card: Card) -> StandingService | None:
    plan = routing.read_plan(tx, desk.scope).plan
    if not plan.service_levels:
        return None
    settings = desk.house.identity.tenants.settings_of(tx, desk.scope)
    found = standing_service(tx, desk.scope, card, plan=plan, settings=settings)
    return found if found is not None and found.clocks else None


def lasted(seconds: int, *, language: str) -> str:
    """Return a length of time in words, such as `12 min`; a begun minute counts as none."""
    return format_timedelta(
        timedelta(minutes=seconds // 60), granularity="minute", threshold=2, locale=language, format="short"
    )


def standing_of(card: Card, scope: Scope) -> Standing:
    """Return how the conversation stands to the reader: free to take, mine, a colleague's, or over."""
    if card.state == "human":
        return "mine" if card.assignee == scope.actor.id else "theirs"
    return "over" if card.state == "resolved" else "free"


def handed_of(view: ConversationView) -> Event | None:
    """Return how the conversation was handed over last, if it was and whoever has it next is still at it."""
    if view.card.handed_by is None or view.card.state not in {"waiting", "human"}:
        return None
    return next((one for one in reversed(view.events) if one.kind == "handoff.passed"), None)


def whisper_to(view: ConversationView, scope: Scope) -> ShownEntry | None:
    """Return what was whispered to the reader last, until they have written something in the conversation since."""
    for line in reversed(view.lines):
        if line.by == scope.actor.id:
            return None
        if line.whispered and scope.actor.id in line.mentions:
            return line
    return None


def findings_of(view: ConversationView) -> tuple[ShownFinding, ...]:
    """Return all findings, the latest message's first."""
    return tuple(
        ShownFinding(
            seq=message.seq,
            kind=one.kind,
            rule=one.rule,
            score=one.score,
            host=one.host,
            seen=next((seen for seen in message.sightings if seen.place == place), None),
        )
        for message in reversed(view.findings)
        for place, one in enumerate(message.findings)
    )


def risks_of(view: ConversationView) -> tuple[Reason, ...]:
    """Return the reasons of the riskiest message."""
    assessed = [one.assessment for one in view.findings if one.assessment is not None]
    worst = max(assessed, key=lambda one: one.score, default=None)
    return () if worst is None else worst.reasons


def shown_value(value: Any) -> str:
    """Return the value of a field as its form shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def field_choices(field: Attribute, value: Any) -> list[tuple[str, str]]:
    """Return what a field may be chosen to be, with what it is now though that may not be chosen any more."""
    return [(one, one) for one in dict.fromkeys((*field.choices, *((value,) if value else ())))]
