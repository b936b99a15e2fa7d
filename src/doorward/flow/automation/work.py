"""Everything about rules that act which a house holds, put together."""

from doorward import automation
from doorward.automation import Rule, RuleBook
from doorward.flow.automation.acting import RuleJob
from doorward.flow.automation.deeds import Deeds
from doorward.flow.automation.following import Follower
from doorward.flow.automation.timing import Timekeeper
from doorward.flow.desk import CompanyOf, DeskRooms
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class RuleWork:
    """Who follows the ledger and the clock, the job that has rules act, and the verb that changes rules."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms, *, company_of: CompanyOf) -> None:
        """Wire them over the desk's rooms."""
        self._transactions = transactions
        self.follower = Follower()
        self.timekeeper = Timekeeper(transactions)
        self.job = RuleJob(
            transactions, deeds=Deeds(transactions, rooms, company_of=company_of), follower=self.follower
        )

    def save(self, tx: Tx, scope: Scope, rules: tuple[Rule, ...], *, expected: int) -> Outcome[RuleBook]:
        """Put rules into the place of number `expected`; they hold at once. Raises `Malformed`, `Outdated`."""
        self.follower.changed(tx, scope)
        return automation.save_rules(tx, scope, rules, expected=expected)

    def forget(self, scope: Scope) -> None:
        """Remove the old lines of what a tenant's rules did."""

        def work(tx: Tx) -> Outcome[int]:
            return Outcome(automation.forget_runs(tx, scope))

        self._transactions.write(scope, work)
