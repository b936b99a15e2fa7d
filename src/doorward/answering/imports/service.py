"""The verbs of imports that somebody looks at first. They never commit, and publish nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from doorward.answering.imports import repository
from doorward.answering.imports.values import StagedArticle, StagedImport, StagedPage
from doorward.answering.intake import Intake, Plan, Read, Refused
from doorward.answering.service import KnowledgeService
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

TAKE: Final = "answering.import"
"""The kind of job that keeps what was read as drafts."""

KEPT: Final = timedelta(days=1)
"""How long an import waits for somebody, or can be read after it was done."""

MOST_REFUSED: Final = 500
"""Refused files that are told; of more, the first."""

AT_ONCE: Final = 20
PAGE: Final = 50


class Imports:
    """Keeps what was read of files until it is taken or given up."""

    def __init__(self, knowledge: KnowledgeService) -> None:
        """Bring articles into `knowledge`."""
        self._knowledge = knowledge
        self._intake = Intake(knowledge)

    def stage(self, tx: Tx, scope: Scope, read: Sequence[Read], refused: Sequence[Refused]) -> Outcome[StagedImport]:
        """Keep what was read, compared with what is here, for somebody to look at; no article changes by it."""
        plan: Plan = self._intake.plan(tx, scope, read, refused)
        made = StagedImport(
            id=new_id(),
            state="ready",
            total=len(plan.articles),
            done=0,
            kept=0,
            overtaken=0,
            refused=plan.refused[:MOST_REFUSED],
            made_at=tx.now,
            made_by=scope.actor.id,
            noted_at=tx.now,
        )
        articles = [
            StagedArticle(
                number=number, place=one.place, content=one.seed, standing=planned.standing, expected=planned.expected
            )
            for number, (one, planned) in enumerate(zip(read, plan.articles, strict=True), start=1)
        ]
        repository.add(tx, scope, made, articles)
        return Outcome(made, (_audit("import.read", made.id),))

    def staged(self, tx: Tx, scope: Scope, import_id: str) -> StagedImport:
        """Return an import. Raises `NotFound`."""
        found = repository.find(tx, scope, import_id)
        if found is None:
            raise NotFound("no such import")
        return found

    def latest(self, tx: Tx, scope: Scope) -> tuple[StagedImport, ...]:
        """Return the imports of the last day, the latest first."""
        return repository.latest(tx, scope, limit=PAGE)

    def articles(self, tx: Tx, scope: Scope, import_id: str, wanted: StagedPage) -> tuple[StagedArticle, ...]:
        """Return the articles of an import that are wanted, in the order in which they were read."""
        return repository.articles(tx, scope, import_id, wanted)

    def count(self, tx: Tx, scope: Scope, import_id: str) -> Counter[str]:
        """Return how many articles are new, changed, unchanged."""
        return repository.count(tx, scope, import_id)

    def take(self, tx: Tx, scope: Scope, import_id: str) -> Outcome[StagedImport]:
        """Have what is new or changed kept as drafts; asking twice is asking once. Raises `NotFound`."""
        was = self.staged(tx, scope, import_id)
        if was.state in {"taking", "done"}:
            return Outcome(was)
        repository.change(tx, scope, was, state="taking")
        return Outcome(
            self.staged(tx, scope, import_id), (_audit("import.taken", import_id),), (taking_job(tx, scope, was),)
        )

    def step(self, tx: Tx, scope: Scope, import_id: str) -> Outcome[StagedImport | None]:
        """Keep the next articles as drafts; None where there is nothing more to do, or it was stopped."""
        was = repository.find(tx, scope, import_id)
        if was is None or was.state != "taking":
            return Outcome(None)
        entries: list[Entry | AuditEvent] = []
        kept, overtaken = was.kept, was.overtaken
        some = repository.articles(tx, scope, import_id, StagedPage(after=was.done, limit=AT_ONCE))
        for one in some:
            if one.standing == "unchanged":
                continue
            try:
                entries += self._knowledge.save_draft(tx, scope, one.content, expected=one.expected).entries
            except Conflict:  # whoever wrote meanwhile knows more than the file
                overtaken += 1
                repository.settle(tx, scope, import_id, one.number, "overtaken")
            else:
                kept += 1
                repository.settle(tx, scope, import_id, one.number, "kept")
        done = was.done + len(some)
        state = "done" if done >= was.total else "taking"
        if not repository.change(tx, scope, was, state=state, done=done, kept=kept, overtaken=overtaken):
            raise Conflict("another process takes this import")
        return Outcome(self.staged(tx, scope, import_id) if state == "taking" else None, tuple(entries))

    def stop(self, tx: Tx, scope: Scope, import_id: str) -> Outcome[StagedImport]:
        """Stop taking: what became a draft stays one, the rest can be taken later. Raises `NotFound`."""
        was = self.staged(tx, scope, import_id)
        if was.state == "taking":
            repository.change(tx, scope, was, state="stopped")
        return Outcome(self.staged(tx, scope, import_id))

    def give_up(self, tx: Tx, scope: Scope, import_id: str) -> Outcome[StagedImport]:
        """Remove what was read and not taken, and return how it stood; drafts that came of it stay.

        Raises `NotFound`, `Conflict` while it is being taken.
        """
        was = self.staged(tx, scope, import_id)
        if was.state == "taking":
            raise Conflict("it is being taken", why="taking")
        repository.remove(tx, scope, import_id)
        return Outcome(was)

    def forget(self, tx: Tx, scope: Scope) -> Outcome[int]:
        """Remove imports that nobody has touched for a day."""
        old = repository.older_than(tx, scope, tx.now - KEPT)
        return Outcome(sum(repository.remove(tx, scope, one) for one in old))


def taking_job(tx: Tx, scope: Scope, of: StagedImport) -> Job:
    """Return the job that takes on from here, in the name of whoever asked for it."""
    payload = {"import_id": of.id, "actor_kind": scope.actor.kind, "actor_id": scope.actor.id}
    return Job(kind=TAKE, key=f"{of.id}/{tx.now.isoformat()}", payload=payload)


def _audit(action: str, import_id: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="import", object_id=import_id)
