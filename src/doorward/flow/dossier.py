"""Who a conversation's customer is, as the desk opens it: how sure we are, their data, orders, consents, past.

Nothing of it is read before somebody asks, and every time the audit says who did and for which conversation.
"""

from typing import Final

import msgspec

from doorward import record
from doorward.flow.core_facts import CoreFacts
from doorward.flow.desk import card_at
from doorward.identity import Consent, ConsentLine, Identity, Profile, family_of
from doorward.kit.keys import KeyDestroyed
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card, CardQuery
from doorward.vocabulary.company import CoreFact, CoreOrder
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import Party
from doorward.vocabulary.scope import Scope

MOST: Final = 50
"""Conversations that are shown, the latest ones."""


class Dossier(Discreet, frozen=True, kw_only=True):
    """What is known of a customer, opened. Never stored or logged.

    `known` is False for a visitor whom nobody knows: then there is no profile, no order and no consent. `assurance` is
    the level that they have reached in this conversation. `reachable` is False when the company's system did not
    answer; `orders` are None where it has none to ask, and `facts` what
    it tells besides, both at most half a minute old. `agreed` is the ledger of consents, the latest line first.
    """

    known: bool
    reference: str | None
    assurance: str
    factor: str
    profile: Profile
    consents: tuple[Consent, ...]
    orders: tuple[CoreOrder, ...] | None
    reachable: bool
    timeline: tuple[Card, ...]
    facts: tuple[CoreFact, ...] = ()
    agreed: tuple[ConsentLine, ...] = ()


class Dossiers:
    """The verb of those who may open customers' data (`customers:read`, asked at the door)."""

    def __init__(self, transactions: Transactions, *, identity: Identity, core_facts: CoreFacts) -> None:
        """Take who knows customers, and who asks the companies' own systems."""
        self._transactions = transactions
        self._identity = identity
        self._core_facts = core_facts

    async def open(self, scope: Scope, conversation_id: ConversationId) -> Dossier:
        """Return what is known of a conversation's customer, once the audit has it. Raises `NotFound`."""

        def work(tx: Tx) -> Outcome[tuple[Party, Dossier]]:
            card = card_at(tx, scope, conversation_id)
            parties = self._identity.parties
            party = parties.recognise(tx, scope, card.party_id)
            reason = f"conversation {conversation_id}"
            profile, lines = self._profile(tx, scope, party, reason=reason)
            known = party.kind == "customer"
            fields = ("profile", "consents", "orders", "facts", "conversations") if known else ("conversations",)
            noted = AuditEvent(
                action="customer.opened", object_kind="party", object_id=party.id, fields=fields, reason=reason
            )
            wanted = CardQuery(party_ids=family_of(tx, scope, card.party_id), limit=MOST)
            dossier = Dossier(
                known=known,
                reference=party.reference,
                assurance=party.assurance.level.name.lower(),
                factor=party.assurance.factor or "",
                profile=profile,
                consents=self._identity.consents.standing(tx, scope, party.id) if known else (),
                orders=None,
                reachable=True,
                timeline=record.list_cards(tx, scope, wanted),
                agreed=self._identity.consents.history(tx, scope, party.id) if known else (),
            )
            return Outcome((party, dossier), (noted, *lines))

        party, dossier = await self._transactions.write_async(scope, work)
        if party.reference is None:
            return dossier
        told = await self._core_facts.of(scope.tenant_id, party.reference)
        return msgspec.structs.replace(dossier, orders=told.orders, facts=told.facts, reachable=told.reachable)

    def _profile(self, tx: Tx, scope: Scope, party: Party, *, reason: str) -> tuple[Profile, tuple[AuditEvent, ...]]:
        if party.kind != "customer":
            return Profile(), ()
        try:
            read = self._identity.parties.read_profile(tx, scope, party.id, reason=reason)
        except KeyDestroyed:
            return Profile(), ()
        return read.value, tuple(one for one in read.entries if isinstance(one, AuditEvent))
