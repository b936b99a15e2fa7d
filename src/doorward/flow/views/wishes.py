"""What customers do beyond talking, as the desk sees it: judge, appeal, ask to be called back or about their data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from doorward import record
from doorward.kit.tx import Tx
from doorward.record import WrittenEntry
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText

WishKind = Literal["feedback", "callback", "appeal", "deletion", "correction", "transcript", "export"]

_KINDS: Final[dict[str, WishKind]] = {
    "feedback.given": "feedback",
    "callback.requested": "callback",
    "appeal.made": "appeal",
    "deletion.requested": "deletion",
    "transcript.requested": "transcript",
}
_TAKEN_BACK: Final = "callback.withdrawn"
_ENDS: Final = ("conversation.resolved", "handoff.returned")
"""What was asked for before one of these was asked for in another wait than what is taken back after it."""

_AT_THE_PORTAL: Final[dict[str, WishKind]] = {"deletion": "deletion", "correction": "correction"}
"""A request about data is a conversation of its own, which says in its first line what it is about."""
_LOOKED_BACK: Final = 40
"""Ledger lines before a decision among which the message is that it was about: a message and its answer are four."""
_COPIES: Final = 3
_MOST: Final = 2000
"""Lines that are read for a whole list of conversations; those that are older than the latest ones stay unmarked."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """One wish. `text` is masked: a comment, an address, or the words that a decision or a request was about.

    `seq` is its line in the conversation's ledger; what was done at the portal outside of any conversation has none.
    `helpful` is a feedback's verdict; `action` and `decision` are what an appeal is against, and its line's number. A
    call-back that was taken back is `withdrawn`.
    """

    kind: WishKind
    seq: int | None
    at: datetime
    text: MaskedText | None = None
    helpful: bool | None = None
    action: str = ""
    decision: int | None = None
    withdrawn: bool = False


def wishes_among(tx: Tx, scope: Scope, written: Sequence[WrittenEntry]) -> tuple[Wish, ...]:
    """Return the wishes among the lines of one conversation, the newest first."""
    found = []
    withdrawn = False
    for one in reversed(written):
        withdrawn = one.entry.kind == _TAKEN_BACK or (withdrawn and one.entry.kind not in _ENDS)
        kind = _kind_of(one)
        if kind is not None:
            wish = _wish(tx, scope, one, kind)
            found.append(msgspec.structs.replace(wish, withdrawn=withdrawn and kind == "callback"))
    return tuple(found)


def copies_taken(tx: Tx, scope: Scope, customer_id: PartyId) -> tuple[Wish, ...]:
    """Return when a customer took a copy of all their data at the portal, the newest first; the latest few are told.

    It is known from the audit: a copy belongs to no conversation, and leaves nothing for an agent to do.
    """
    lines = record.accesses(tx, scope, (customer_id,), actions=("data.exported",), limit=_COPIES)
    return tuple(Wish(kind="export", seq=None, at=line.at) for line in lines)


def open_wishes(
    tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId]
) -> dict[ConversationId, tuple[WishKind, ...]]:
    """Return what each conversation is about since it was resolved last, in order; those about nothing are left out."""
    if not conversation_ids:
        return {}
    kinds = (*_KINDS, _TAKEN_BACK, "conversation.opened", "conversation.resolved")
    found: dict[ConversationId, dict[WishKind, None]] = {}
    lines = record.entries_of_kinds(tx, scope, conversation_ids, kinds=kinds, limit=_MOST)
    for one in sorted(lines, key=lambda line: (line.entry.at, line.seq)):
        wished = found.setdefault(one.entry.conversation_id, {})
        kind = _kind_of(one)
        if one.entry.kind == "conversation.resolved":
            wished.clear()
        elif one.entry.kind == _TAKEN_BACK:
            wished.pop("callback", None)
        elif kind is not None:
            wished[kind] = None
    return {conversation_id: tuple(wished) for conversation_id, wished in found.items() if wished}


def _kind_of(written: WrittenEntry) -> WishKind | None:
    if written.entry.kind == "conversation.opened":
        return _AT_THE_PORTAL.get(str(written.entry.data.get("request", "")))
    return _KINDS.get(written.entry.kind)


def _wish(tx: Tx, scope: Scope, written: WrittenEntry, kind: WishKind) -> Wish:
    entry = written.entry
    wish = Wish(kind=kind, seq=written.seq, at=entry.at)
    match kind:
        case "feedback":
            return msgspec.structs.replace(wish, text=entry.text, helpful=bool(entry.data.get("helpful")))
        case "callback":
            return msgspec.structs.replace(wish, text=entry.text)
        case "correction":
            following = record.entries_after(tx, scope, entry.conversation_id, after=written.seq, limit=_LOOKED_BACK)
            said = (one.entry.text for one in following if one.entry.kind == "message.customer")
            return msgspec.structs.replace(wish, text=next(said, None))
        case "appeal":
            return _appeal(tx, scope, written, wish)
        case _:
            return wish


def _appeal(tx: Tx, scope: Scope, written: WrittenEntry, wish: Wish) -> Wish:
    seq, conversation_id = int(written.entry.data["seq"]), written.entry.conversation_id
    after = max(0, seq - 1 - _LOOKED_BACK)
    before = record.entries_after(tx, scope, conversation_id, after=after, limit=seq - after)
    decided = before[-1].entry
    said = (
        one.entry.text
        for one in before
        if one.entry.kind == "message.customer" and one.entry.message_id == decided.message_id
    )
    action = str(decided.data.get("action", ""))
    return msgspec.structs.replace(wish, text=next(said, None), action=action, decision=seq)
