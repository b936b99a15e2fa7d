"""The verbs of knowledge: prepare, publish, withdraw. They never commit."""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec

from doorward.answering.articles import (
    Article,
    Content,
    Known,
    Passage,
    PassageText,
    PreparedArticle,
    State,
    passage_texts,
)
from doorward.answering.editions import Edition, EditionKind, Standing
from doorward.answering.index import KnowledgeIndex
from doorward.answering.ports import TextReader
from doorward.answering.records import ArticleRecord, Wanted, record_of
from doorward.answering.repository import ArticleRepository
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, ReviewRequired
from doorward.vocabulary.ids import ArticleId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 100
MEANWHILE: Final = "somebody saved this article meanwhile"
LONGEST_NOTE = 1000
"""Characters of what a reviewer says about an article that goes back."""
_CONTENT = ("title", "summary", "keywords", "sections")


class _Deed(NamedTuple):
    """What makes an edition: what was done, its number, and why it went back, if it did."""

    kind: EditionKind
    number: int
    note: str = ""


class KnowledgeService:
    """Keeps a tenant's articles.

    Publishing takes three steps, because a model must not run inside a transaction: `known` (in a transaction) tells
    what was read before, `prepare` (in none) reads the rest, `publish` (in a transaction) writes.
    """

    def __init__(
        self,
        repository: ArticleRepository,
        reader: TextReader,
        *,
        changed: Callable[[TenantId], None] = lambda _tenant_id: None,
        needs_review: Callable[[Tx, Scope], bool] = lambda _tx, _scope: False,
    ) -> None:
        """Take the repository and whatever reads texts; `changed` hears of every change once it is durable.

        `needs_review` tells whether the tenant's articles are published by four eyes (`require_review`).
        """
        self._needs_review = needs_review
        self._repository = repository
        self._reader = reader
        self._changed = changed

    def known(self, tx: Tx, scope: Scope, seed: ArticleSeed) -> Known:
        """Return the passages of the article that need not be read again."""
        article_id = article_id_of(scope, seed)
        stored = self._repository.passages(tx, scope, encoder_id=self._reader.encoder_id, article_id=article_id)
        return {one.text_hash: one for one in stored.get(article_id, ()) if one.embedding}

    def prepare(
        self, seed: ArticleSeed, *, known: Known | None = None, section_read: Callable[[int], None] | None = None
    ) -> PreparedArticle:
        """Return the article with its passages read; not to be called inside a transaction.

        With `section_read`, sections are read one after another, and it hears how many are done; whatever it raises
        ends the reading. Raises `Malformed` for an article that cannot be published, `Unavailable` or `Misconfigured`
        without encoder.
        """
        check_publishable(seed)
        read = dict(known or {})
        texts = [(text, text.hash(seed.language)) for text in passage_texts(seed)]
        fresh = 0
        for section in range(len(seed.sections)) if section_read else (None,):
            wanted = [(text, digest) for text, digest in texts if section is None or text.section == section]
            unread = {digest: text for text, digest in wanted if digest not in read}
            read |= self._read(list(unread.values()), language=seed.language)
            fresh += len(unread)
            if section_read and section is not None:
                section_read(section + 1)
        passages = tuple(
            msgspec.structs.replace(read[digest], section=text.section, place=text.place, kind=text.kind)
            for text, digest in texts
        )
        return PreparedArticle(seed=seed, passages=passages, encoder_id=self._reader.encoder_id, fresh=fresh)

    def _read(self, texts: Sequence[PassageText], *, language: str) -> Known:
        readings = self._reader.read_own([one.text for one in texts], language=language) if texts else ()
        passages = [
            Passage(
                section=text.section,
                place=text.place,
                kind=text.kind,
                text_hash=text.hash(language),
                words=reading.words,
                stems=reading.stems,
                embedding=reading.embedding,
            )
            for text, reading in zip(texts, readings, strict=True)
        ]
        return {one.text_hash: one for one in passages}

    def save_draft(self, tx: Tx, scope: Scope, seed: ArticleSeed, *, expected: int) -> Outcome[Edition]:
        """Keep content that does not answer customers yet, as the edition after number `expected` (0: a new article).

        Nothing is written where nothing would change: whoever saves the same words again, because the answer to the
        first time was lost, is answered as before (RFC 9110, 13.1.1). Raises `Malformed` (slug, title), `Conflict` when
        somebody was faster: `latest` then tells what they wrote.
        """
        _check_draft(seed)
        article_id = article_id_of(scope, seed)
        latest = self.latest(tx, scope, article_id)
        if latest is not None and latest.seed() == seed:
            return Outcome(latest)
        latest = self._expect(tx, scope, article_id, expected)
        changed = _changed_fields(latest, seed)
        made = self._add_edition(tx, scope, seed, _Deed("saved", expected + 1))
        return Outcome(made, entries=(_audit("article.saved", article_id, changed),))

    def publish(
        self, tx: Tx, scope: Scope, prepared: PreparedArticle, *, expected: int | None = None
    ) -> Outcome[ArticleId]:
        """Make an article answer customers: a new one, or new content for the one with this slug and language.

        Unchanged content keeps its revision, and where nothing at all changed nothing is written. With `expected`, the
        number of the edition that the publisher knows, raises `Conflict` when there is a newer one; raises what
        `require_review` does.
        """
        article_id = article_id_of(scope, prepared.seed)
        latest = self._expect(tx, scope, article_id, expected)
        stored = self._repository.article(tx, scope, article_id)
        changed = _changed_fields(stored, prepared.seed)
        stands = stored is not None and not changed and stored.state == "published"
        settled = latest is not None and latest.kind == "published"
        if stored is not None and stands and settled and not prepared.fresh:
            return Outcome(article_id)
        if not (stands and settled):
            self.require_review(tx, scope, prepared.seed, latest=latest)
        revision = 1 if stored is None else stored.revision + bool(changed)
        self._repository.save(tx, scope, article_id, prepared=prepared, revision=revision)
        if not (stands and settled):
            number = 1 if latest is None else latest.number + 1
            self._add_edition(tx, scope, prepared.seed, _Deed("published", number))
        tx.after_commit(lambda: self._changed(scope.tenant_id))
        return Outcome(article_id, entries=(_audit("article.published", article_id, changed),))

    def require_review(self, tx: Tx, scope: Scope, seed: ArticleSeed, *, latest: Edition | None) -> None:
        """Raise `ReviewRequired` where the tenant wants four eyes and these are not two other ones.

        Who publishes must have had no hand in it since it was published last, and somebody must have submitted exactly
        this. The product itself (a company's first articles) needs no review.
        """
        if scope.actor.kind == "system" or not self._needs_review(tx, scope):
            return
        if latest is None or latest.kind != "submitted" or latest.seed() != seed:
            raise ReviewRequired("this has not been submitted for review", why="unsubmitted")
        if scope.actor.id in self._repository.writers(tx, scope, latest.article_id):
            raise ReviewRequired("somebody who had no hand in it must publish this", why="own")

    def submit(self, tx: Tx, scope: Scope, article_id: ArticleId, *, expected: int) -> Outcome[Edition]:
        """Hand the latest edition, number `expected`, to whoever reads and publishes it; twice is once.

        Raises `NotFound`, `Conflict` when somebody was faster, `Malformed` for what could not be published.
        """
        latest = self._edition_at(tx, scope, article_id, expected)
        if latest.kind == "submitted":
            return Outcome(latest)
        if latest.kind == "published":
            raise Conflict("this is published already")
        check_publishable(latest.seed())
        made = self._add_edition(tx, scope, latest.seed(), _Deed("submitted", expected + 1))
        return Outcome(made, entries=(_audit("article.submitted", article_id, ()),))

    def send_back(
        self, tx: Tx, scope: Scope, article_id: ArticleId, *, expected: int, note: str = ""
    ) -> Outcome[Edition]:
        """Return what waits for a review to its writers, with a word about it. Raises `NotFound`, `Conflict`."""
        latest = self._edition_at(tx, scope, article_id, expected)
        if latest.kind != "submitted":
            raise Conflict("this does not wait for a review")
        made = self._add_edition(tx, scope, latest.seed(), _Deed("returned", expected + 1, note.strip()[:LONGEST_NOTE]))
        return Outcome(made, entries=(_audit("article.returned", article_id, ()),))

    def _edition_at(self, tx: Tx, scope: Scope, article_id: ArticleId, expected: int) -> Edition:
        latest = self._expect(tx, scope, article_id, expected)
        if latest is None:
            raise NotFound("no such article")
        return latest

    def withdraw(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Outcome[None]:
        """Take an article out of the answers and keep it as a draft. Raises `NotFound`."""
        stored = self.article(tx, scope, article_id)
        if stored.state == "draft":
            return Outcome(None)
        self._repository.set_state(tx, scope, article_id, state="draft")
        latest = self.latest(tx, scope, article_id)
        content, number = (stored.seed(), 1) if latest is None else (latest.seed(), latest.number + 1)
        self._add_edition(tx, scope, content, _Deed("withdrawn", number))
        tx.after_commit(lambda: self._changed(scope.tenant_id))
        return Outcome(None, entries=(_audit("article.withdrawn", article_id, ("state",)),))

    def latest(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Edition | None:
        """Return the latest edition of an article: what somebody edits. None for an article that nobody wrote."""
        return self._repository.latest_edition(tx, scope, article_id)

    def writers(self, tx: Tx, scope: Scope, article_id: ArticleId) -> frozenset[str]:
        """Return the ids of those who saved or submitted an article since it was published last."""
        return self._repository.writers(tx, scope, article_id)

    def history(
        self, tx: Tx, scope: Scope, article_id: ArticleId, *, upto: int | None = None, limit: int = 50
    ) -> tuple[Edition, ...]:
        """Return an article's editions with numbers of at most `upto`, the newest first, at most `limit`."""
        return self._repository.editions(tx, scope, article_id, upto=upto, limit=limit)

    def standings(self, tx: Tx, scope: Scope, *, slug: str | None = None) -> tuple[Standing, ...]:
        """Return how the tenant's articles stand, drafts included, by slug and language."""
        return self._repository.standings(tx, scope, slug=slug)

    def records(self, tx: Tx, scope: Scope, wanted: Wanted) -> tuple[ArticleRecord, ...]:
        """Return the articles that are asked for with how they stand, drafts included, by slug and language."""
        standings = self._repository.wanted_standings(tx, scope, wanted)
        stored = self._repository.articles_of(tx, scope, [one.latest.article_id for one in standings])
        return tuple(record_of(one, stored.get(one.latest.article_id)) for one in standings)

    def record(self, tx: Tx, scope: Scope, article_id: ArticleId) -> ArticleRecord:
        """Return an article with how it stands. Raises `NotFound`."""
        found = self.records(tx, scope, Wanted(article_id=article_id))
        if not found:
            raise NotFound("no such article")
        return found[0]

    def _expect(self, tx: Tx, scope: Scope, article_id: ArticleId, expected: int | None) -> Edition | None:
        latest = self.latest(tx, scope, article_id)
        if expected is not None and expected != (0 if latest is None else latest.number):
            raise Conflict(MEANWHILE)
        return latest

    def _add_edition(self, tx: Tx, scope: Scope, seed: ArticleSeed, deed: "_Deed") -> Edition:
        made = Edition(
            article_id=article_id_of(scope, seed),
            number=deed.number,
            kind=deed.kind,
            slug=seed.slug,
            language=seed.language,
            title=seed.title,
            summary=seed.summary,
            keywords=seed.keywords,
            sections=seed.sections,
            at=tx.now,
            actor_kind=scope.actor.kind,
            actor_id=scope.actor.id,
            note=deed.note,
        )
        if not self._repository.add_edition(tx, scope, made):
            raise Conflict(MEANWHILE)
        return made

    def article(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Article:
        """Return an article. Raises `NotFound`."""
        found = self._repository.article(tx, scope, article_id)
        if found is None:
            raise NotFound("no such article")
        return found

    def find(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Article | None:
        """Return an article, or None: a draft that was never published is none yet."""
        return self._repository.article(tx, scope, article_id)

    def articles(
        self, tx: Tx, scope: Scope, *, language: str | None = None, state: State | None = None
    ) -> tuple[Article, ...]:
        """Return the tenant's articles by slug and language."""
        return self._repository.articles(tx, scope, language=language, state=state)

    def revision(self, tx: Tx, scope: Scope) -> int:
        """Return a number that rises with every change of the tenant's knowledge."""
        return self._repository.revision(tx, scope)

    def newer(self, tx: Tx, scope: Scope, held: int | None) -> KnowledgeIndex | None:
        """Return the index of all published articles, None if the one of revision `held` still is the newest.

        Building takes a second for 60 articles in five languages with 17,000 questions. Passages are read some at a
        time and let go.
        """
        revision = self.revision(tx, scope)
        if revision == held:
            return None
        articles = self._repository.articles(tx, scope, state="published")
        passages = self._repository.each_passages(
            tx, scope, encoder_id=self._reader.encoder_id, ids=[one.id for one in articles]
        )
        return KnowledgeIndex(articles, passages, revision=revision)


def article_id_of(scope: Scope, seed: ArticleSeed) -> ArticleId:
    """Return the id of the tenant's article with this slug and language, whether it exists or not."""
    return ArticleId(derive_id("article", scope.tenant_id, seed.slug, seed.language))


def _changed_fields(stored: Content | None, seed: ArticleSeed) -> tuple[str, ...]:
    if stored is None:
        return _CONTENT
    return tuple(field for field in _CONTENT if getattr(stored, field) != getattr(seed, field))


def _check_draft(seed: ArticleSeed) -> None:
    if not _SLUG.fullmatch(seed.slug) or len(seed.slug) > _LONGEST_SLUG:
        raise Malformed("slug: lower-case words with hyphens between them, 100 characters at most")
    if not seed.title.strip():
        raise Malformed("title: an article has a title")


def check_publishable(seed: ArticleSeed) -> None:
    """Raise `Malformed` for an article that cannot answer customers."""
    _check_draft(seed)
    if not seed.sections:
        raise Malformed("title, sections: an article has a title and at least one section")
    if any(not section.heading.strip() or not section.body.strip() for section in seed.sections):
        raise Malformed("sections: every section has a heading and a body")


def _audit(action: str, article_id: ArticleId, fields: tuple[str, ...]) -> AuditEvent:
    return AuditEvent(action=action, object_kind="article", object_id=article_id, fields=fields)
