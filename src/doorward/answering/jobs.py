"""Answering's jobs: reading what is to be published, section by section, and publishing it."""

from collections.abc import Callable
from time import monotonic
from typing import cast

from doorward.answering.articles import Known, PreparedArticle
from doorward.answering.publications import Publication, PublicationState
from doorward.answering.publishing import PUBLISH, Publishing, publication_topic
from doorward.answering.service import KnowledgeService
from doorward.kit.bus import Bus
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tx import Closed, CommitFailed, Transactions, Tx, Unreachable
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.errors import Conflict, DoorwardError
from doorward.vocabulary.ids import ArticleId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, ActorKind, Scope

log = get_logger("answering")

NOTE_SECONDS = 0.2
"""How often progress is written down at most: often enough for people, seldom enough for the one writer."""


class _Over(Exception):
    """The publication is no longer wanted: another has taken its place."""


class Publisher:
    """Handles `answering.publish` jobs. May run twice: a publication that is over is not carried out again.

    No model is called inside a transaction, and whatever a model does, the publication ends with a word about it.
    """

    kind = PUBLISH

    def __init__(
        self,
        transactions: Transactions,
        *,
        knowledge: KnowledgeService,
        publishing: Publishing,
        bus: Bus,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Tell by `bus` that a publication got on; `seconds` is a clock for tests."""
        self._transactions = transactions
        self._knowledge = knowledge
        self._publishing = publishing
        self._bus = bus
        self._seconds = seconds

    def __call__(self, job: ClaimedJob) -> None:
        """Carry the publication out that the job names. Raises `CommitFailed` and `Unreachable`: it is tried again."""
        actor = Actor(kind=cast("ActorKind", job.payload["actor_kind"]), id=job.payload["actor_id"])
        scope = Scope(tenant_id=TenantId(job.tenant_id), actor=actor)
        article_id = ArticleId(job.payload["article_id"])
        wanted, seed, known = self._transactions.read(lambda tx: self._read(tx, scope, article_id))
        if wanted is None or seed is None or wanted.id != job.payload["publication_id"] or not wanted.is_running:
            return
        try:
            prepared = self._knowledge.prepare(seed, known=known, section_read=self._noting(scope, wanted))
            self._transactions.write(scope, lambda tx: self._publish(tx, scope, wanted, prepared))
        except _Over:
            return
        except Conflict:
            self._end(scope, wanted, state="overtaken")
        except DoorwardError as error:
            self._end(scope, wanted, state="failed", reason=error.code)
        except (Closed, CommitFailed, Unreachable):
            raise
        except Exception:  # an encoder is a plugin: whatever it does, whoever publishes must hear that it failed
            log.exception("answering.publish.failed", article_id=article_id)
            self._end(scope, wanted, state="failed", reason=DoorwardError.code)

    def _read(
        self, tx: Tx, scope: Scope, article_id: ArticleId
    ) -> tuple[Publication | None, ArticleSeed | None, Known]:
        wanted = self._publishing.publication(tx, scope, article_id)
        edition = None if wanted is None else self._publishing.edition_of(tx, scope, wanted)
        if edition is None:
            return wanted, None, {}
        return wanted, edition.seed(), self._knowledge.known(tx, scope, edition.seed())

    def _noting(self, scope: Scope, publication: Publication) -> Callable[[int], None]:
        noted = self._seconds()

        def note(done: int) -> None:
            nonlocal noted
            if self._seconds() - noted < NOTE_SECONDS:
                return
            noted = self._seconds()
            if not self._told(scope, publication, lambda tx: self._publishing.note(tx, scope, publication, done=done)):
                raise _Over

        return note

    def _publish(self, tx: Tx, scope: Scope, publication: Publication, prepared: PreparedArticle) -> Outcome[bool]:
        if not self._publishing.end(tx, scope, publication, state="done").value:
            raise _Over
        published = self._knowledge.publish(tx, scope, prepared, expected=publication.edition)
        self._bus.publish(tx, publication_topic(scope.tenant_id, publication.article_id))
        return Outcome(True, published.entries)

    def _end(
        self, scope: Scope, publication: Publication, *, state: PublicationState, reason: str | None = None
    ) -> None:
        self._told(
            scope,
            publication,
            lambda tx: self._publishing.end(tx, scope, publication, state=state, reason=reason),
        )

    def _told(self, scope: Scope, publication: Publication, work: Callable[[Tx], Outcome[bool]]) -> bool:
        def write(tx: Tx) -> Outcome[bool]:
            outcome = work(tx)
            self._bus.publish(tx, publication_topic(scope.tenant_id, publication.article_id))
            return outcome

        return self._transactions.write(scope, write)
