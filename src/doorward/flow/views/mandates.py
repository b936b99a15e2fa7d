"""What owners and staff see of machines: mandates with what is used of them, what they are asked, and what was done."""

import msgspec

from doorward.flow.machines.requests import conversation_of
from doorward.identity import Approval, Identity, Mandate, Use, Used
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope

ACTS = 100
"""Most acts that are shown of one mandate; the export holds all."""
SHOWN_TO_STAFF = 10
"""Acts of a mandate that staff see beside a customer; the customer sees all of them."""
_TOLD = frozenset({"help", "product.facts", "problem.report", "order.place"})
"""What has a conversation in which it is told."""


class MyMandate(msgspec.Struct, frozen=True, kw_only=True):
    """One mandate, what of its limits is used now, and whether its machine had the owner told of news."""

    mandate: Mandate
    used: Used
    notices: bool = False


class MyAct(msgspec.Struct, frozen=True, kw_only=True):
    """One act of a machine, and the conversation in which it is told, where there is one."""

    use: Use
    conversation_id: ConversationId | None


class MyApproval(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine asks, and which."""

    approval: Approval
    mandate: Mandate


def my_mandates(tx: Tx, scope: Scope, owner_id: PartyId, *, identity: Identity) -> tuple[MyMandate, ...]:
    """Return an owner's mandates, open ones first and then the newest."""
    mandates = identity.mandates.of_owner(tx, scope, owner_id)
    return tuple(_mine(tx, scope, one, identity) for one in sorted(mandates, key=lambda one: not one.is_open))


def my_mandate(tx: Tx, scope: Scope, owner_id: PartyId, *, mandate_id: str, identity: Identity) -> MyMandate:
    """Return one of an owner's mandates. Raises `NotFound` for anybody else's."""
    return _mine(tx, scope, identity.mandates.find(tx, scope, mandate_id, owner_id=owner_id), identity)


def my_acts(
    tx: Tx, scope: Scope, owner_id: PartyId, *, identity: Identity, mandate_id: str | None = None
) -> tuple[MyAct, ...]:
    """Return what an owner's machines did, the latest first."""
    uses = identity.mandate_uses.uses_of(tx, scope, owner_id, mandate_id=mandate_id, limit=ACTS)
    return tuple(
        MyAct(use=one, conversation_id=conversation_of(scope, one.id) if one.capability in _TOLD else None)
        for one in uses
    )


def customer_machines(
    tx: Tx, scope: Scope, owner_id: PartyId, *, identity: Identity
) -> tuple[tuple[MyMandate, tuple[MyAct, ...]], ...]:
    """Return a customer's mandates for staff, open ones first, each with the latest of what was done by it."""
    acts = my_acts(tx, scope, owner_id, identity=identity)
    return tuple(
        (one, tuple(act for act in acts if act.use.mandate_id == one.mandate.id)[:SHOWN_TO_STAFF])
        for one in my_mandates(tx, scope, owner_id, identity=identity)
    )


def my_approvals(tx: Tx, scope: Scope, owner_id: PartyId, *, identity: Identity) -> tuple[MyApproval, ...]:
    """Return what an owner's machines ask now, the longest asked first."""
    asked = identity.mandate_uses.approvals_of(tx, scope, owner_id)
    mandates = {one.id: one for one in identity.mandates.of_owner(tx, scope, owner_id)}
    return tuple(
        MyApproval(approval=one, mandate=mandates[one.mandate_id])
        for one in reversed(asked)
        if one.state == "asked" and one.mandate_id in mandates and mandates[one.mandate_id].state == "active"
    )


def _mine(tx: Tx, scope: Scope, mandate: Mandate, identity: Identity) -> MyMandate:
    return MyMandate(
        mandate=mandate,
        used=identity.mandate_uses.used(tx, scope, mandate),
        notices=identity.mandates.subscribed(tx, scope, mandate.id),
    )
