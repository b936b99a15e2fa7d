"""The job that looks through the ledger for who got what was wrong: conversation by conversation, the oldest first."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from time import monotonic
from typing import Final

import msgspec

from doorward import record
from doorward.answering.corrections import Correction, Corrections, Recipient, Search, Wrong
from doorward.answering.corrections.service import FIND, finding_job
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card, CardPlace, CardQuery, WrittenEntry
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope

log = get_logger("corrections")

SECONDS: Final = 20.0
"""How long one job looks, a fraction of its lease; another follows until everything is looked through."""

AT_ONCE: Final = 100
_LINES: Final = 5_000
_EVERYTHING: Final = 10_000_000

Destroyed = Callable[[TenantId], Collection[str]]


class Finder:
    """Handles `corrections.find` jobs. Each step is a transaction of its own, and may be done again."""

    kind = FIND

    def __init__(
        self,
        transactions: Transactions,
        corrections: Corrections,
        *,
        destroyed: Destroyed,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Keep what is found in `corrections`; `destroyed` names parties that are no more; `seconds` is for tests."""
        self._transactions = transactions
        self._corrections = corrections
        self._destroyed = destroyed
        self._seconds = seconds

    def __call__(self, job: ClaimedJob) -> None:
        """Look on for a while, and have a job follow if that was not all."""
        scope, until = system_scope(TenantId(job.tenant_id), "corrections"), self._seconds() + SECONDS
        correction_id = job.payload["correction_id"]
        while (now := self._step(scope, correction_id)) is not None:
            if self._seconds() >= until:
                self._transactions.write(scope, lambda _tx: Outcome(None, (), (finding_job(now),)))
                return

    def _step(self, scope: Scope, correction_id: str) -> Correction | None:
        """Look through some conversations; return how far it is, None when there is nothing more to do."""
        gone = self._destroyed(scope.tenant_id)
        was, now, found = self._transactions.read(lambda tx: self._look(tx, scope, correction_id, gone))
        if was.correction.state != "finding":
            return None
        kept = self._transactions.write(scope, lambda tx: self._corrections.note_found(tx, scope, was, now, found))
        if now.correction.state == "found":
            log.info("corrections.found", correction_id=correction_id, conversations=now.correction.looked)
        return now.correction if kept and now.correction.state == "finding" else None

    def _look(
        self, tx: Tx, scope: Scope, correction_id: str, gone: Collection[str]
    ) -> tuple[Search, Search, tuple[Recipient, ...]]:
        was = self._corrections.search(tx, scope, correction_id)
        of = was.correction
        if of.state != "finding":
            return was, was, ()
        wanted = CardQuery(since=of.since, order="oldest", after=_place(was.place), limit=AT_ONCE)
        cards = record.list_cards(tx, scope, wanted)
        total = of.total or record.count_cards(tx, scope, CardQuery(since=of.since, limit=_EVERYTHING))
        looked = of.looked + len(cards)
        last = len(cards) < AT_ONCE
        far = msgspec.structs.replace(of, state="found" if last else "finding", looked=looked, total=max(total, looked))
        now = Search(correction=far, place=was.place if last else _place_of(cards[-1]))
        return was, now, tuple(_receivers(tx, scope, of, [card for card in cards if card.party_id not in gone]))


def _receivers(tx: Tx, scope: Scope, correction: Correction, cards: Sequence[Card]) -> Iterator[Recipient]:
    """Yield who got what was wrong, once for each conversation."""
    theirs = {card.conversation_id: card for card in cards}
    kind = "message.bot" if correction.kind == "answer" else "decision.made"
    found: dict[ConversationId, list[WrittenEntry]] = {}
    for line in lines_of(tx, scope, list(theirs), kind=kind):
        if is_wrong(correction, line):
            found.setdefault(line.entry.conversation_id, []).append(line)
    for conversation_id, lines in found.items():
        last = max(lines, key=lambda one: one.seq)
        yield Recipient(
            conversation_id=conversation_id,
            party_id=theirs[conversation_id].party_id,
            seq=last.seq,
            at=last.entry.at,
            times=len(lines),
        )


def is_wrong(correction: Correction, line: WrittenEntry) -> bool:
    """Return whether a line gave the wrong answer, or was decided by a wrong rule."""
    data = line.entry.data
    if correction.kind == "rules":
        return data.get("rule") in correction.rules
    return any(
        one.get("article_id") == correction.article_id
        and Wrong(revision=int(one.get("revision", 0)), section=int(one.get("section", 0))) in correction.wrong
        for one in data.get("sources", ())
        if data.get("action") == "answer"
    )


def lines_of(tx: Tx, scope: Scope, ids: Sequence[ConversationId], *, kind: str) -> Iterator[WrittenEntry]:
    """Yield all lines of a kind in some conversations, however many there are."""
    found = record.entries_of_kinds(tx, scope, ids, kinds=(kind,), limit=_LINES) if ids else ()
    if len(found) < _LINES or len(ids) == 1:
        yield from found
        return
    middle = len(ids) // 2
    yield from lines_of(tx, scope, ids[:middle], kind=kind)
    yield from lines_of(tx, scope, ids[middle:], kind=kind)


def _place_of(card: Card) -> str:
    return f"{card.last_at.isoformat()} {card.conversation_id}"


def _place(place: str) -> CardPlace | None:
    at, _, conversation_id = place.partition(" ")
    return CardPlace(at=datetime.fromisoformat(at), conversation_id=ConversationId(conversation_id)) if at else None
