"""What the house does over and over for every tenant: each chore may be done again at any time."""

from doorward import record
from doorward.bootstrap.flooding import Flooding
from doorward.bootstrap.sweeping import serve_each
from doorward.flow.agreeing import Agreeing
from doorward.flow.attachments import Scanning
from doorward.flow.attendance import Attendance
from doorward.flow.automation import RuleWork
from doorward.flow.desk import Desk
from doorward.flow.destroy import Destruction
from doorward.flow.offering import Offering
from doorward.flow.promises import Promises
from doorward.flow.runner import Runner
from doorward.flow.scheduled_reports import ScheduledReports
from doorward.flow.search import LedgerReading
from doorward.identity import Identity
from doorward.kit.keys import Keys
from doorward.kit.tx import Transactions, Tx
from doorward.protection import AttachmentScanner
from doorward.vocabulary.scope import Scope, system_scope


class Chores:
    """The chores; the house that inherits them brings the services."""

    transactions: Transactions
    identity: Identity
    keys: Keys
    sealer: record.AuditSealer
    runner: Runner
    attendance: Attendance
    desk: Desk
    promises: Promises
    offering: Offering
    agreeing: Agreeing
    rule_work: RuleWork
    scheduled_reports: ScheduledReports
    scanning: Scanning
    scanner: tuple[str, AttachmentScanner] | None
    ledger_reading: LedgerReading
    destruction: Destruction
    flooding: Flooding
    tenant_hosts: frozenset[str]

    def seal_audit(self) -> None:
        """Seal the audit of every tenant that has something to seal."""
        tenants = self.transactions.read(record.tenants_to_seal)
        serve_each("audit", (system_scope(one, "audit") for one in tenants), self.sealer.seal)

    def recover_runs(self) -> None:
        """Take up runs whose walker has died."""
        self.runner.recover()

    def retire_absent(self) -> None:
        """Set away the agents of every tenant who are signed in nowhere any more, and give out what they had."""
        work = (self.attendance.retire_absent, self.attendance.reroute)
        serve_each("attendance", self.tenant_scopes("attendance"), *work)

    def keep_time_at_the_desk(self) -> None:
        """Do what every tenant's desk has put off and whose time has come."""
        self.desk.sending.send_due(lambda tenant_id: system_scope(tenant_id, "desk"))
        serve_each("desk", self.tenant_scopes("desk"), self.desk.keep_time, self.promises.keep_time)

    def watch_floods(self) -> None:
        """Judge what came to every tenant since the last time."""
        serve_each("floods", self.tenant_scopes("floods"), self.flooding.watch.keep_time)

    def offer_call_backs(self) -> None:
        """Offer to get back to whoever waits for long, in every tenant that offers it."""
        serve_each("offers", self.tenant_scopes("offers"), self.offering.keep_time)

    def keep_time_for_rules(self) -> None:
        """Ask every tenant's rules about what has lasted long enough for them."""
        serve_each("automation", self.tenant_scopes("automation"), self.rule_work.timekeeper.keep_time)

    def give_up_agreements(self) -> None:
        """Give up what no second person decided about in time, in every tenant."""
        serve_each("agreements", self.tenant_scopes("agreements"), self.agreeing.keep_time)

    def send_reports(self) -> None:
        """Ask for the mails of every tenant's reports whose time has come."""
        serve_each("reports", self.tenant_scopes("reports"), self.scheduled_reports.send_due)

    def scan_held(self) -> None:
        """Ask for a scan of files that are held and that no job waits to scan."""
        if self.scanner is not None:
            serve_each("scanning", self.tenant_scopes("scanning"), self.scanning.ask_again)

    def read_ledgers(self) -> None:
        """Ask for the reading of ledgers in which not everything can be found yet."""
        serve_each("search", self.tenant_scopes("search"), self.ledger_reading.ask)

    def replay_destructions(self) -> None:
        """Delete what the database still, or again, holds of destroyed parties."""
        serve_each("replay", self.tenant_scopes("destruction"), self.destruction.replay)

    def forget_destroyed_keys(self) -> None:
        """Forget the keys of parties that another process destroyed."""
        scopes = self.tenant_scopes("destruction")
        serve_each("destroyed", scopes, lambda scope: self.keys.destroyed_parties(scope.tenant_id))

    def learn_hosts(self) -> None:
        """Read again by which host names the tenants are known."""

        def read(tx: Tx) -> frozenset[str]:
            tenants = self.identity.tenants
            return frozenset(
                host for one in tenants.all_tenants(tx) for host in tenants.hosts(tx, system_scope(one.id, "hosts"))
            )

        self.tenant_hosts = self.transactions.read(read)

    def tenant_scopes(self, component: str) -> tuple[Scope, ...]:
        """Return a scope of the product itself for every tenant."""
        tenants = self.transactions.read(self.identity.tenants.all_tenants)
        return tuple(system_scope(tenant.id, component) for tenant in tenants)
