"""The verbs of knowledge: prepare, publish, withdraw. They never commit."""

import re
from collections.abc import Callable

from doorward.answering.articles import Article, Known, Passage, PreparedArticle, State, passage_texts
from doorward.answering.index import KnowledgeIndex
from doorward.answering.ports import TextReader
from doorward.answering.repository import ArticleRepository
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import ArticleId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 100
_CONTENT = ("title", "summary", "keywords", "sections")


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
    ) -> None:
        """Take the repository and whatever reads texts; `changed` hears of every change once it is durable."""
        self._repository = repository
        self._reader = reader
        self._changed = changed

    def known(self, tx: Tx, scope: Scope, seed: ArticleSeed) -> Known:
        """Return the passages of the article that need not be read again."""
        article_id = article_id_of(scope, seed)
        stored = self._repository.passages(tx, scope, encoder_id=self._reader.encoder_id, article_id=article_id)
        return {one.text_hash: one for one in stored.get(article_id, ()) if one.embedding}

    def prepare(self, seed: ArticleSeed, *, known: Known | None = None) -> PreparedArticle:
        """Return the article with its passages read; not to be called inside a transaction.

        Raises `Malformed` for an article that cannot be published, `Unavailable` or `Misconfigured` without encoder.
        """
        _check(seed)
        known = known or {}
        texts = [(text, text.hash(seed.language)) for text in passage_texts(seed)]
        unread = list({digest: text.text for text, digest in texts if digest not in known}.items())
        readings = self._reader.read_own([text for _, text in unread], language=seed.language) if unread else ()
        fresh = {digest: reading for (digest, _), reading in zip(unread, readings, strict=True)}
        passages = []
        for text, digest in texts:
            source = fresh.get(digest) or known[digest]
            passages.append(
                Passage(
                    section=text.section,
                    place=text.place,
                    kind=text.kind,
                    text_hash=digest,
                    words=source.words,
                    stems=source.stems,
                    embedding=source.embedding,
                )
            )
        return PreparedArticle(
            seed=seed, passages=tuple(passages), encoder_id=self._reader.encoder_id, fresh=len(unread)
        )

    def publish(self, tx: Tx, scope: Scope, prepared: PreparedArticle) -> Outcome[ArticleId]:
        """Make an article answer customers: a new one, or new content for the one with this slug and language.

        Unchanged content keeps its revision, and where nothing at all changed nothing is written.
        """
        article_id = article_id_of(scope, prepared.seed)
        stored = self._repository.article(tx, scope, article_id)
        changed = _changed_fields(stored, prepared.seed)
        if stored is not None and not changed and not prepared.fresh and stored.state == "published":
            return Outcome(article_id)
        revision = 1 if stored is None else stored.revision + bool(changed)
        self._repository.save(tx, scope, article_id, prepared=prepared, revision=revision)
        tx.after_commit(lambda: self._changed(scope.tenant_id))
        return Outcome(article_id, entries=(_audit("article.published", article_id, changed),))

    def withdraw(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Outcome[None]:
        """Take an article out of the answers and keep it as a draft. Raises `NotFound`."""
        if self.article(tx, scope, article_id).state == "draft":
            return Outcome(None)
        self._repository.set_state(tx, scope, article_id, state="draft")
        tx.after_commit(lambda: self._changed(scope.tenant_id))
        return Outcome(None, entries=(_audit("article.withdrawn", article_id, ("state",)),))

    def article(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Article:
        """Return an article. Raises `NotFound`."""
        found = self._repository.article(tx, scope, article_id)
        if found is None:
            raise NotFound("no such article")
        return found

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

        Building takes some 100 ms for 60 articles in five languages.
        """
        revision = self.revision(tx, scope)
        if revision == held:
            return None
        return KnowledgeIndex(
            self._repository.articles(tx, scope, state="published"),
            self._repository.passages(tx, scope, encoder_id=self._reader.encoder_id),
            revision=revision,
        )


def article_id_of(scope: Scope, seed: ArticleSeed) -> ArticleId:
    """Return the id of the tenant's article with this slug and language, whether it exists or not."""
    return ArticleId(derive_id("article", scope.tenant_id, seed.slug, seed.language))


def _changed_fields(stored: Article | None, seed: ArticleSeed) -> tuple[str, ...]:
    if stored is None:
        return _CONTENT
    return tuple(field for field in _CONTENT if getattr(stored, field) != getattr(seed, field))


def _check(seed: ArticleSeed) -> None:
    if not _SLUG.fullmatch(seed.slug) or len(seed.slug) > _LONGEST_SLUG:
        raise Malformed("slug: lower-case words with hyphens between them, 100 characters at most")
    if not seed.title.strip() or not seed.sections:
        raise Malformed("title, sections: an article has a title and at least one section")
    if any(not section.heading.strip() or not section.body.strip() for section in seed.sections):
        raise Malformed("sections: every section has a heading and a body")


def _audit(action: str, article_id: ArticleId, fields: tuple[str, ...]) -> AuditEvent:
    return AuditEvent(action=action, object_kind="article", object_id=article_id, fields=fields)
