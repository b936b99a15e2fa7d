"""Keeping the search index: with every line that is written, and for lines that were there before, in steps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from doorward.kit.tx import Tx
from doorward.record.ledger import WrittenEntry
from doorward.record.search import repository
from doorward.record.search.tables import UNFINDABLE
from doorward.record.search.terms import Terms
from doorward.record.search.wanted import Author, line_id
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, crosses_tenants
from doorward.vocabulary.text import MaskedText, Span

STEP: Final = 500
"""Lines of one transaction of a rebuild: a tenth of a second or two, in which others wait on SQLite."""

_AUTHORS: Final[Mapping[str, Author]] = {
    "message.customer": "customer",
    "message.bot": "bot",
    "message.agent": "agent",
}


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a tenant's ledger is read: `lines` up to number `seq` of a conversation; ids are the ledger's order."""

    edition: str
    lines: int
    conversation_id: ConversationId
    seq: int
    begun_at: datetime
    done_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        """Return whether all of it is read."""
        return self.done_at is not None


class SearchIndex:
    """Makes lines findable. The verbs never commit."""

    def __init__(self, terms: Terms) -> None:
        """Take what makes terms of words."""
        self.terms = terms

    def add(self, tx: Tx, scope: Scope, written: Sequence[WrittenEntry]) -> None:
        """Make lines findable that this transaction has written to the ledger; those without words are left out."""
        rows = [
            self._row(scope, entry.conversation_id, one.seq, (entry.kind, entry.at, entry.text))
            for one in written
            if (entry := one.entry).text is not None and entry.kind not in UNFINDABLE
        ]
        if rows := [row for row in rows if row["terms"]]:
            repository.insert_lines(tx, scope, rows)

    def forget(self, tx: Tx, scope: Scope, conversation_ids: Sequence[ConversationId]) -> Outcome[int]:
        """Make nothing of these conversations findable any more, as their texts are erased; return how many lines."""
        return Outcome(repository.remove_conversations(tx, scope, conversation_ids))

    def begin(self, tx: Tx, scope: Scope) -> Outcome[Progress]:
        """Begin to read the tenant's whole ledger; what could be found stays findable meanwhile."""
        begun = Progress(
            edition=self.terms.edition,
            lines=0,
            conversation_id=ConversationId(""),
            seq=0,
            begun_at=tx.now,
            done_at=None,
        )
        repository.put_progress(tx, scope, msgspec.structs.asdict(begun))
        return Outcome(begun)

    def step(self, tx: Tx, scope: Scope) -> Outcome[Progress]:
        """Read the next lines of the ledger; begins if nobody did. Doing it too often does no harm."""
        before = self.progress(tx, scope) or self.begin(tx, scope).value
        if before.is_done:
            return Outcome(before)
        lines = repository.spoken_lines(tx, scope, after=(before.conversation_id, before.seq), limit=STEP)
        rows = [self._row(scope, line.conversation_id, line.seq, _spoken(line)) for line in lines]
        repository.remove_lines(tx, scope, [(line.conversation_id, line.seq) for line in lines])
        if rows := [row for row in rows if row["terms"]]:
            repository.insert_lines(tx, scope, rows)
        changes: dict[str, Any] = {"lines": before.lines + len(lines)}
        if lines:
            changes |= {"conversation_id": lines[-1].conversation_id, "seq": lines[-1].seq}
        if len(lines) < STEP:
            changes["done_at"] = tx.now
        after = msgspec.structs.replace(before, **changes)
        repository.put_progress(tx, scope, msgspec.structs.asdict(after))
        return Outcome(after)

    def progress(self, tx: Tx, scope: Scope) -> Progress | None:
        """Return how far the tenant's ledger is read, None if nobody began."""
        row = repository.find_progress(tx, scope)
        return None if row is None else read_progress(row)

    def is_outdated(self, progress: Progress | None) -> bool:
        """Return whether lines are read by terms that this version and its languages do not make, or not at all."""
        return progress is None or progress.edition != self.terms.edition

    def _row(
        self, scope: Scope, conversation_id: str, seq: int, spoken: tuple[str, datetime, MaskedText]
    ) -> dict[str, Any]:
        kind, at, masked = spoken
        conversation = ConversationId(conversation_id)
        return {
            "id": line_id(scope.tenant_id, conversation, seq=seq, at=at),
            "conversation_id": conversation_id,
            "seq": seq,
            "author": _AUTHORS.get(kind, "note"),
            "terms": " ".join(self.terms.of_text(masked)),
        }


@crosses_tenants("the doctor says of every tenant how far its ledger is read; numbers only")
def all_progress(tx: Tx) -> Mapping[TenantId, Progress]:
    """Return how far each tenant's ledger is read, of those that anybody began."""
    return {TenantId(row.tenant_id): read_progress(row) for row in repository.all_progress(tx)}


def read_progress(row: Any) -> Progress:
    """Return a row of `record_line_progress`."""
    return Progress(
        edition=row.edition,
        lines=row.lines,
        conversation_id=ConversationId(row.conversation_id),
        seq=row.seq,
        begun_at=row.begun_at,
        done_at=row.done_at,
    )


def _spoken(line: Any) -> tuple[str, datetime, MaskedText]:
    return line.kind, line.at, MaskedText(line.text, tuple(msgspec.convert(span, Span) for span in line.spans or ()))
