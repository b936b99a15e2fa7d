"""What the visitor of a conversation reads: it, and where it goes on once it was merged."""

from collections.abc import Iterator
from typing import Final

import msgspec

from doorward import record
from doorward.flow.joined import MOST_HOPS, all_taken_in
from doorward.flow.views.transcript import Transcript, transcript
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

HOP: Final = 2**27
"""Numbers that each stretch of what a visitor reads has for its lines: fifteen of them are numbers of 31 bits."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of one conversation with numbers above `after`, up to `until` where it does not go on."""

    conversation_id: ConversationId
    after: int = 0
    until: int | None = None


def told_transcript(tx: Tx, scope: Scope, conversation_id: ConversationId, *, after: int = 0) -> Transcript:
    """Return what the visitor of a conversation reads after line `after`: it, and from a merge on where it goes on.

    Numbers only grow: those of the stretch number n begin at n times `HOP`. What was said in the other one before the
    merge is not among them.
    """
    card = record.card_of(tx, scope, conversation_id)
    if after < HOP and (card is None or card.merged_into is None):
        return transcript(tx, scope, conversation_id, after=after)
    stretches = tuple(_stretches(tx, scope, conversation_id))[: MOST_HOPS + 1]
    first, within = divmod(after, HOP)
    first = min(first, len(stretches) - 1)
    told = None
    for number in range(first, len(stretches)):
        one = stretches[number]
        begin = max(one.after, within) if number == first else one.after
        found = _told(tx, scope, one, begin=begin, shift=number * HOP)
        entries = found.entries if told is None else (*told.entries, *found.entries)
        told = msgspec.structs.replace(found, entries=entries)
    return told or transcript(tx, scope, conversation_id)


def most_stretches(tx: Tx, scope: Scope, conversation_id: ConversationId) -> int:
    """Return of how many stretches the longest is that a visitor of this conversation, or of one in it, reads."""
    visited = (conversation_id, *all_taken_in(tx, scope, conversation_id))
    return max(len(tuple(_stretches(tx, scope, one))) for one in visited)


def _told(tx: Tx, scope: Scope, one: Stretch, *, begin: int, shift: int) -> Transcript:
    found = transcript(tx, scope, one.conversation_id, after=begin)
    entries = tuple(
        msgspec.structs.replace(line, seq=line.seq + shift)
        for line in found.entries
        if one.until is None or line.seq <= one.until
    )
    last = found.last if one.until is None else min(found.last, max(one.until, begin))
    return msgspec.structs.replace(found, entries=entries, last=last + shift)


def _stretches(tx: Tx, scope: Scope, conversation_id: ConversationId, *, after: int = 0) -> Iterator[Stretch]:
    """Yield what a visitor reads, in order. What was merged and separated again is a stretch without lines."""
    turns = record.entries_of_kinds(
        tx, scope, (conversation_id,), kinds=("conversation.merged", "conversation.separated")
    )
    begin = after
    merged: record.WrittenEntry | None = None
    for turn in sorted(turns, key=lambda one: one.seq):
        if turn.seq <= after or "from" in turn.entry.data:
            continue
        if turn.entry.kind == "conversation.merged":
            yield Stretch(conversation_id=conversation_id, after=begin, until=turn.seq)
            merged = turn
        elif merged is not None:
            other = ConversationId(merged.entry.data["into"])
            yield Stretch(conversation_id=other, after=merged.entry.data["line"], until=merged.entry.data["line"])
            begin, merged = turn.seq, None
    if merged is None:
        yield Stretch(conversation_id=conversation_id, after=begin)
        return
    yield from _stretches(tx, scope, ConversationId(merged.entry.data["into"]), after=merged.entry.data["line"])
