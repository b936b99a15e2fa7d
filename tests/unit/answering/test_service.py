"""Publishing: prepared outside a transaction, written once, changed only when something changed, per tenant."""

from collections.abc import Sequence

import msgspec
import pytest

from doorward.answering import ArticleRepository, Composer, Knowledge, KnowledgeIndex, KnowledgeService, repository
from doorward.answering.knowledge import FRESH_SECONDS
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions
from doorward.vocabulary.company import ArticleSection, ArticleSeed
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import Scope
from tests.support.knowledge import OPENING, OPENING_DE, RETURNS
from tests.support.transactions import OTHER_SCOPE, SCOPE, TENANT
from tests.support.words import read, translator


class CountingReader:
    """Reads texts as one word each, and counts them."""

    def __init__(self, encoder_id: str = "counting/1") -> None:
        """Start with nothing read."""
        self.encoder_id = encoder_id
        self.texts: list[str] = []

    def read_own(self, texts: Sequence[str], *, language: str) -> tuple[Reading, ...]:
        """Return readings whose only stem is the text's length."""
        self.texts += texts
        return tuple(
            Reading(
                language=language,
                language_score=1,
                words=("word",),
                stems=(str(len(text)),),
                embedding=b"\0\0\x80?" * 4,
            )
            for text in texts
        )


@pytest.fixture
def counting() -> CountingReader:
    """A reader that counts."""
    return CountingReader()


@pytest.fixture
def service(counting: CountingReader) -> KnowledgeService:
    """The service under test."""
    return KnowledgeService(ArticleRepository(), counting)


def publish(
    transactions: Transactions, service: KnowledgeService, seed: ArticleSeed, *, scope: Scope = SCOPE
) -> Outcome[ArticleId]:
    """Publish as the edge does: look up what is known, prepare, write."""
    known = transactions.read(lambda tx: service.known(tx, scope, seed))
    prepared = service.prepare(seed, known=known)
    outcomes: list[Outcome[ArticleId]] = []

    def work(tx: object) -> Outcome[ArticleId]:
        outcomes.append(service.publish(tx, scope, prepared))  # type: ignore[arg-type]  # a Tx
        return outcomes[-1]

    transactions.write(scope, work)
    return outcomes[-1]


def changed(seed: ArticleSeed, **fields: object) -> ArticleSeed:
    """Return an article with other content."""
    return msgspec.structs.replace(seed, **fields)


def test_a_new_article_has_revision_1_and_is_audited(transactions: Transactions, service: KnowledgeService) -> None:
    """What comes out is what went in; the audit names the object and fields, never the content."""
    outcome = publish(transactions, service, RETURNS)
    stored = transactions.read(lambda tx: service.article(tx, SCOPE, outcome.value))
    assert (stored.revision, stored.state, stored.seed()) == (1, "published", RETURNS)
    assert outcome.entries == (
        AuditEvent(
            action="article.published",
            object_kind="article",
            object_id=outcome.value,
            fields=("title", "summary", "keywords", "sections"),
        ),
    )


def test_publishing_twice_is_publishing_once(
    transactions: Transactions, service: KnowledgeService, counting: CountingReader
) -> None:
    """Unchanged content keeps revision and knowledge, writes nothing, is not audited, and no text is read again."""
    first = publish(transactions, service, RETURNS)
    before = transactions.read(lambda tx: service.revision(tx, SCOPE))
    counting.texts.clear()
    second = publish(transactions, service, RETURNS)
    assert (second.value, second.entries, counting.texts) == (first.value, (), [])
    assert transactions.read(lambda tx: service.revision(tx, SCOPE)) == before


def test_changed_content_is_a_new_revision(
    transactions: Transactions, service: KnowledgeService, counting: CountingReader, clock: FixedClock
) -> None:
    """The revision rises by one, the audit names the changed field, and only changed texts are read."""
    article_id = publish(transactions, service, OPENING).value
    counting.texts.clear()
    section = ArticleSection(heading="Opening hours", body="We never close.", questions=OPENING.sections[0].questions)
    outcome = publish(transactions, service, changed(OPENING, sections=(section,)))
    stored = transactions.read(lambda tx: service.article(tx, SCOPE, article_id))
    assert (outcome.value, stored.revision, stored.sections) == (article_id, 2, (section,))
    assert [event.fields for event in outcome.entries if isinstance(event, AuditEvent)] == [("sections",)]
    assert counting.texts == [f"{OPENING.summary}\n\nWe never close."]


def test_another_encoder_reads_everything_again(transactions: Transactions, service: KnowledgeService) -> None:
    """Vectors of two encoders never mix; the content's revision stays, the knowledge's rises."""
    article_id = publish(transactions, service, OPENING).value
    before = transactions.read(lambda tx: service.revision(tx, SCOPE))
    other = CountingReader("counting/2")
    renewed = KnowledgeService(ArticleRepository(), other)
    assert transactions.read(lambda tx: renewed.known(tx, SCOPE, OPENING)) == {}
    publish(transactions, renewed, OPENING)
    assert len(other.texts) == len(set(other.texts)) == 6
    assert transactions.read(lambda tx: renewed.article(tx, SCOPE, article_id)).revision == 1
    assert transactions.read(lambda tx: renewed.revision(tx, SCOPE)) == before + 1


def test_passages_of_many_articles_are_read_some_at_a_time(
    transactions: Transactions, service: KnowledgeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few at once, each article comes once with all its passages in order, of this tenant and no other."""
    monkeypatch.setattr(repository, "_READ_AT_ONCE", 2)
    ids = [publish(transactions, service, seed).value for seed in (RETURNS, OPENING, OPENING_DE)]
    foreign = publish(transactions, service, OPENING, scope=OTHER_SCOPE).value
    stored = ArticleRepository()
    whole = transactions.read(lambda tx: stored.passages(tx, SCOPE, encoder_id="counting/1"))
    found = transactions.read(
        lambda tx: [*stored.each_passages(tx, SCOPE, encoder_id="counting/1", ids=[*ids, foreign])]
    )
    assert [id_ for id_, _ in found] == sorted(ids[:2]) + ids[2:]
    assert dict(found) == whole
    other = transactions.read(lambda tx: dict(stored.each_passages(tx, SCOPE, encoder_id="counting/2", ids=ids)))
    assert {one.embedding for some in other.values() for one in some} == {b""}


def test_a_withdrawn_article_answers_no_more(transactions: Transactions, service: KnowledgeService) -> None:
    """It is kept as a draft, leaves the index, and comes back with the same content when published again."""
    article_id = publish(transactions, service, OPENING).value
    transactions.write(SCOPE, lambda tx: service.withdraw(tx, SCOPE, article_id))
    drafts = transactions.read(lambda tx: service.articles(tx, SCOPE, state="draft"))
    index = transactions.read(lambda tx: service.newer(tx, SCOPE, None))
    assert [article.id for article in drafts] == [article_id]
    assert index is not None
    assert len(index) == 0
    again = transactions.write(SCOPE, lambda tx: service.withdraw(tx, SCOPE, article_id))
    assert again is None
    publish(transactions, service, OPENING)
    stored = transactions.read(lambda tx: service.article(tx, SCOPE, article_id))
    assert (stored.state, stored.revision) == ("published", 1)


def test_tenants_do_not_see_each_other(transactions: Transactions, service: KnowledgeService) -> None:
    """The same article of two tenants is two articles; neither is found, listed, withdrawn or indexed by the other."""
    mine = publish(transactions, service, OPENING).value
    theirs = publish(transactions, service, changed(OPENING, title="Closed"), scope=OTHER_SCOPE).value
    assert mine != theirs
    with pytest.raises(NotFound):
        transactions.read(lambda tx: service.article(tx, OTHER_SCOPE, mine))
    with pytest.raises(NotFound):
        transactions.write(OTHER_SCOPE, lambda tx: service.withdraw(tx, OTHER_SCOPE, mine))
    assert [one.id for one in transactions.read(lambda tx: service.articles(tx, SCOPE))] == [mine]
    index = transactions.read(lambda tx: service.newer(tx, OTHER_SCOPE, None))
    assert index is not None
    assert len(index) == 1


def test_articles_are_listed_by_slug_and_language(transactions: Transactions, service: KnowledgeService) -> None:
    """All, or those of one language."""
    for seed in (RETURNS, OPENING, OPENING_DE):
        publish(transactions, service, seed)
    listed = transactions.read(lambda tx: service.articles(tx, SCOPE))
    assert [(one.slug, one.language) for one in listed] == [
        ("opening-hours", "de"),
        ("opening-hours", "en"),
        ("returns", "en"),
    ]
    german = transactions.read(lambda tx: service.articles(tx, SCOPE, language="de"))
    assert [one.slug for one in german] == ["opening-hours"]


@pytest.mark.parametrize(
    "fields",
    [
        {"slug": "Not a slug"},
        {"slug": "x" * 101},
        {"slug": ""},
        {"title": "  "},
        {"sections": ()},
        {"sections": (ArticleSection(heading="", body="text"),)},
        {"sections": (ArticleSection(heading="Heading", body=" "),)},
    ],
)
def test_what_cannot_be_published_is_refused(service: KnowledgeService, fields: dict[str, object]) -> None:
    """Before anything is read or written."""
    with pytest.raises(Malformed):
        service.prepare(changed(OPENING, **fields))


def test_the_index_is_renewed_when_something_was_published(
    transactions: Transactions, service: KnowledgeService
) -> None:
    """A search soon after a publication by another process sees it; without news the index stays the same."""
    loads: list[int | None] = []
    seconds = 100.0

    def load(scope: Scope, held: int | None) -> KnowledgeIndex | None:
        loads.append(held)
        return transactions.read(lambda tx: service.newer(tx, scope, held))

    knowledge = Knowledge(load, Composer(translator()), seconds=lambda: seconds)
    publish(transactions, service, OPENING)
    first = knowledge.index(SCOPE)
    assert len(first) == 1
    seconds += FRESH_SECONDS
    assert knowledge.index(SCOPE) is first
    publish(transactions, service, RETURNS)
    assert knowledge.index(SCOPE) is first, "nobody asked again yet"
    seconds += FRESH_SECONDS
    assert len(knowledge.index(SCOPE)) == 4
    assert len(knowledge.index(OTHER_SCOPE)) == 0
    assert knowledge.search(OTHER_SCOPE, read("When are you open?")) == ()
    assert loads[:3] == [None, first.revision, first.revision]


def test_what_this_process_publishes_or_withdraws_is_known_at_once(
    transactions: Transactions, counting: CountingReader
) -> None:
    """No search after the commit sees the knowledge as it was before."""
    service = KnowledgeService(ArticleRepository(), counting, changed=lambda _tenant_id: knowledge.changed(TENANT))
    knowledge = Knowledge(
        lambda scope, held: transactions.read(lambda tx: service.newer(tx, scope, held)),
        Composer(translator()),
        seconds=lambda: 100.0,
    )
    assert len(knowledge.index(SCOPE)) == 0
    publish(transactions, service, OPENING)
    assert len(knowledge.index(SCOPE)) == 1
    transactions.write(SCOPE, lambda tx: service.withdraw(tx, SCOPE, service.articles(tx, SCOPE)[0].id))
    assert len(knowledge.index(SCOPE)) == 0
