"""Editions: drafts that answer nobody, conflicts that lose nothing, a history that tells everything."""

import msgspec
import pytest

from doorward.answering import ArticleRepository, Edition, KnowledgeService, changes
from doorward.kit.tx import Transactions
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.errors import Conflict, Malformed
from tests.support.knowledge import OPENING, RETURNS
from tests.support.transactions import OTHER_SCOPE, SCOPE, staff_scope
from tests.unit.answering.test_service import CountingReader

MIRA = staff_scope("mira")
LATER = msgspec.structs.replace(RETURNS, summary="Returns, told anew.")


@pytest.fixture
def service() -> KnowledgeService:
    """The service under test."""
    return KnowledgeService(ArticleRepository(), CountingReader())


def save(transactions: Transactions, service: KnowledgeService, seed: ArticleSeed, *, expected: int) -> Edition:
    """Save a draft as Mira."""
    return transactions.write(MIRA, lambda tx: service.save_draft(tx, MIRA, seed, expected=expected))


def test_a_draft_is_in_no_index_and_in_no_list_of_articles(
    transactions: Transactions, service: KnowledgeService
) -> None:
    """What was only saved is found by nobody but its writers, and by no other company."""
    made = save(transactions, service, RETURNS, expected=0)
    index = transactions.read(lambda tx: service.newer(tx, SCOPE, None))
    assert index is None or len(index) == 0
    assert transactions.read(lambda tx: service.articles(tx, SCOPE)) == ()
    (standing,) = transactions.read(lambda tx: service.standings(tx, SCOPE))
    assert (standing.stage, standing.latest.actor_id) == ("draft", "mira")
    assert transactions.read(lambda tx: service.latest(tx, OTHER_SCOPE, made.article_id)) is None


def test_the_later_save_is_refused_and_writes_nothing(transactions: Transactions, service: KnowledgeService) -> None:
    """Whoever began with an older edition hears it; saving the same again is no edition of its own."""
    made = save(transactions, service, RETURNS, expected=0)
    assert save(transactions, service, RETURNS, expected=1).number == 1
    save(transactions, service, LATER, expected=1)
    with pytest.raises(Conflict):
        save(transactions, service, OPENING_TEXT, expected=1)
    prepared = service.prepare(RETURNS)
    with pytest.raises(Conflict):
        transactions.write(MIRA, lambda tx: service.publish(tx, MIRA, prepared, expected=1))
    latest = transactions.read(lambda tx: service.latest(tx, MIRA, made.article_id))
    assert latest is not None
    assert (latest.number, latest.summary) == (2, LATER.summary)


OPENING_TEXT = msgspec.structs.replace(RETURNS, sections=OPENING.sections)


def test_publishing_and_withdrawing_are_editions(transactions: Transactions, service: KnowledgeService) -> None:
    """The history names everything that was done, the newest first; a draft over a published article is `changed`."""
    prepared = service.prepare(RETURNS)
    article_id = transactions.write(MIRA, lambda tx: service.publish(tx, MIRA, prepared))
    save(transactions, service, LATER, expected=1)
    (standing,) = transactions.read(lambda tx: service.standings(tx, MIRA, slug=RETURNS.slug))
    assert standing.stage == "changed"
    assert transactions.read(lambda tx: service.article(tx, MIRA, article_id)).summary == RETURNS.summary
    transactions.write(MIRA, lambda tx: service.withdraw(tx, MIRA, article_id))
    history = transactions.read(lambda tx: service.history(tx, MIRA, article_id))
    assert [(one.number, one.kind) for one in history] == [(3, "withdrawn"), (2, "saved"), (1, "published")]
    assert history[0].summary == LATER.summary


def test_a_draft_needs_a_name_and_a_title(transactions: Transactions, service: KnowledgeService) -> None:
    """What could never be published is not kept either."""
    for wrong in ({"slug": "../x"}, {"slug": ""}, {"title": "  "}):
        seed = msgspec.structs.replace(RETURNS, **wrong)
        with pytest.raises(Malformed):
            save(transactions, service, seed, expected=0)


def test_changes_are_told_line_by_line() -> None:
    """A comparison holds what is gone and what is new, and nothing of what stayed far away."""
    lines = changes(RETURNS, LATER)
    assert [line.text for line in lines if line.mark == "new"] == [LATER.summary]
    assert [line.text for line in lines if line.mark == "gone"] == [RETURNS.summary]
    assert changes(RETURNS, RETURNS) == ()
    assert all(line.mark == "new" for line in changes(None, RETURNS))
