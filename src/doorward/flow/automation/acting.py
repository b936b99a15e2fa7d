"""The job that asks a tenant's rules about what happened, and has those act that have something to do."""

from collections.abc import Sequence

from doorward import automation, record, routing
from doorward.automation import MOST_DEEP, TIMED, Cause, Rule, RuleRun, RuleStop
from doorward.flow.automation.deeds import Deeds
from doorward.flow.automation.following import JOB, Follower
from doorward.flow.automation.stepping import RuleDeed
from doorward.flow.happenings import events_of, facts_of, lasting, lasts_since
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope

log = get_logger("automation")


class RuleJob:
    """Handles `automation.act` jobs. May run twice: what a rule took up for a cause it does not take up again.

    Rules are asked in their order, each with the conversation as it stands then, so that a later one sees what an
    earlier one changed. What a rule changes is a line of the ledger, which asks the rules again by a job of its own.
    """

    kind = JOB

    def __init__(self, transactions: Transactions, *, deeds: Deeds, follower: Follower) -> None:
        """Have `deeds` done; tell `follower` where a rule was switched off."""
        self._transactions = transactions
        self._deeds = deeds
        self._follower = follower

    def __call__(self, job: ClaimedJob) -> None:
        """Ask the rules about the line, or about what has lasted, that the job names."""
        scope = system_scope(TenantId(job.tenant_id), "automation")
        payload = job.payload
        conversation_id = ConversationId(payload["conversation_id"])
        if "rule_id" in payload:
            self._ask_one(scope, conversation_id, payload["rule_id"], key=payload["cause"])
            return
        seqs = (int(payload["seq"]),)
        found = self._transactions.read(lambda tx: record.entries_at(tx, scope, conversation_id, seqs))
        for seq, line in found.items():
            self._ask_all(scope, line.entry, key=f"line:{seq}")

    def _ask_all(self, scope: Scope, entry: Entry, *, key: str) -> None:
        rules = self._transactions.read(lambda tx: automation.read_rules(tx, scope)).rules
        for event in events_of(entry):
            cause = Cause(event=event, conversation_id=entry.conversation_id, key=key)
            for rule in rules:
                if rule.enabled and rule.on == event:
                    self._ask(scope, rule.id, cause, chain_of(entry))

    def _ask_one(self, scope: Scope, conversation_id: ConversationId, rule_id: str, *, key: str) -> None:
        rule = self._transactions.read(lambda tx: automation.read_rules(tx, scope)).rule(rule_id)
        if rule is not None and key.startswith(f"{rule.on}:"):  # it may have become another one meanwhile
            self._ask(scope, rule_id, Cause(event=rule.on, conversation_id=conversation_id, key=key), ())

    def _ask(self, scope: Scope, rule_id: str, cause: Cause, chain: Sequence[str]) -> None:
        """Have a rule act if it has something to do, or go on with what it had begun."""
        if not self._transactions.read(lambda tx: _has_to_do(tx, scope, rule_id, cause)):
            return
        begun = self._transactions.write(scope, lambda tx: self._begin(tx, scope, rule_id, cause, chain))
        if begun is None:
            return
        rule, run = begun
        log.info("automation.rule.acts", rule_id=rule_id, conversation_id=cause.conversation_id, event_kind=cause.event)
        for number in range(len(run.steps), len(rule.then)):
            self._deeds.do(scope, RuleDeed(rule, cause, number, (*chain, rule_id)))
        self._transactions.write(scope, lambda tx: _ended(tx, scope, rule_id, cause))

    def _begin(
        self, tx: Tx, scope: Scope, rule_id: str, cause: Cause, chain: Sequence[str]
    ) -> Outcome[tuple[Rule, RuleRun] | None]:
        book = automation.read_rules(tx, scope)
        rule = book.rule(rule_id)
        if rule is None or not _has_to_do(tx, scope, rule_id, cause):
            return Outcome(None)
        run = automation.find_run(tx, scope, rule_id, cause, held=True)
        if run is not None:
            return Outcome((rule, run))
        state = _state(tx, scope, rule_id, cause, chain)
        run = automation.begin_run(tx, scope, rule_id, cause, begun=(book.number, state))
        if run is None or state == "acting":
            return Outcome(None if run is None else (rule, run))
        log.warning("automation.rule.held", rule_id=rule_id, conversation_id=cause.conversation_id, why=state)
        if state != "circle":
            return Outcome(None)
        names = tuple(one.name for one in (book.rule(other) for other in chain) if one is not None)
        stop = RuleStop(at=tx.now, rules=tuple(dict.fromkeys(names)), conversation_id=cause.conversation_id)
        self._follower.changed(tx, scope)
        return Outcome(None, automation.stop_rule(tx, scope, rule_id, stop).entries)


def chain_of(entry: Entry) -> tuple[str, ...]:
    """Return the ids of the rules that led to a line, none for what people and customers do."""
    return tuple(entry.data.get("by_rule", {}).get("chain", ()))


def _has_to_do(tx: Tx, scope: Scope, rule_id: str, cause: Cause) -> bool:
    """Return whether a rule has begun with a cause and not ended, or has not begun and all its conditions hold."""
    run = automation.find_run(tx, scope, rule_id, cause)
    if run is not None:
        return run.state == "acting"
    rule = automation.read_rules(tx, scope).rule(rule_id)
    card = record.card_of(tx, scope, cause.conversation_id)
    if rule is None or card is None:
        return False
    if cause.event in TIMED:
        since = lasts_since(cause.event, card)
        if since is None or cause.key != lasting(rule, since):
            return False  # what lasted is over
    return rule.takes(cause.event, facts_of(card, routing.read_plan(tx, scope).plan, at=tx.now))


def _state(tx: Tx, scope: Scope, rule_id: str, cause: Cause, chain: Sequence[str]) -> automation.RunState:
    if len(chain) >= MOST_DEEP:
        return "circle" if rule_id in chain else "too_deep"
    return "too_often" if automation.is_too_often(tx, scope, cause.conversation_id) else "acting"


def _ended(tx: Tx, scope: Scope, rule_id: str, cause: Cause) -> Outcome[None]:
    run = automation.find_run(tx, scope, rule_id, cause, held=True)
    if run is not None and run.state == "acting":
        automation.end_run(tx, scope, run)
    return Outcome(None)
