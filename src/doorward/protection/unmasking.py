"""Opening one masked place for a person or an action, each time with a purpose, and never unseen."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from doorward.kit.ids import new_id
from doorward.kit.keys import KeyDestroyed, Keys
from doorward.kit.tx import Tx
from doorward.protection.repository import openings
from doorward.protection.repository import originals as repository
from doorward.protection.repository.originals import SealedOriginal
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import PartyId, SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

Purpose = Literal["resolve_contact", "verify_identity", "investigate_fraud", "answer_subject_request", "legal_duty"]
"""What an original may be opened for."""

PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
LONGEST_REASON: Final = 300
_SHORTEST_REASON: Final = 3
_REASON: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#\-]{0,63}")


class ForAction(msgspec.Struct, frozen=True):
    """The purpose of an action that was granted: it opens what these parties wrote, and nobody else's."""

    parties: frozenset[PartyId]


class Opened(Discreet, frozen=True, kw_only=True):
    """What stood in a masked place. `opening_id` names the line in the audit and the reason that belongs to it."""

    kind: str
    value: str
    opening_id: str


class OriginalOpening(Discreet, frozen=True, kw_only=True):
    """Who had what opened, when, what for, and why in their words."""

    opening_id: str
    span_id: SpanId
    at: datetime
    actor_kind: str
    actor_id: str
    purpose: str
    reason: str


class Unmasking:
    """The verbs that open originals. Whether somebody may ask is decided before."""

    def __init__(self, keys: Keys) -> None:
        """Open with `keys`."""
        self._keys = keys

    def unmask(
        self, tx: Tx, scope: Scope, span_id: SpanId, *, purpose: Purpose | ForAction, reason: str
    ) -> Outcome[str]:
        """Return what stood in one masked place, with the audit line that says who opened it and what for.

        `reason` is a reference (a case, an action's name, an opening), no free text: it goes into the audit, which
        holds no personal data. Raises `Malformed` for another purpose or a reason that is none, `NotFound` for a span
        that this tenant does not have, that is not the action's party's, or whose party was erased, `SealBroken` for a
        row that was tampered with.
        """
        if not isinstance(purpose, ForAction) and purpose not in PURPOSES:
            raise Malformed("purpose: not one of those that originals are opened for")
        if not _REASON.fullmatch(reason):
            raise Malformed("reason: a reference such as case-123 is needed, up to 64 letters, digits and . _ : / # -")
        party_id, original = self._find(tx, scope, span_id)
        if isinstance(purpose, ForAction) and party_id not in purpose.parties:
            raise NotFound("there is nothing behind this masked place")
        context = original_context(scope, span_id, original.kind)
        try:
            raw = self._keys.open(scope.tenant_id, party_id, original.sealed, context=context)
        except KeyDestroyed as error:
            raise NotFound("there is nothing behind this masked place any more") from error
        opened = AuditEvent(
            action="protection.original.unmasked",
            object_kind="span",
            object_id=span_id,
            fields=(original.kind.lower(),),
            reason=f"{'perform_action' if isinstance(purpose, ForAction) else purpose}:{reason}",
        )
        return Outcome(raw.decode("utf-8", "surrogatepass"), (opened,))

    def tell_own(self, tx: Tx, scope: Scope, span_id: SpanId, *, parties: Collection[PartyId]) -> str:
        """Return to a party what stood in a masked place of what it was told itself. Nothing is written down.

        For lines to one of `parties` alone, read by one of them: that they were told was audited when it was sealed.
        Raises `NotFound` for everybody else's.
        """
        return self.unmask(tx, scope, span_id, purpose=ForAction(frozenset(parties)), reason="told").value

    def show(self, tx: Tx, scope: Scope, span_id: SpanId, *, purpose: Purpose, reason: WildText) -> Outcome[Opened]:
        """Do as `unmask` for a person who says why in their own words (3 to 300 characters).

        The words may name somebody: they are sealed under the party's key and die with it; the audit line holds their
        id. Raises as `unmask`. Characters that are none by themselves (lone surrogates) are shown as question marks.
        """
        words = reason.uncover().strip()
        if not _SHORTEST_REASON <= len(words) <= LONGEST_REASON:
            raise Malformed(f"reason: {_SHORTEST_REASON} to {LONGEST_REASON} characters")
        opening_id = new_id()
        opened = self.unmask(tx, scope, span_id, purpose=purpose, reason=opening_id)
        party_id, original = self._find(tx, scope, span_id)
        sealed = self._keys.seal(
            scope.tenant_id,
            party_id,
            words.encode("utf-8", "replace"),
            context=opening_context(scope, opening_id),
        )
        values = {
            "id": opening_id,
            "span_id": span_id,
            "party_id": party_id,
            "actor_kind": scope.actor.kind,
            "actor_id": scope.actor.id,
            "purpose": purpose,
            "sealed": sealed,
        }
        openings.insert_opening(tx, scope, values)
        value = opened.value.encode("utf-8", "replace").decode()
        return Outcome(Opened(kind=original.kind, value=value, opening_id=opening_id), opened.entries)

    def opening(self, tx: Tx, scope: Scope, opening_id: str) -> Outcome[OriginalOpening]:
        """Return an opening with its reason, for those who look after the audit.

        Raises `NotFound` for one that this tenant does not have, or whose party was erased.
        """
        row = openings.find_opening(tx, scope, opening_id)
        if row is None:
            raise NotFound("no such opening")
        try:
            words = self._keys.open(
                scope.tenant_id, row.party_id, bytes(row.sealed), context=opening_context(scope, opening_id)
            )
        except KeyDestroyed as error:
            raise NotFound("no such opening any more") from error
        known = {name: getattr(row, name) for name in ("span_id", "at", "actor_kind", "actor_id", "purpose")}
        found = msgspec.convert(known | {"opening_id": row.id, "reason": words.decode()}, OriginalOpening)
        read = AuditEvent(action="protection.opening.read", object_kind="span", object_id=row.span_id)
        return Outcome(found, (read,))

    def _find(self, tx: Tx, scope: Scope, span_id: SpanId) -> tuple[PartyId, SealedOriginal]:
        found = repository.find_original(tx, scope, span_id)
        if found is None:
            raise NotFound("there is nothing behind this masked place")
        return found


def original_context(scope: Scope, span_id: SpanId, kind: str) -> bytes:
    """Return what an original is sealed with, so that a row that is moved or renamed cannot be opened."""
    return f"protection.original\x1f{scope.tenant_id}\x1f{span_id}\x1f{kind}".encode()


def opening_context(scope: Scope, opening_id: str) -> bytes:
    """Return what an opening's reason is sealed with, so that none passes for another."""
    return f"protection.opening\x1f{scope.tenant_id}\x1f{opening_id}".encode()
