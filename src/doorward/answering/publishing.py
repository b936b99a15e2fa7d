"""The verbs of publishing in two steps: what is to be published is kept at once, and read and published by a job."""

from typing import Final

import msgspec

from doorward.answering.editions import Edition
from doorward.answering.publications import Publication, PublicationState
from doorward.answering.repository import ArticleRepository
from doorward.answering.service import KnowledgeService, check_publishable
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.ids import ArticleId, TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

PUBLISH: Final = "answering.publish"
"""The kind of job that carries a publication out (`answering.jobs`)."""


def publication_topic(tenant_id: TenantId, article_id: ArticleId) -> str:
    """Return the bus topic that says that an article's publication got on."""
    return f"publication/{tenant_id}/{article_id}"


class Publishing:
    """Begins publications, and keeps how far they are. The verbs never commit, and no model is called here."""

    def __init__(self, repository: ArticleRepository, knowledge: KnowledgeService) -> None:
        """Keep what is to be published by `knowledge`."""
        self._repository = repository
        self._knowledge = knowledge

    def begin(self, tx: Tx, scope: Scope, seed: ArticleSeed, *, expected: int) -> Outcome[Publication]:
        """Keep content as a draft and have it published soon; `expected` as in `KnowledgeService.save_draft`.

        Whoever begins what is under way already gets that. Raises `Malformed` for what cannot be published, `Conflict`
        when somebody was faster, `ReviewRequired` where four eyes are wanted: nothing is kept then.
        """
        check_publishable(seed)
        saved = self._knowledge.save_draft(tx, scope, seed, expected=expected)
        self._knowledge.require_review(tx, scope, seed, latest=saved.value)
        edition = saved.value
        running = self.publication(tx, scope, edition.article_id)
        if running is not None and running.is_running and running.edition == edition.number:
            return Outcome(running, saved.entries)
        begun = Publication(
            id=new_id(),
            article_id=edition.article_id,
            edition=edition.number,
            state="running",
            done=0,
            total=len(seed.sections),
            begun_at=tx.now,
            noted_at=tx.now,
        )
        self._repository.put_publication(tx, scope, begun)
        job = Job(
            kind=PUBLISH,
            key=begun.id,
            payload={
                "article_id": begun.article_id,
                "publication_id": begun.id,
                "actor_kind": scope.actor.kind,
                "actor_id": scope.actor.id,
            },
        )
        return Outcome(begun, saved.entries, (job,))

    def publication(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Publication | None:
        """Return how far the latest publication of an article is, None when nobody ever began one."""
        found = self._repository.publication(tx, scope, article_id)
        return None if found is None else found.as_of(tx.now)

    def edition_of(self, tx: Tx, scope: Scope, publication: Publication) -> Edition | None:
        """Return what is to be published."""
        article_id, number = publication.article_id, publication.edition
        found = self._repository.editions(tx, scope, article_id, upto=number, limit=1)
        return found[0] if found and found[0].number == number else None

    def note(self, tx: Tx, scope: Scope, publication: Publication, *, done: int) -> Outcome[bool]:
        """Keep how many sections are read; return False when the publication is over or another has taken its place."""
        now = msgspec.structs.replace(publication, done=done)
        return Outcome(self._repository.note_publication(tx, scope, now))

    def end(
        self, tx: Tx, scope: Scope, publication: Publication, *, state: PublicationState, reason: str | None = None
    ) -> Outcome[bool]:
        """Keep how a publication ended; return False when it was over already or another has taken its place."""
        done = publication.total if state == "done" else publication.done
        now = msgspec.structs.replace(publication, state=state, reason=reason, done=done)
        return Outcome(self._repository.note_publication(tx, scope, now))
