"""Publishing by a job: kept at once, read section by section outside any transaction, ended with a word in any case."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count

import msgspec
import pytest

from doorward.answering import ArticleRepository, KnowledgeService, Publication, Publisher, Publishing
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import FixedClock
from doorward.kit.jobs import JobWorker
from doorward.kit.tx import Transactions
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.errors import Conflict, Unavailable
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.reading import Reading
from tests.support.knowledge import RETURNS
from tests.support.transactions import OTHER_SCOPE, staff_scope
from tests.unit.answering.test_service import CountingReader

MIRA, JONAS = staff_scope("mira"), staff_scope("jonas")
LATER = msgspec.structs.replace(RETURNS, summary="Returns, told anew.")


class TellingReader(CountingReader):
    """Reads as the counting one, and does something before each section."""

    before: Callable[[], None] = staticmethod(lambda: None)

    def read_own(self, texts: Sequence[str], *, language: str) -> tuple[Reading, ...]:
        """Do it, then read."""
        self.before()
        return super().read_own(texts, language=language)


class Office:
    """Publishing with a worker that runs when told to."""

    def __init__(self, transactions: Transactions, clock: FixedClock) -> None:
        """Wire it as the house does; every look at the time is a second later, so that each section is noted."""
        self.reader = TellingReader()
        self.transactions = transactions
        self.clock = clock
        repository = ArticleRepository()
        self.service = KnowledgeService(repository, self.reader)
        self.publishing = Publishing(repository, self.service)
        seconds = count()
        publisher = Publisher(
            transactions,
            knowledge=self.service,
            publishing=self.publishing,
            bus=ProcessBus(),
            seconds=lambda: float(next(seconds)),
        )
        self.worker = JobWorker(transactions)
        self.worker.register(publisher.kind, publisher)

    def begin(self, seed: ArticleSeed = RETURNS, *, expected: int = 0, scope: object = MIRA) -> Publication:
        """Begin a publication as the edge does."""
        return self.transactions.write(
            scope,
            lambda tx: self.publishing.begin(tx, scope, seed, expected=expected),  # type: ignore[arg-type]  # a Scope
        )

    def now(self, article_id: ArticleId) -> Publication:
        """Return how the publication stands."""
        found = self.transactions.read(lambda tx: self.publishing.publication(tx, MIRA, article_id))
        assert found is not None
        return found

    def published(self, article_id: ArticleId) -> str | None:
        """Return the summary of what answers customers."""
        found = self.transactions.read(lambda tx: self.service.find(tx, MIRA, article_id))
        return found.summary if found is not None and found.state == "published" else None

    def latest(self, article_id: ArticleId) -> tuple[int, str, str]:
        """Return number, kind and writer of the latest edition."""
        found = self.transactions.read(lambda tx: self.service.latest(tx, MIRA, article_id))
        assert found is not None
        return found.number, found.kind, found.actor_id


@pytest.fixture
def office(transactions: Transactions, clock: FixedClock) -> Office:
    """Where it is published."""
    return Office(transactions, clock)


def test_progress_counts_sections_that_are_read(office: Office) -> None:
    """What is begun answers nobody yet; each section that is read is told, and no transaction is open meanwhile."""
    begun = office.begin()
    assert (begun.state, begun.done, begun.total) == ("running", 0, 3)
    assert office.published(begun.article_id) is None
    heard: list[int] = []
    # A read and a write of its own: on SQLite both would hang if the model were called inside a write.
    office.reader.before = lambda: heard.append(office.now(begun.article_id).done)
    assert office.worker.run_jobs() == 1
    assert heard == [0, 1, 2]
    assert (office.now(begun.article_id).state, office.now(begun.article_id).done) == ("done", 3)
    assert office.published(begun.article_id) == RETURNS.summary
    assert office.latest(begun.article_id) == (2, "published", "mira")
    theirs = office.transactions.read(lambda tx: office.publishing.publication(tx, OTHER_SCOPE, begun.article_id))
    assert theirs is None


def test_who_publishes_the_same_again_gets_what_is_under_way(office: Office) -> None:
    """A second press, or a second publisher of the same edition, begins nothing new; the job is carried out once."""
    first = office.begin()
    assert office.begin(expected=0).id == office.begin(expected=1, scope=JONAS).id == first.id
    assert office.worker.run_jobs() == 1
    assert office.latest(first.article_id)[0] == 2
    again = office.begin(expected=2)
    office.worker.run_jobs()
    assert (office.now(first.article_id).id, office.now(first.article_id).state) == (again.id, "done")
    assert office.latest(first.article_id)[0] == 2, "nothing changed, so there is no edition more"


def test_the_slower_publisher_is_refused_at_once(office: Office) -> None:
    """Of two who began with the same edition one publishes, and the other hears it before anything is read."""
    office.begin()
    with pytest.raises(Conflict):
        office.begin(LATER, expected=0, scope=JONAS)


def test_a_newer_draft_is_not_published_over(office: Office) -> None:
    """Somebody saves while sections are read: nothing is published, nothing of theirs is lost, and it is said."""
    begun = office.begin()
    saving = iter([None])

    def save() -> None:
        for _ in saving:
            office.transactions.write(
                JONAS, lambda tx: office.service.save_draft(tx, JONAS, LATER, expected=begun.edition)
            )

    office.reader.before = save
    office.worker.run_jobs()
    assert office.now(begun.article_id).state == "overtaken"
    assert office.published(begun.article_id) is None
    assert office.latest(begun.article_id) == (2, "saved", "jonas")


@pytest.mark.parametrize(
    ("error", "reason"), [(Unavailable("the service rests"), "unavailable"), (ValueError("a broken plugin"), "error")]
)
def test_an_encoder_that_fails_changes_nothing(office: Office, error: Exception, reason: str) -> None:
    """What answers customers stays, the new text waits as a draft, and the failure is told, not tried for ever."""
    office.begin()
    office.worker.run_jobs()
    begun = office.begin(LATER, expected=2)

    def fail() -> None:
        raise error

    office.reader.before = fail
    assert office.worker.run_jobs() == 1
    ended = office.now(begun.article_id)
    assert (ended.state, ended.reason) == ("failed", reason)
    assert office.published(begun.article_id) == RETURNS.summary
    assert office.latest(begun.article_id) == (3, "saved", "mira")
    office.clock.advance(timedelta(hours=2))
    assert office.worker.run_jobs() == 0
    office.reader.before = lambda: None
    office.begin(LATER, expected=3)
    office.worker.run_jobs()
    assert office.published(begun.article_id) == LATER.summary


def test_a_newer_publication_takes_the_place_of_an_older_one(office: Office) -> None:
    """Publishing a newer edition ends the older publication: it neither publishes nor counts any more."""
    first = office.begin()
    taking = iter([None])

    def take() -> None:
        for _ in taking:
            office.begin(LATER, expected=first.edition)

    office.reader.before = take
    assert office.worker.run_jobs() == 2
    assert office.published(first.article_id) == LATER.summary
    assert office.latest(first.article_id) == (3, "published", "mira")


def test_a_publication_that_nobody_works_at_is_said_to_have_failed(office: Office) -> None:
    """After minutes without a sign it counts as failed, a job that comes late publishes nothing, anew it works."""
    begun = office.begin()
    office.clock.advance(timedelta(minutes=6))
    assert (office.now(begun.article_id).state, office.now(begun.article_id).reason) == ("failed", "stalled")
    office.worker.run_jobs()
    assert office.published(begun.article_id) is None
    assert office.begin(expected=1).id != begun.id
    office.worker.run_jobs()
    assert office.published(begun.article_id) == RETURNS.summary


def test_the_job_acts_for_whoever_began(office: Office) -> None:
    """The history names the member of staff who pressed the button, not the product."""
    begun = office.begin(scope=JONAS)
    office.worker.run_jobs()
    assert office.latest(begun.article_id) == (2, "published", "jonas")
