"""The rules that each company decides by: its own or the house's, checked, rehearsed, put in force, taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec

from doorward.decision import Checked, HousePolicies, PolicyInvalid, RuleBook, service
from doorward.decision.service import Activated, NewRules
from doorward.flow.policy_rehearsal import PolicyRehearsal, rehearsed_policy
from doorward.flow.walk import thresholds_of
from doorward.kit.clock import Clock
from doorward.kit.i18n import Translator
from doorward.kit.logging import get_logger
from doorward.kit.recent import Recent
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope

FRESH: Final = timedelta(seconds=2)
"""How long a rule book is used before its number is asked for again: another process may have put others in force."""

_log = get_logger("flow")


class _Held(msgspec.Struct, frozen=True):
    number: int
    book: RuleBook


class Policies:
    """Every tenant's rule book, and the verbs that change it. Thread-safe."""

    def __init__(
        self,
        transactions: Transactions,
        house: HousePolicies,
        *,
        settings_of: Callable[[TenantId], TenantSettings],
        clock: Clock,
        phrases: Translator,
    ) -> None:
        """Begin with the house's policies. `phrases` tell which reasons can be said."""
        self._transactions = transactions
        self.house = house
        self._settings_of = settings_of
        self._phrases = phrases
        self._recent: Recent[TenantId, _Held] = Recent(clock, fresh=FRESH)

    def rules_of(self, tenant_id: TenantId) -> RuleBook:
        """Return the tenant's rule book as of at most two seconds ago.

        A file that this version cannot read any more is left aside for the house's own rules, and logged.
        """
        fresh = self._recent.get(tenant_id)
        if fresh is not None:
            return fresh.book
        since, held, scope = self._recent.mark(), self._recent.last(tenant_id), system_scope(tenant_id, "policies")
        active = self._transactions.read(lambda tx: service.rules_in_force(tx, scope))
        number = 0 if active is None else active.number
        book = held.book if held is not None and held.number == number else self.book_of(active)
        self._recent.keep(tenant_id, _Held(number, book), since=since)
        return book

    def book_of(self, active: Activated | None) -> RuleBook:
        """Return the rule book of what is in force."""
        if active is None or not active.text:
            return self.house.book
        try:
            return self.house.book_with(active.text)
        except PolicyInvalid:
            _log.error("flow.rules.unreadable", number=active.number)
            return self.house.book

    def check(self, text: str) -> Checked:
        """Return a rule file that may be put in force. Raises `PolicyInvalid` as `HousePolicies.check`.

        Every reason must have a sentence, or nobody could be told why.
        """
        checked = self.house.check(text)
        for rule in checked.file.rules:
            if not self._phrases.has(f"reason.{rule.reason}"):
                raise PolicyInvalid(f"rule '{rule.name}': there is no sentence for the reason '{rule.reason}'")
        return checked

    def rehearse(self, tx: Tx, scope: Scope, checked: Checked, *, days: int) -> PolicyRehearsal:
        """Return which decisions of the last days would change from the rules in force to a checked file."""
        books = (self.book_of(service.rules_in_force(tx, scope)), checked.book)
        thresholds = thresholds_of(self._settings_of(scope.tenant_id))
        return rehearsed_policy(tx, scope, books, thresholds, since=tx.now - timedelta(days=days))

    def activate(self, tx: Tx, scope: Scope, checked: Checked, *, expected: int) -> Outcome[Activated]:
        """Put a checked file in force behind number `expected`. Raises `Outdated`."""
        new = NewRules(policy=self.house.replaceable, text=checked.text, version=checked.file.version)
        return service.put_in_force(tx, scope, new, expected=expected)

    def take_back(self, tx: Tx, scope: Scope, number: int, *, expected: int) -> Outcome[Activated]:
        """Put an earlier version in force again, 0 for the house's own rules, as a new version.

        Raises `NotFound`, `Outdated`, and `PolicyInvalid` where this version of Doorward cannot read it any more.
        """
        earlier = None if not number else service.rule_version(tx, scope, number)
        if earlier is not None and earlier.text:
            self.house.book_with(earlier.text)
            new = NewRules(policy=earlier.policy, text=earlier.text, version=earlier.version)
        else:
            new = NewRules(policy=self.house.replaceable, text="", version="")
        return service.put_in_force(tx, scope, new, expected=expected)

    def forget(self, tenant_id: TenantId) -> None:
        """Ask for this tenant's rules anew next time: they were just changed here."""
        self._recent.forget(tenant_id)
