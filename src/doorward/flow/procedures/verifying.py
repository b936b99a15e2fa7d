"""Making sure of who a customer is, in the conversation: how surely they are known, codes mailed and handed in."""

import re
from typing import Final

from doorward.admission import Admission
from doorward.flow.procedures.here import Here
from doorward.identity import Identity, family_of
from doorward.kit.keys import Keys
from doorward.kit.tx import Transactions, Tx
from doorward.protection import ForAction, ProtectionService
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import NotFound, RateLimited
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel

CODES: Final = frozenset({"ONE_TIME_CODE", "PIN", "CARD", "CARD_SECURITY_CODE", "PASSWORD", "ORDER_NUMBER"})
"""What a mailed code may be masked as: beside the word 'card' its digits look like those of a card."""

_CODE: Final = re.compile(r"[0-9]{6}")
_MOST: Final = 3

PURPOSE: Final = "step_up"
CLAIMED: Final = int(AssuranceLevel.CLAIMED)


class Verifying:
    """Asks identity, and hands it codes. It makes nobody known by itself."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        identity: Identity,
        admission: Admission,
        protection: ProtectionService,
        keys: Keys,
    ) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._identity = identity
        self._admission = admission
        self._protection = protection
        self._keys = keys

    def level(self, here: Here) -> int:
        """Return how surely the acting party is known as a customer now: 0 to 3."""
        acting = here.acting
        if acting is None:
            return 0
        return self._transactions.read(lambda tx: level_of(tx, here, acting, identity=self._identity))

    def can_mail(self, here: Here) -> bool:
        """Return whether a code may be mailed now: to a customer with an address on file, not too often."""
        acting = here.acting
        if acting is None:
            return False
        if not self._transactions.read(lambda tx: own_address(tx, here, identity=self._identity)):
            return False
        try:
            self._admission.admit_own_code(here.scope, party_id=acting)
        except RateLimited:
            return False
        self._keys.make_party(here.scope.tenant_id, acting)
        return True

    def address(self, here: Here) -> str:
        """Return the address on file, for showing two letters of it."""
        return self._transactions.read(lambda tx: own_address(tx, here, identity=self._identity))

    def hand_in(self, here: Here) -> bool | None:
        """Hand in the code that was just written; return whether it was right, None where none was written.

        Only masked places that may be one are opened, for this purpose alone; what is one goes to identity, once.
        """
        acting = here.acting
        spans = [span.id for span in here.text.spans if span.kind in CODES and span.id is not None]
        if acting is None or not spans:
            return None

        def work(tx: Tx) -> Outcome[bool | None]:
            theirs = ForAction(frozenset({acting, here.party_id, *family_of(tx, here.scope, acting)}))
            events: list[Entry | AuditEvent] = []
            for span_id in spans[:_MOST]:
                opened = self._protection.unmask(tx, here.scope, span_id, purpose=theirs, reason=PURPOSE)
                events += opened.entries
                code = "".join(opened.value.split())
                if _CODE.fullmatch(code):
                    confirmed = self._identity.step_up.confirm(tx, here.scope, acting, code=code)
                    return Outcome(confirmed.value.confirmed, (*events, *confirmed.entries), confirmed.jobs)
            return Outcome(None, tuple(events))

        try:
            return self._transactions.write(here.scope, work)
        except NotFound:
            return None


def holds_code(here: Here) -> bool:
    """Return whether something was written that may be a mailed code."""
    return any(span.kind in CODES for span in here.text.spans)


def level_of(tx: Tx, here: Here, acting: PartyId, *, identity: Identity) -> int:
    """Return how surely an acting party is known as a customer now."""
    return int(identity.actions.level_now(tx, here.scope, acting))


def own_address(tx: Tx, here: Here, *, identity: Identity) -> str:
    """Return the mail address on file of the customer whom the acting party is known to be, empty if none is."""
    if here.acting is None:
        return ""
    party = identity.parties.recognise(tx, here.scope, here.acting)
    if party.kind != "customer" or party.assurance.level < AssuranceLevel.CLAIMED:
        return ""
    return identity.parties.email_of(tx, here.scope, party.id)
