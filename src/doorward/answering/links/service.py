"""The verbs of checking links to other sites. They never commit, and ask nobody: a job does."""

from collections.abc import Mapping
from typing import Final

from doorward.answering.care import all_web_links
from doorward.answering.links import repository
from doorward.answering.links.values import CheckState, LinkCheck, Verdict
from doorward.answering.service import KnowledgeService
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

CHECK: Final = "answering.check_links"
"""The kind of job that looks at links."""

MOST_LINKS: Final = 5_000


class Links:
    """Keeps what links to other sites came to."""

    def __init__(self, knowledge: KnowledgeService) -> None:
        """Check the links in the articles of `knowledge`."""
        self._knowledge = knowledge

    def begin(self, tx: Tx, scope: Scope) -> Outcome[LinkCheck]:
        """Have all links of the newest texts looked at; whoever asks while that is under way gets that."""
        running = repository.find(tx, scope)
        if running is not None and running.is_under_way(tx.now):
            return Outcome(running)
        addresses = all_web_links(self._knowledge.standings(tx, scope))[:MOST_LINKS]
        state: CheckState = "running" if addresses else "done"
        check = LinkCheck(id=new_id(), state=state, done=0, total=len(addresses), begun_at=tx.now, noted_at=tx.now)
        repository.put(tx, scope, check)
        repository.want(tx, scope, check.id, addresses)
        audit = AuditEvent(action="links.checked", object_kind="tenant", object_id=scope.tenant_id)
        return Outcome(check, (audit,), (checking_job(check),) if addresses else ())

    def latest(self, tx: Tx, scope: Scope) -> LinkCheck | None:
        """Return the latest check, None when nobody ever asked for one."""
        return repository.find(tx, scope)

    def next_wanted(self, tx: Tx, scope: Scope, check_id: str) -> str | None:
        """Return the next address to look at; None when all were, or another check took its place."""
        return repository.next_wanted(tx, scope, check_id)

    def note(self, tx: Tx, scope: Scope, check_id: str, address: str, verdict: Verdict) -> Outcome[LinkCheck | None]:
        """Keep what looking came to; return the check while it is under way."""
        now = repository.find(tx, scope)
        if now is None or now.id != check_id or now.state != "running":
            return Outcome(None)
        if repository.settle(tx, scope, check_id, address, verdict):
            repository.note(tx, scope, check_id, done=now.done + 1)
        return Outcome(repository.find(tx, scope))

    def finish(self, tx: Tx, scope: Scope, check_id: str) -> Outcome[None]:
        """Keep that everything was looked at."""
        repository.note(tx, scope, check_id, state="done")
        return Outcome(None)

    def troubles(self, tx: Tx, scope: Scope) -> Mapping[str, str]:
        """Return what links came to that are no page, by address."""
        return repository.troubles(tx, scope)


def checking_job(of: LinkCheck) -> Job:
    """Return the job that looks on from here: its key is where here is."""
    return Job(kind=CHECK, key=f"{of.id}/{of.done}", payload={"check_id": of.id})
