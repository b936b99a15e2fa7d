"""Owners and their machines, over the identity room of a test."""

from typing import Any

from doorward.identity import Allowed, Grant, Limits, Mandate, Refused, Terms, Wanted, Wish
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.machines import CAPABILITIES, MachineIdentity
from doorward.vocabulary.party import AssuranceLevel, Party
from doorward.vocabulary.scope import Scope
from tests.support.identities import Office

PRINTER = MachineIdentity(platform="printers.example", key_id="k1", agent_id="printer-7")
FRIDGE = MachineIdentity(platform="fridges.example", key_id="k9", agent_id="fridge-1")
LIMITS = Limits(currency="EUR", act_amount=2000, period="month", period_amount=5000, period_count=3)
TERMS = Terms(capabilities=CAPABILITIES, kinds=("paper",), limits=LIMITS)


def prove(office: Office, owner: Party, *, scope: Scope | None = None) -> PartyId:
    """Return a party that has just proven to be this customer."""
    where = scope or office.scope
    acting, parties = office.a_visitor(scope=where), office.identity.parties
    office.write(lambda tx: parties.link(tx, where, acting, customer_id=owner.id), where)
    office.write(
        lambda tx: parties.raise_assurance(tx, where, acting, level=AssuranceLevel.VERIFIED, factor="mailed_code"),
        where,
    )
    return acting


def right(office: Office, acting: PartyId, *, scope: Scope | None = None) -> Grant:
    """Return the right to grant mandates of somebody who has just proven who they are."""
    where = scope or office.scope
    return office.read(lambda tx: office.identity.require(tx, where, acting, action="mandate.grant"))


def a_mandate(
    office: Office,
    acting: PartyId,
    *,
    machine: MachineIdentity | None = PRINTER,
    terms: Terms = TERMS,
    scope: Scope | None = None,
) -> Mandate:
    """Grant a mandate to a machine."""
    where, wish = scope or office.scope, Wish(name="Kitchen printer", terms=terms)
    grant = right(office, acting, scope=where)
    return office.write(lambda tx: office.identity.mandates.grant(tx, where, grant, wish=wish, machine=machine), where)


def order(key: str = "order-1", **changes: Any) -> Wanted:
    """Return a wish to order paper for 15 euros."""
    values: dict[str, Any] = {"amount": 1500, "currency": "EUR", "kind": "paper", "parameters": {"thing": "T-1"}}
    return Wanted(capability="order.place", key=key, **(values | changes))


def wants(
    office: Office, wanted: Wanted, *, machine: MachineIdentity = PRINTER, scope: Scope | None = None
) -> Allowed | Refused:
    """Let a machine ask to act."""
    where = scope or office.scope
    return office.write(lambda tx: office.identity.require_mandate(tx, where, machine, wanted=wanted), where)


def code_of(said: Allowed | Refused) -> str:
    """Return why a machine may not, `allowed` if it may."""
    return said.code if isinstance(said, Refused) else "allowed"
