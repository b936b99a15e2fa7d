"""What of a contact so far speaks for or against offering something: read from its ledger, and from nothing else."""

from collections.abc import Sequence
from typing import Final

from doorward import record
from doorward.answering.nudges import NudgeBook
from doorward.kit.tx import Tx
from doorward.record import WrittenEntry
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope

CARE: Final = "care"
"""The reason of decisions about somebody who needs care: what it was is not kept, and nothing is sold to them."""
_KINDS: Final = ("decision.made", "message.bot", "appeal.made", "handoff.requested")
_MOST: Final = 5000
_ENDINGS: Final = frozenset({"thanks", "farewell", "agreement"})


def lines_of(tx: Tx, scope: Scope, conversation_id: ConversationId) -> tuple[WrittenEntry, ...]:
    """Return all lines of a conversation that the questions below look at, in order."""
    return tuple(reversed(record.entries_of_kinds(tx, scope, (conversation_id,), kinds=_KINDS, limit=_MOST)))


def is_delicate(lines: Sequence[WrittenEntry], book: NudgeBook) -> bool:
    """Return whether nothing may be offered: somebody needed care, was risky or complained, or one of the intents or
    procedures came up with which the company wants none.
    """
    return any(_is_delicate(line, book) for line in lines)


def is_solved(lines: Sequence[WrittenEntry], social: str) -> bool:
    """Return whether the problem is solved: the last that the bot did was to carry a procedure to its end, or it
    answered and the customer thanks, agrees or says goodbye.
    """
    last = next((one.entry for one in reversed(lines) if _is_deed(one)), None)
    if last is None or last.kind != "message.bot":
        return False
    if last.data.get("procedure", {}).get("id"):
        return bool(last.data["procedure"].get("outcome") == "resolved")
    return last.data.get("action") == "answer" and social in _ENDINGS


def _is_deed(line: WrittenEntry) -> bool:
    """Return whether a line says that the bot did something, or handed over; small talk is nothing."""
    entry = line.entry
    return entry.kind == "handoff.requested" or (entry.kind == "message.bot" and entry.data.get("action") != "greet")


def _is_delicate(line: WrittenEntry, book: NudgeBook) -> bool:
    entry = line.entry
    match entry.kind:
        case "decision.made":
            return entry.data["reason"] in {CARE, "risk_high"} or entry.data["intent"] in book.never_with
        case "message.bot":
            return entry.data.get("procedure", {}).get("id") in book.never_with
    return entry.kind == "appeal.made"
