"""The one gate."""

import copy
import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from doorward.identity import ACTIONS, ActionRule, Actions, Grant
from doorward.vocabulary.errors import NotAllowed, NotFound, StepUpRequired
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.party import AssuranceLevel
from tests.support.identities import AYSE, Office, on_one_database

LEVELS = tuple(AssuranceLevel)


def _prove(office: Office, party_id: PartyId, level: AssuranceLevel, *, factor: str = "test") -> None:
    office.write(
        lambda tx: office.identity.parties.raise_assurance(tx, office.scope, party_id, level=level, factor=factor)
    )


def _linked(office: Office) -> PartyId:
    ayse, visitor = office.a_customer(AYSE), office.a_visitor()
    office.write(lambda tx: office.identity.parties.link(tx, office.scope, visitor, customer_id=ayse.id))
    return visitor


def _require(office: Office, party_id: PartyId, action: str) -> Grant:
    return office.read(lambda tx: office.identity.require(tx, office.scope, party_id, action=action))


@on_one_database
@pytest.mark.parametrize("rule", ACTIONS, ids=lambda rule: rule.action)
@pytest.mark.parametrize("level", LEVELS)
def test_a_level_opens_what_it_is_enough_for_and_nothing_else(
    office: Office, rule: ActionRule, level: AssuranceLevel
) -> None:
    """Every action is granted at its level and above, and refused below, with what is missing."""
    visitor = _linked(office)
    if level > AssuranceLevel.ANONYMOUS:
        _prove(office, visitor, level, factor=rule.factor or "test")
    if level >= rule.level:
        grant = _require(office, visitor, rule.action)
        assert (grant.action, grant.reference, grant.acting) == (rule.action, AYSE.reference, visitor)
        assert grant.level == level
        assert grant.at == office.clock.now()
        return
    with pytest.raises(StepUpRequired) as refusal:
        _require(office, visitor, rule.action)
    assert refusal.value.facts["action"] == rule.action
    assert refusal.value.facts["needs"] == rule.level.name.lower()
    assert "mailed_code" in str(refusal.value.facts["factors"])


@on_one_database
@pytest.mark.parametrize("action", ["", "order.delete", "Order.read", "*", "order.read "])
def test_an_unknown_action_is_refused_at_any_level(office: Office, action: str) -> None:
    """What nobody wrote a rule for nobody may do, however sure we are."""
    visitor = _linked(office)
    _prove(office, visitor, AssuranceLevel.STRONG)
    with pytest.raises(NotAllowed) as refusal:
        _require(office, visitor, action)
    assert not isinstance(refusal.value, StepUpRequired)


def test_a_proof_grows_stale(office: Office) -> None:
    """Thirty minutes after the proof, what wants a fresh one is refused; a new proof opens it again."""
    visitor = _linked(office)
    _prove(office, visitor, AssuranceLevel.VERIFIED)
    office.clock.advance(timedelta(minutes=30) - timedelta(microseconds=1))
    _require(office, visitor, "card.unfreeze")
    office.clock.advance(timedelta(microseconds=1))
    with pytest.raises(StepUpRequired):
        _require(office, visitor, "card.unfreeze")
    for action in ("history.read", "card.freeze"):
        _require(office, visitor, action)
    _prove(office, visitor, AssuranceLevel.VERIFIED)
    _require(office, visitor, "card.unfreeze")


@on_one_database
def test_a_weaker_proof_does_not_refresh_a_stronger_one(office: Office) -> None:
    """A fresh claim beside a stale proof is a fresh claim, no more; it does not undo the proof either."""
    visitor = _linked(office)
    _prove(office, visitor, AssuranceLevel.VERIFIED)
    _prove(office, visitor, AssuranceLevel.CLAIMED)
    _require(office, visitor, "order.read")
    office.clock.advance(timedelta(minutes=31))
    _prove(office, visitor, AssuranceLevel.CLAIMED)
    with pytest.raises(StepUpRequired):
        _require(office, visitor, "order.read")


@on_one_database
def test_a_level_without_a_customer_opens_nothing_of_a_customer(office: Office) -> None:
    """A visitor whom we know to be nobody in particular has no orders, at whatever level."""
    visitor = office.a_visitor()
    _prove(office, visitor, AssuranceLevel.STRONG)
    with pytest.raises(StepUpRequired):
        _require(office, visitor, "order.read")
    assert _require(office, visitor, "conversation.continue").reference is None


@on_one_database
def test_the_customer_behind_is_granted_only_through_who_proved_it(office: Office) -> None:
    """The proof is the visitor's: asking as the customer directly, or as another visitor, does not inherit it."""
    visitor = _linked(office)
    _prove(office, visitor, AssuranceLevel.VERIFIED)
    customer = _require(office, visitor, "order.read").party_id
    second = office.a_visitor()
    office.write(lambda tx: office.identity.parties.link(tx, office.scope, second, customer_id=customer))
    for other in (customer, second):
        with pytest.raises(StepUpRequired):
            _require(office, other, "order.read")


def test_another_tenant_grants_nothing(office: Office) -> None:
    """A party that proved itself here is nobody at the other tenant."""
    visitor = _linked(office)
    _prove(office, visitor, AssuranceLevel.VERIFIED)
    with pytest.raises(NotFound):
        office.read(lambda tx: office.identity.require(tx, office.other, visitor, action="order.read"))


@on_one_database
def test_nobody_makes_a_grant(office: Office) -> None:
    """A grant cannot be made, altered or widened outside the gate."""
    visitor = office.a_visitor()
    grant = _require(office, visitor, "conversation.continue")
    fields: dict[str, Any] = {field.name: getattr(grant, field.name) for field in dataclasses.fields(grant)}
    with pytest.raises(TypeError):
        Grant(**fields)
    with pytest.raises(TypeError):
        Grant(**fields, gate=object())
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(grant, action="card.freeze")  # type: ignore[call-arg]  # because that is what is tested
    with pytest.raises(TypeError):
        dataclasses.replace(grant, action="card.freeze", gate=object())
    with pytest.raises(dataclasses.FrozenInstanceError):
        grant.action = "card.freeze"  # type: ignore[misc]  # because that is what is tested
    assert copy.copy(grant) == grant


@on_one_database
def test_an_action_has_one_rule(office: Office) -> None:
    """Two rules for an action stop the start: nobody should have to guess which one holds."""
    rule = ActionRule(action="order.read", level=AssuranceLevel.ANONYMOUS)
    with pytest.raises(ValueError, match=r"order\.read"):
        Actions(office.identity.parties, fresh_for=timedelta(minutes=1), rules=(*ACTIONS, rule))
