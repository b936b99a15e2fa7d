"""The one gate for actions: what somebody may do depends on how sure we are, and for how long we have been."""

from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward.identity.repository import parties as repository
from doorward.identity.service.parties import Parties
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import NotAllowed, StepUpRequired
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Scope


class ActionRule(msgspec.Struct, frozen=True, kw_only=True):
    """What an action asks for: a level, and whether it must have been reached lately.

    `factor` names the one factor that counts, any if empty. `customer`: the action is about a customer of the company,
    so that a visitor whom nobody knows cannot do it.
    """

    action: str
    level: AssuranceLevel
    fresh: bool = False
    factor: str = ""
    customer: bool = False


def _fresh(action: str) -> ActionRule:
    return ActionRule(action=action, level=AssuranceLevel.VERIFIED, fresh=True, customer=True)


def _claimed(action: str) -> ActionRule:
    return ActionRule(action=action, level=AssuranceLevel.CLAIMED, customer=True)


ACTIONS: Final = (
    ActionRule(action="conversation.continue", level=AssuranceLevel.ANONYMOUS),
    ActionRule(action="person.request", level=AssuranceLevel.ANONYMOUS),
    ActionRule(action="history.read", level=AssuranceLevel.CLAIMED, customer=True),
    _fresh("profile.read"),
    _fresh("transcript.mail"),
    _fresh("order.read"),
    _fresh("order.place"),
    _fresh("account.read"),
    # Freezing, blocking and reporting take nothing from a customer and stop a thief: to ask for a code first would help
    # the thief. So does looking up how one's own things stand, which changes nothing.
    _claimed("card.freeze"),
    _claimed("card.block"),
    _claimed("fraud.report"),
    _claimed("paper.order"),
    _claimed("call_back.request"),
    _claimed("holdings.read"),
    _claimed("card.track"),
    _claimed("payment.explain"),
    _claimed("transfer.track"),
    _claimed("top_up.track"),
    _claimed("refund.track"),
    _claimed("order.track"),
    _claimed("bill.explain"),
    ActionRule(action="complaint.make", level=AssuranceLevel.ANONYMOUS),
    _fresh("card.unfreeze"),
    _fresh("card.replace"),
    _fresh("card.activate"),
    _fresh("card.limit"),
    _fresh("payment.dispute"),
    _fresh("plan.make"),
    _fresh("transfer.cancel"),
    _fresh("address.change"),
    _fresh("phone.change"),
    _fresh("email.change"),
    _fresh("access.unlock"),
    _fresh("account.close"),
    ActionRule(action="portal.read", level=AssuranceLevel.VERIFIED, customer=True),
    ActionRule(action="portal.change", level=AssuranceLevel.VERIFIED, customer=True),
    # What a machine may do for its owner is granted, widened and allowed beyond limits by the owner, proven just now.
    _fresh("mandate.grant"),
    _claimed("mandate.approval"),
    _fresh("data.export"),
    _fresh("data.request"),
    # Whoever holds a passkey must not make another one with it alone: the mail address is the root of trust.
    ActionRule(action="passkey.add", level=AssuranceLevel.VERIFIED, fresh=True, factor="mailed_code", customer=True),
)
"""What a contact can do so far.

Personal data, and what moves something or gives something away, want a factor proven lately. What only protects the
customer, or tells how things stand that they name, wants to know who they are. A complaint is heard from anybody.
"""

FACTORS: Final = {
    AssuranceLevel.CLAIMED: ("host_token",),
    AssuranceLevel.VERIFIED: ("mailed_code",),
    AssuranceLevel.STRONG: ("passkey",),
}
"""Which factors lead to a level."""

_FROM_THE_GATE: Final = object()


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """The right to do one thing, for one party, now. Only `Actions.require` makes one.

    `party_id` is the customer (or the visitor, where the action is open to visitors), `acting` the party that proved
    itself, `reference` the company's customer number. Code that acts takes the grant, and from it the party: there is
    no other way to say for whom.
    """

    action: str
    party_id: PartyId
    acting: PartyId
    reference: str | None
    level: AssuranceLevel
    at: datetime
    gate: InitVar[object]

    def __post_init__(self, gate: object) -> None:
        """Refuse to be made anywhere else."""
        if gate is not _FROM_THE_GATE:
            raise TypeError("a Grant comes from identity's require(); nobody makes one")


class Actions:
    """Knows which actions there are and what they ask for. What it does not know, it refuses."""

    def __init__(self, parties: Parties, *, fresh_for: timedelta, rules: Iterable[ActionRule] = ACTIONS) -> None:
        """A proven factor counts as fresh for `fresh_for`. Raises `ValueError` when an action has two rules."""
        self._parties = parties
        self._fresh_for = fresh_for
        self._rules: dict[str, ActionRule] = {}
        for rule in rules:
            if rule.action in self._rules:
                raise ValueError(f"two rules for the action {rule.action}")
            self._rules[rule.action] = rule

    @property
    def rules(self) -> tuple[ActionRule, ...]:
        """Return all rules, for those who show them."""
        return tuple(self._rules.values())

    def require(self, tx: Tx, scope: Scope, party_id: PartyId, *, action: str, as_of: datetime | None = None) -> Grant:
        """Return the right of an acting party to do `action` now.

        `as_of` is when it was asked for, where a second person took time to agree: proofs that were fresh then count.
        Raises `NotAllowed` for an unknown action, `StepUpRequired` with the facts `action`, `needs` (a level's name in
        small letters) and `factors` (separated by blanks) when the party must prove more, `NotFound` without the party.
        """
        rule = self._rules.get(action)
        if rule is None:
            raise NotAllowed("there is no such action")
        party = self._parties.recognise(tx, scope, party_id)
        reached = self._level(tx, scope, party_id, rule=rule, at=tx.now if as_of is None else min(as_of, tx.now))
        if reached is None or (rule.customer and party.kind != "customer"):
            raise StepUpRequired(
                f"{action} needs more certainty",
                action=action,
                needs=rule.level.name.lower(),
                factors=rule.factor
                or " ".join(factor for at_least, some in FACTORS.items() if at_least >= rule.level for factor in some),
            )
        return Grant(
            action=action,
            party_id=party.id,
            acting=party_id,
            reference=party.reference,
            level=reached,
            at=tx.now,
            gate=_FROM_THE_GATE,
        )

    def level_now(self, tx: Tx, scope: Scope, party_id: PartyId) -> AssuranceLevel:
        """Return how surely an acting party is known as a customer now; what it proved counts while that is fresh.

        It tells what `require` would come to and grants nothing. Raises `NotFound` without the party.
        """
        if self._parties.recognise(tx, scope, party_id).kind != "customer":
            return AssuranceLevel.ANONYMOUS
        since = tx.now - self._fresh_for
        found = AssuranceLevel.ANONYMOUS
        for row in repository.assurances(tx, scope, party_id):
            fresh = row.at > since or row.level < AssuranceLevel.VERIFIED
            found = max(found, AssuranceLevel(row.level) if fresh else AssuranceLevel.CLAIMED)
        return found

    def _level(
        self, tx: Tx, scope: Scope, party_id: PartyId, *, rule: ActionRule, at: datetime
    ) -> AssuranceLevel | None:
        """Return the highest level that counts for the rule at a moment, None when none is enough."""
        since = at - self._fresh_for
        for row in repository.assurances(tx, scope, party_id):
            counts = row.level >= rule.level and (not rule.factor or row.factor == rule.factor)
            if counts and (not rule.fresh or row.at > since):
                return AssuranceLevel(row.level)
        return AssuranceLevel.ANONYMOUS if rule.level is AssuranceLevel.ANONYMOUS else None
