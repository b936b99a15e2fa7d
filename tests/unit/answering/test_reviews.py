"""Four eyes: what somebody wrote is published by somebody who did not, where the company wants it."""

from datetime import date

import pytest

from doorward.answering import ArticleRepository, Edition, KnowledgeService, Publishing, StewardRepository, Stewards
from doorward.kit.tx import Transactions
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, ReviewRequired
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.scope import Scope
from tests.support.knowledge import OPENING, RETURNS
from tests.support.transactions import OTHER_SCOPE, SCOPE, staff_scope
from tests.unit.answering.test_editions import LATER
from tests.unit.answering.test_service import CountingReader

MIRA, JONAS, NADIA = staff_scope("mira"), staff_scope("jonas"), staff_scope("nadia")


class Room:
    """Knowledge of a tenant that wants four eyes, or not."""

    def __init__(self, transactions: Transactions) -> None:
        """Want them."""
        self.four_eyes = True
        self.transactions = transactions
        repository = ArticleRepository()
        self.service = KnowledgeService(repository, CountingReader(), needs_review=lambda _tx, _scope: self.four_eyes)
        self.publishing = Publishing(repository, self.service)

    def save(self, scope: Scope, seed: ArticleSeed, *, expected: int) -> Edition:
        """Save a draft."""
        return self.transactions.write(scope, lambda tx: self.service.save_draft(tx, scope, seed, expected=expected))

    def submit(self, scope: Scope, of: Edition) -> Edition:
        """Hand an edition in."""
        return self.transactions.write(
            scope, lambda tx: self.service.submit(tx, scope, of.article_id, expected=of.number)
        )

    def publish(self, scope: Scope, seed: ArticleSeed) -> ArticleId:
        """Publish at once, as programs may."""
        prepared = self.service.prepare(seed)
        return self.transactions.write(scope, lambda tx: self.service.publish(tx, scope, prepared))


@pytest.fixture
def room(transactions: Transactions) -> Room:
    """The room under test."""
    return Room(transactions)


def test_a_writer_never_publishes_their_own(room: Room) -> None:
    """Neither unsubmitted nor submitted, neither who saved it first nor who handed it in; a third one may."""
    saved = room.save(MIRA, RETURNS, expected=0)
    with pytest.raises(ReviewRequired) as refused:
        room.publish(NADIA, RETURNS)
    assert refused.value.facts["why"] == "unsubmitted"
    submitted = room.submit(JONAS, saved)
    for scope in (MIRA, JONAS):
        with pytest.raises(ReviewRequired) as refused:
            room.publish(scope, RETURNS)
        assert refused.value.facts["why"] == "own"
    with pytest.raises(ReviewRequired):
        room.publish(NADIA, LATER)  # other words than were handed in
    article_id = room.publish(NADIA, RETURNS)
    found = room.transactions.read(lambda tx: room.service.article(tx, SCOPE, article_id))
    assert (found.state, submitted.kind) == ("published", "submitted")
    assert room.publish(MIRA, RETURNS) == article_id  # nothing would change: nothing is refused


def test_a_refused_publication_keeps_nothing(room: Room) -> None:
    """Whoever presses publish over words of their own leaves no edition behind."""
    with pytest.raises(ReviewRequired):
        room.transactions.write(MIRA, lambda tx: room.publishing.begin(tx, MIRA, RETURNS, expected=0))
    assert room.transactions.read(lambda tx: room.service.standings(tx, SCOPE)) == ()


def test_whoever_wrote_before_the_last_publication_may_review_what_came_after(room: Room) -> None:
    """A hand in what is published already is no hand in the draft; the product itself needs no review."""
    room.publish(SCOPE, RETURNS)
    later = room.submit(JONAS, room.save(JONAS, LATER, expected=1))
    assert later.number == 3
    begun = room.transactions.write(MIRA, lambda tx: room.publishing.begin(tx, MIRA, LATER, expected=3))
    assert begun.is_running


def test_without_the_setting_everything_is_as_it_was(room: Room) -> None:
    """One press publishes, and a review is possible all the same."""
    room.four_eyes = False
    submitted = room.submit(MIRA, room.save(MIRA, RETURNS, expected=0))
    (standing,) = room.transactions.read(lambda tx: room.service.standings(tx, SCOPE))
    assert (standing.in_review, standing.stage) == (True, "draft")
    assert room.submit(MIRA, submitted).number == 2  # twice is once
    room.publish(MIRA, RETURNS)
    (standing,) = room.transactions.read(lambda tx: room.service.standings(tx, SCOPE))
    assert (standing.in_review, standing.stage) == (False, "published")


def test_what_is_returned_says_why_and_can_be_handed_in_again(room: Room) -> None:
    """The note stands in the history; what does not wait cannot go back, what could not be published is not taken."""
    submitted = room.submit(MIRA, room.save(MIRA, RETURNS, expected=0))
    returned = room.transactions.write(
        JONAS,
        lambda tx: room.service.send_back(tx, JONAS, submitted.article_id, expected=2, note=" Thirty days, not ten. "),
    )
    assert (returned.kind, returned.note, returned.seed()) == ("returned", "Thirty days, not ten.", RETURNS)
    with pytest.raises(Conflict):
        room.transactions.write(
            JONAS, lambda tx: room.service.send_back(tx, JONAS, submitted.article_id, expected=3, note="")
        )
    again = room.save(MIRA, LATER, expected=3)
    assert room.submit(MIRA, again).number == 5
    with pytest.raises(Conflict):
        room.submit(MIRA, again)
    empty = ArticleSeed(slug="empty", language="en", title="Empty", summary="", keywords=(), sections=())
    with pytest.raises(Malformed):
        room.submit(MIRA, room.save(MIRA, empty, expected=0))


def test_somebody_answers_for_an_article_until_a_day(transactions: Transactions, room: Room) -> None:
    """In all languages at once; an article that nobody wrote has no owner, and no other company sees one."""
    stewards = Stewards(StewardRepository())
    room.save(MIRA, OPENING, expected=0)
    day = date(2026, 4, 1)

    def entrust(slug: str, owner: str | None, until: date | None) -> None:
        transactions.write(MIRA, lambda tx: stewards.entrust(tx, MIRA, slug, owner_id=owner, review_by=until))

    entrust(OPENING.slug, "jonas", day)
    entrust(OPENING.slug, "nadia", day)
    found = transactions.read(lambda tx: stewards.all(tx, SCOPE))[OPENING.slug]
    assert (found.owner_id, found.review_by) == ("nadia", day)
    assert [found.is_overdue(one) for one in (day, date(2026, 4, 2))] == [False, True]
    assert transactions.read(lambda tx: stewards.all(tx, OTHER_SCOPE)) == {}
    with pytest.raises(NotFound):
        entrust("unheard-of", "jonas", None)
