"""Which hand-overs are summed up, and of which words."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from doorward import record
from doorward.answering.language_model import Asking, Line, ModelUse, Proposed
from doorward.flow.language_model import Summarising
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions
from doorward.record import WrittenEntry
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import MaskedText, house_text
from tests.support.transactions import CONVERSATION, NOON, PARTY, SCOPE
from tests.support.words import translator

USED = ModelUse(use="summary", outcome="used", prompt="summary@1")


class Proposer:
    """Notes which lines it is given, and sums them up in three words unless it shall not."""

    def __init__(self) -> None:
        """Be asked nothing yet."""
        self.lines: list[list[str]] = []
        self.words: MaskedText | None = house_text("Three short words.")

    def summarise(self, lines: Sequence[Line], *, asking: Asking) -> Proposed[MaskedText]:
        """Sum up."""
        self.lines.append([f"{one.author}: {one.text.text}" for one in lines])
        return Proposed(value=self.words, use=USED)


class Room:
    """A summarising over a test's transactions."""

    def __init__(self, transactions: Transactions) -> None:
        """Be wanted."""
        self.transactions, self.proposer, self.uses = transactions, Proposer(), ("summary",)
        proposer: Any = self.proposer
        self.summarising = Summarising(
            transactions, proposer, translator=translator(), settings_of=lambda _tx, _scope: self.settings()
        )

    def settings(self) -> TenantSettings:
        """The company's settings."""
        uses: Any = self.uses
        return TenantSettings(language_model=uses)

    def write(self, *lines: tuple[EntryKind, str, dict[str, Any]]) -> None:
        """Write lines into the ledger."""
        entries = tuple(
            Entry(
                kind=kind,
                conversation_id=CONVERSATION,
                party_id=PARTY,
                key=f"{place}:{kind}",
                at=NOON,
                actor=SCOPE.actor,
                text=house_text(text) if text else None,
                data={"language": "en", "channel": "webchat"} | data,
            )
            for place, (kind, text, data) in enumerate(lines)
        )
        self.transactions.write(SCOPE, lambda _tx: Outcome(None, entries))

    def ledger(self) -> tuple[WrittenEntry, ...]:
        """The conversation's lines."""
        return self.transactions.read(lambda tx: record.entries_after(tx, SCOPE, CONVERSATION))

    def sum_up(self) -> None:
        """Do the job for the hand-over, as the worker would."""
        seq = next(one.seq for one in self.ledger() if one.entry.kind == "handoff.requested")
        payload = {"conversation_id": CONVERSATION, "seq": str(seq)}
        tenant_id = str(TenantId(SCOPE.tenant_id))
        kind = self.summarising.kind
        self.summarising(
            ClaimedJob(id="j", tenant_id=tenant_id, kind=kind, key=f"{CONVERSATION}.{seq}", payload=payload, attempts=1)
        )

    def jobs(self) -> int:
        """How many jobs the ledger's lines would leave."""
        return len(self.transactions.read(lambda tx: self.summarising.follow(tx, SCOPE, self.ledger())))

    def notes(self) -> list[str]:
        """The notes that were written."""
        return [one.entry.text.text for one in self.ledger() if one.entry.kind == "note.written" and one.entry.text]


@pytest.fixture
def room(transactions: Transactions) -> Room:
    """A room on each kind of database."""
    return Room(transactions)


ASKED: tuple[EntryKind, str, dict[str, Any]] = ("message.customer", "Where is my card?", {"number": 1})
WAITS: tuple[EntryKind, str, dict[str, Any]] = ("handoff.requested", "", {"reason": "asked_for_person"})


def test_what_was_said_until_then_is_summed_up_once(room: Room) -> None:
    """By its authors; what a procedure said and what came later is not told; the job may run twice."""
    room.write(
        ASKED,
        ("message.bot", "Here it is.", {}),
        ("message.bot", "Your payee Jonas Weber: which one?", {"procedure": {"id": "x"}}),
        WAITS,
        ("message.customer", "Later.", {"number": 2}),
    )
    assert room.jobs() == 1
    room.sum_up()
    room.sum_up()
    assert room.proposer.lines == [["customer: Where is my card?", "bot: Here it is."]]
    assert [note.endswith("Three short words.") for note in room.notes()] == [True]


def test_without_a_summary_nothing_is_noted(room: Room) -> None:
    """The hand-over stands as it is."""
    room.write(ASKED, WAITS)
    room.proposer.words = None
    room.sum_up()
    assert (len(room.proposer.lines), room.notes()) == (1, [])


def test_nothing_is_told_that_the_company_does_not_want_told(room: Room) -> None:
    """Neither when it waits, nor when the wish was taken back before the job ran."""
    room.write(ASKED, WAITS)
    room.uses = ("answer",)
    assert room.jobs() == 0
    room.sum_up()
    assert room.proposer.lines == []


@pytest.mark.parametrize("data", [{"reason": "care"}, {"reason": "migrated", "past": True}])
def test_care_and_the_past_are_nobodys_business(room: Room, data: dict[str, Any]) -> None:
    """Who is in distress is not summed up by a machine, and an import makes no work."""
    room.write(ASKED, ("handoff.requested", "", data))
    past = [one for one in room.ledger() if one.entry.kind == "handoff.requested"]
    if data.get("past"):
        past = [msgspec.structs.replace(one, entry=msgspec.structs.replace(one.entry, key="import:1")) for one in past]
    assert room.transactions.read(lambda tx: room.summarising.follow(tx, SCOPE, past)) == ()


@pytest.mark.parametrize("comes", ["before", "behind"])
def test_a_conversation_in_which_somebody_needed_care_is_not_summed_up(room: Room, comes: str) -> None:
    """Whatever it was handed over for in the end, and if that is known only when the job runs."""
    decided: tuple[EntryKind, str, dict[str, Any]] = ("decision.made", "", {"reason": "care", "intent": ""})
    room.write(*((decided, ASKED, WAITS) if comes == "before" else (ASKED, WAITS, decided)))
    assert room.jobs() == 1
    room.sum_up()
    assert (room.proposer.lines, room.notes()) == ([], [])
