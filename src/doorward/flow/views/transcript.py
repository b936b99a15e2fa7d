"""A conversation as the customer sees it: what was said, by whom, and who has it now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from doorward import record, routing
from doorward.admission.kept import demotion_of
from doorward.flow.offering import asked_since_they_came
from doorward.flow.openings import Closed
from doorward.kit.tx import Tx
from doorward.record import Card, FormattedPiece, WrittenEntry, form_of
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, Span

Author = Literal["customer", "bot", "agent", "system", "note"]

SHOWN = {
    "message.customer": "customer",
    "message.bot": "bot",
    "message.agent": "agent",
    "attachment.received": "customer",
    "attachment.scanned": "system",
    "callback.offered": "bot",
    "callback.requested": "customer",
    "callback.withdrawn": "customer",
    "deletion.requested": "customer",
    "machine.asked": "customer",
}
"""The ledger lines that customers see, with their author."""

SHOWN_TO_STAFF = SHOWN | {"note.written": "note", "attachment.noted": "note"}
"""What staff see of a conversation: notes and their files too."""

_BY_STAFF = frozenset({"message.agent", "note.written", "attachment.received", "attachment.noted"})
_FILES = frozenset({"attachment.received", "attachment.noted"})

SHOWN_LINES = 2000
"""Most ledger lines that are looked through at once (a message and its answer are four): the latest ones."""


class ShownSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer comes from, for people."""

    title: str
    slug: str
    section: int


class ShownChoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing to choose from; `spans` are the masked places of both texts."""

    label: str
    says: str
    spans: tuple[Span, ...] = ()


class ShownAttachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was handed in, or that a reply brought; its line's text is its name.

    `state` is how it stands: `held` (not scanned, nobody can open it), `clean`, or `refused` (its content is gone). The
    line in which it came says how it stands now, a line of kind `attachment.scanned` that a scan has ended.
    """

    attachment_id: str
    media_type: str
    size: int
    state: str


class ShownSection(msgspec.Struct, frozen=True, kw_only=True):
    """One section of an article."""

    heading: str
    body: str


class ShownArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An article that an answer named as its source: plain text."""

    title: str
    language: str
    sections: tuple[ShownSection, ...]


class OwnText(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent wrote in a language of their own, masked; what was said is its translation."""

    text: str
    language: str
    spans: tuple[Span, ...] = ()


class ShownEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a transcript. `text` is masked; `client_id` is the sender's own id of a customer's message.

    `by` says which member of staff wrote it, `by_rule` what the rule was called that did, `mentions` whom a note names,
    and `own` what they wrote in their own language, where what was said is its translation; staff alone are told these.
    `formatted` is what staff wrote in pieces, where it has a form; without it the text is shown as it is.
    `conversation_id` is where it was said if that was another conversation, which was merged into this one; `seq` is
    its number there. `copied_from` is the conversation out of which a line was split into this one. A note that is
    `whispered` is for whoever had the conversation then. `awaits` is what a procedure waits for behind the bot's line:
    `answer`, `confirmation`, `code` (one was mailed) or `sign_in`. `by_machine` is the platform of the machine that
    said it for a customer; staff alone are told this too.
    """

    seq: int
    kind: str
    at: datetime
    author: Author
    text: str
    language: str = ""
    spans: tuple[Span, ...] = ()
    formatted: tuple[FormattedPiece, ...] = ()
    sources: tuple[ShownSource, ...] = ()
    choices: tuple[ShownChoice, ...] = ()
    attachment: ShownAttachment | None = None
    client_id: str | None = None
    by: str = ""
    by_rule: str = ""
    mentions: tuple[str, ...] = ()
    conversation_id: str = ""
    copied_from: str = ""
    own: OwnText | None = None
    whispered: bool = False
    awaits: str = ""
    by_machine: str = ""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stands in the queue: 1 is next; `minutes` is about how long that takes, where it is known.

    `call_back`: they wait for long, were offered to be called or written back, and have not asked for it.
    """

    position: int
    minutes: int | None = None
    call_back: bool = False


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """The lines after a number, and how the conversation stands now. `last` is the number of its last line.

    `people` says whether anybody is at the desk, where somebody has looked, and `closed` until when nobody answers.
    `next_after` is the number behind which the next page begins, where pages were asked for; null at the end.
    """

    entries: tuple[ShownEntry, ...]
    state: str
    waiting: Place | None
    last: int
    language: str = ""
    people: bool | None = None
    closed: Closed | None = None
    next_after: int | None = None
    call_back: bool = False


def transcript(
    tx: Tx, scope: Scope, conversation_id: ConversationId, *, after: int = 0, limit: int | None = None
) -> Transcript:
    """Return the conversation's visible lines after `after`; a conversation nobody has spoken in yet is empty.

    Of a long one these are the latest; with a `limit` the first so many lines of the ledger behind `after` are looked
    through, and `next_after` goes on.
    """
    card = record.card_of(tx, scope, conversation_id)
    if card is None:
        return Transcript(entries=(), state="bot", waiting=None, last=0)
    since = max(after, card.last_seq - SHOWN_LINES) if limit is None else after
    written = record.entries_after(tx, scope, conversation_id, after=since, limit=limit or SHOWN_LINES)
    last = written[-1].seq if written else max(after, 0)
    return Transcript(
        entries=show_all(tx, scope, written),
        state=card.state,
        waiting=place_of(tx, scope, card),
        last=last,
        language=card.language,
        call_back=is_called_back(tx, scope, card),
        next_after=last if limit is not None and written and last < card.last_seq else None,
    )


def is_called_back(tx: Tx, scope: Scope, card: Card) -> bool:
    """Return whether somebody for whom there is no person now was promised a call-back, and may say where."""
    if card.state != "bot":
        return False
    demotion = demotion_of(tx, scope, card.conversation_id)
    promised = None if demotion is None or demotion.ended_at is not None else demotion.promised_until
    return promised is not None and promised > tx.now


def files_in(found: Transcript) -> frozenset[str]:
    """Return the ids of the files that replies brought, as a transcript shows them."""
    return frozenset(
        one.attachment.attachment_id
        for one in found.entries
        if one.attachment is not None and one.author == "agent" and one.kind == "attachment.received"
    )


def place_of(tx: Tx, scope: Scope, card: Card) -> Place | None:
    """Return where a waiting conversation stands, None when it does not wait."""
    if card.state != "waiting":
        return None
    before = routing.place_in_queue(tx, scope, card.conversation_id)
    if before is None:
        return None
    place = Place(position=before + 1)
    if routing.offered_to(tx, scope, card.conversation_id) is None:
        return place
    expected = routing.estimated_wait(tx, scope, card.conversation_id)
    minutes = None if expected is None else routing.told_minutes(expected.seconds)
    still = not asked_since_they_came(tx, scope, card.conversation_id)
    return msgspec.structs.replace(place, minutes=minutes, call_back=still)


def show_all(tx: Tx, scope: Scope, written: Sequence[WrittenEntry], *, staff: bool = False) -> tuple[ShownEntry, ...]:
    """Return those of a conversation's ledger lines that people see, files as they stand now; `staff` see more."""
    kinds, one_shown = (SHOWN_TO_STAFF, show_to_staff) if staff else (SHOWN, show)
    shown = tuple(one_shown(one) for one in written if one.entry.kind in kinds and not _is_inner(one))
    conversations = {one.entry.conversation_id for one in written if one.entry.kind in _FILES}
    if not conversations:
        return shown
    ended = record.entries_of_kinds(tx, scope, tuple(conversations), kinds=("attachment.scanned",))
    states = {one.entry.data["attachment_id"]: str(one.entry.data["state"]) for one in ended}
    return tuple(_as_it_stands(one, states) for one in shown)


def _is_inner(written: WrittenEntry) -> bool:
    """Return whether a line says nothing to anybody: of a file that a reply brings only its being sent is told, not its
    scan, and of a reply or a note without words only its files, unless a note names somebody.
    """
    entry = written.entry
    if entry.kind in {"message.agent", "note.written"}:
        return entry.text == MaskedText("") and not entry.data.get("mentions")
    return entry.kind == "attachment.scanned" and entry.data.get("author") == "agent"


def _as_it_stands(line: ShownEntry, states: Mapping[str, str]) -> ShownEntry:
    if line.attachment is None or line.attachment.attachment_id not in states:
        return line
    state = states[line.attachment.attachment_id]
    return msgspec.structs.replace(line, attachment=msgspec.structs.replace(line.attachment, state=state))


def show_to_staff(written: WrittenEntry) -> ShownEntry:
    """Return a ledger line as staff see it: with who wrote it. Raises `NotFound` for lines that nobody is shown."""
    entry = written.entry
    line = show(written, authors=SHOWN_TO_STAFF)
    by = entry.actor.id if entry.actor.kind == "staff" and entry.kind in _BY_STAFF else ""
    by_rule = str(entry.data.get("by_rule", {}).get("name", "")) if entry.actor.kind == "rule" else ""
    return msgspec.structs.replace(
        line,
        by=by,
        by_rule=by_rule,
        mentions=tuple(entry.data.get("mentions", ())),
        copied_from=str(entry.data.get("copied_from", "")),
        own=own_words(entry),
        whispered=bool(entry.data.get("whispered")),
    )


def own_words(entry: Entry) -> OwnText | None:
    """Return what an agent wrote in a language of their own, where what a line says is its translation."""
    return msgspec.convert(entry.data["own"], OwnText) if "own" in entry.data else None


def show(written: WrittenEntry, *, authors: Mapping[str, str] = SHOWN) -> ShownEntry:
    """Return a ledger line as people see it. Raises `NotFound` for lines that nobody is shown."""
    entry = written.entry
    author, data = authors.get(entry.kind), entry.data
    if author is None or entry.text is None:
        raise NotFound("this line is not shown")
    if entry.kind == "attachment.received" and data.get("author") == "agent":
        author = "agent"  # replies bring files, and so did those of a conversation that was imported
    return ShownEntry(
        seq=written.seq,
        kind=entry.kind,
        at=entry.at,
        author=msgspec.convert(author, Author),
        text=entry.text.text,
        language=str(data.get("language") or ""),
        spans=entry.text.spans,
        formatted=form_of(entry),
        sources=tuple(
            ShownSource(title=source["title"], slug=source["slug"], section=source["section"])
            for source in data.get("sources", ())
        ),
        choices=msgspec.convert(data.get("choices", ()), tuple[ShownChoice, ...]),
        attachment=_attachment(data) if entry.kind.startswith("attachment.") else None,
        client_id=data.get("client_id"),
        awaits=str(data.get("procedure", {}).get("awaits", "")),
        by_machine=str(data.get("by_machine", {}).get("platform", "")),
    )


def _attachment(data: dict[str, Any]) -> ShownAttachment:
    return ShownAttachment(
        attachment_id=data["attachment_id"],
        media_type=data["media_type"],
        size=int(data["size"]),
        state=data["state"],
    )
