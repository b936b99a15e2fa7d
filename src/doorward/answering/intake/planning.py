"""What an import would do, before it does it: new, changed, unchanged or refused; then all that changes, as drafts."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from doorward.answering.intake.reading import Read, Refused
from doorward.answering.service import KnowledgeService, article_id_of
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

Standing = Literal["new", "changed", "unchanged"]


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """One article that was brought: how it stands against the latest edition here, whose number is `expected`."""

    place: str
    slug: str
    language: str
    title: str
    sections: int
    standing: Standing
    expected: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import does, in the order of what was brought."""

    articles: tuple[Planned, ...]
    refused: tuple[Refused, ...]

    def count(self, standing: Standing) -> int:
        """Return how many articles stand so."""
        return sum(one.standing == standing for one in self.articles)


class Intake:
    """The verbs. They never commit, and publish nothing: what was brought waits as drafts for somebody who reads it."""

    def __init__(self, knowledge: KnowledgeService) -> None:
        """Bring articles into `knowledge`."""
        self._knowledge = knowledge

    def plan(self, tx: Tx, scope: Scope, read: Sequence[Read], refused: Sequence[Refused]) -> Plan:
        """Return what taking these articles would do."""
        latest = {one.latest.article_id: one.latest for one in self._knowledge.standings(tx, scope)}
        planned = []
        for one in read:
            here = latest.get(article_id_of(scope, one.seed))
            same = here is not None and here.seed() == one.seed
            planned.append(
                Planned(
                    place=one.place,
                    slug=one.seed.slug,
                    language=one.seed.language,
                    title=one.seed.title,
                    sections=len(one.seed.sections),
                    standing="new" if here is None else "unchanged" if same else "changed",
                    expected=0 if here is None else here.number,
                )
            )
        return Plan(articles=tuple(planned), refused=tuple(refused))

    def take(self, tx: Tx, scope: Scope, read: Sequence[Read], *, planned: Plan | None = None) -> Outcome[Plan]:
        """Keep what is new or changed as drafts, and return what was done; doing it twice does it once.

        With the plan that somebody looked at, raises `Conflict` where an article was changed since.
        """
        now = self.plan(tx, scope, read, ())
        seen = {(one.slug, one.language): one.expected for one in (planned or now).articles}
        entries: list[Entry | AuditEvent] = []
        jobs: list[Job] = []
        for one, standing in zip(read, now.articles, strict=True):
            if standing.standing != "unchanged":
                expected = seen.get((one.seed.slug, one.seed.language), standing.expected)
                saved = self._knowledge.save_draft(tx, scope, one.seed, expected=expected)
                entries += saved.entries
                jobs += saved.jobs
        return Outcome(now, tuple(entries), tuple(jobs))
