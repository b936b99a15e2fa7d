"""Articles and passages in the database."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from doorward.answering.articles import Article, Passage, PreparedArticle, State
from doorward.answering.editions import UNPUBLISHED, Edition, Standing
from doorward.answering.publications import Publication
from doorward.answering.records import Wanted
from doorward.answering.tables import article, edition, passage, publication
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.scope import Scope

_EDITION_FIELDS = tuple(field.name for field in msgspec.structs.fields(Edition))
_PUBLICATION_FIELDS = tuple(field.name for field in msgspec.structs.fields(Publication))

_AT_ONCE = 500
"""Ids in one query: databases limit how many values a statement may have."""

_READ_AT_ONCE = 16
"""Articles whose passages are read in one query: some megabytes."""


class ArticleRepository:
    """All SQL of answering."""

    def article(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Article | None:
        """Return an article of the tenant, or None."""
        found = tx.execute(
            select(article).where(article.c.tenant_id == scope.tenant_id, article.c.id == article_id)
        ).first()
        return None if found is None else _article(found)

    def articles(
        self, tx: Tx, scope: Scope, *, language: str | None = None, state: State | None = None
    ) -> tuple[Article, ...]:
        """Return the tenant's articles by slug and language, of one language or state if asked."""
        query = select(article).where(article.c.tenant_id == scope.tenant_id)
        if language is not None:
            query = query.where(article.c.language == language)
        if state is not None:
            query = query.where(article.c.state == state)
        return tuple(_article(row) for row in tx.execute(query.order_by(article.c.slug, article.c.language)))

    def revision(self, tx: Tx, scope: Scope) -> int:
        """Return a number that rises with every change of the tenant's articles; rows are never deleted."""
        query = select(func.coalesce(func.sum(article.c.writes), 0)).where(article.c.tenant_id == scope.tenant_id)
        return int(tx.execute(query).scalar_one())

    def latest_edition(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Edition | None:
        """Return what was last saved, published or withdrawn of an article, or None."""
        query = select(edition).where(edition.c.tenant_id == scope.tenant_id, edition.c.article_id == article_id)
        found = tx.execute(query.order_by(edition.c.number.desc()).limit(1)).first()
        return None if found is None else _edition(found)

    def editions(
        self, tx: Tx, scope: Scope, article_id: ArticleId, *, upto: int | None = None, limit: int = 50
    ) -> tuple[Edition, ...]:
        """Return an article's editions with numbers of at most `upto`, the newest first."""
        query = select(edition).where(edition.c.tenant_id == scope.tenant_id, edition.c.article_id == article_id)
        if upto is not None:
            query = query.where(edition.c.number <= upto)
        return tuple(_edition(row) for row in tx.execute(query.order_by(edition.c.number.desc()).limit(limit)))

    def writers(self, tx: Tx, scope: Scope, article_id: ArticleId) -> frozenset[str]:
        """Return the ids of those who saved or submitted an article since it was published last."""
        own = (edition.c.tenant_id == scope.tenant_id) & (edition.c.article_id == article_id)
        published = select(func.coalesce(func.max(edition.c.number), 0)).where(own, edition.c.kind == "published")
        wrote = edition.c.kind.in_(("saved", "submitted")) & (edition.c.number > published.scalar_subquery())
        return frozenset(tx.execute(select(edition.c.actor_id).where(own, wrote).distinct()).scalars())

    def add_edition(self, tx: Tx, scope: Scope, made: Edition) -> bool:
        """Add an edition; return False when there is one with its number already."""
        dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(edition).values(tenant_id=scope.tenant_id, **_columns(made)).on_conflict_do_nothing()
        return tx.execute(statement.returning(edition.c.number)).first() is not None

    def standings(self, tx: Tx, scope: Scope, *, slug: str | None = None) -> tuple[Standing, ...]:
        """Return how every article stands, by slug and language; those of one slug if asked."""
        query = _standings(scope)
        if slug is not None:
            query = query.where(edition.c.slug == slug)
        return _standing_rows(tx, query)

    def wanted_standings(self, tx: Tx, scope: Scope, wanted: Wanted) -> tuple[Standing, ...]:
        """Return how the articles stand that are asked for, by slug and language."""
        query = _standings(scope)
        if wanted.article_id is not None:
            query = query.where(edition.c.article_id == wanted.article_id)
        if wanted.language is not None:
            query = query.where(edition.c.language == wanted.language)
        is_published = func.coalesce(article.c.state, "draft") == "published"
        if wanted.state is not None:
            changed = is_published & edition.c.kind.in_(UNPUBLISHED)
            states = {"draft": ~is_published, "published": is_published, "changed": changed}
            query = query.where(states[wanted.state])
        if wanted.after is not None:
            slug, language = wanted.after
            query = query.where((edition.c.slug > slug) | ((edition.c.slug == slug) & (edition.c.language > language)))
        return _standing_rows(tx, query if wanted.limit is None else query.limit(wanted.limit))

    def articles_of(self, tx: Tx, scope: Scope, ids: Sequence[ArticleId]) -> dict[ArticleId, Article]:
        """Return those of these articles that were ever published, by their ids."""
        found: dict[ArticleId, Article] = {}
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            query = select(article).where(article.c.tenant_id == scope.tenant_id, article.c.id.in_(some))
            found |= {one.id: one for one in map(_article, tx.execute(query))}
        return found

    def publication(self, tx: Tx, scope: Scope, article_id: ArticleId) -> Publication | None:
        """Return the latest publication of an article, or None."""
        own = (publication.c.tenant_id == scope.tenant_id) & (publication.c.article_id == article_id)
        found = tx.execute(select(publication).where(own)).first()
        if found is None:
            return None
        values = {str(name): value for name, value in found._mapping.items()}  # noqa: SLF001 - as below
        return msgspec.convert({name: values[name] for name in _PUBLICATION_FIELDS}, Publication)

    def put_publication(self, tx: Tx, scope: Scope, begun: Publication) -> None:
        """Keep a publication in the place of the article's last one."""
        dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
        values = {name: getattr(begun, name) for name in _PUBLICATION_FIELDS}
        statement = dialect.insert(publication).values(tenant_id=scope.tenant_id, **values)
        tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "article_id"], set_=values))

    def note_publication(self, tx: Tx, scope: Scope, now: Publication) -> bool:
        """Keep how a running publication stands now; return False when it is over or another has taken its place."""
        own = (publication.c.tenant_id == scope.tenant_id) & (publication.c.article_id == now.article_id)
        mine = own & (publication.c.id == now.id) & (publication.c.state == "running")
        values = {"state": now.state, "done": now.done, "reason": now.reason, "noted_at": tx.now}
        return tx.execute(update(publication).where(mine).values(**values)).rowcount == 1

    def passages(
        self, tx: Tx, scope: Scope, *, encoder_id: str, article_id: ArticleId | None = None
    ) -> dict[ArticleId, list[Passage]]:
        """Return the passages by article, in order; of one article if asked.

        The embedding of another encoder than `encoder_id` is left empty: it must not be compared with this one's.
        """
        query = select(passage).where(passage.c.tenant_id == scope.tenant_id)
        if article_id is not None:
            query = query.where(passage.c.article_id == article_id)
        return self._passages(tx, query, encoder_id=encoder_id)

    def each_passages(
        self, tx: Tx, scope: Scope, *, encoder_id: str, ids: Sequence[ArticleId]
    ) -> Iterator[tuple[ArticleId, list[Passage]]]:
        """Yield articles with their passages as `passages` returns them; a few articles' are read at a time.

        An article without passages is left out. To be used up while the transaction is open.
        """
        for start in range(0, len(ids), _READ_AT_ONCE):
            some = passage.c.article_id.in_(ids[start : start + _READ_AT_ONCE])
            query = select(passage).where(passage.c.tenant_id == scope.tenant_id, some)
            yield from self._passages(tx, query, encoder_id=encoder_id).items()

    def _passages(self, tx: Tx, query: Select[Any], *, encoder_id: str) -> dict[ArticleId, list[Passage]]:
        found: dict[ArticleId, list[Passage]] = {}
        for row in tx.execute(query.order_by(passage.c.article_id, passage.c.section, passage.c.place)):
            found.setdefault(ArticleId(row.article_id), []).append(
                Passage(
                    section=row.section,
                    place=row.place,
                    kind=row.kind,
                    text_hash=row.text_hash,
                    words=tuple(row.words),
                    stems=tuple(row.stems),
                    embedding=bytes(row.embedding) if row.encoder_id == encoder_id else b"",
                )
            )
        return found

    def save(self, tx: Tx, scope: Scope, article_id: ArticleId, *, prepared: PreparedArticle, revision: int) -> None:
        """Write an article as published, new or over its old content, with all its passages."""
        seed = prepared.seed
        content = {
            "title": seed.title,
            "summary": seed.summary,
            "keywords": seed.keywords,
            "sections": seed.sections,
            "revision": revision,
            "state": "published",
            "updated_at": tx.now,
        }
        own = (article.c.tenant_id == scope.tenant_id) & (article.c.id == article_id)
        changed = tx.execute(update(article).where(own).values(writes=article.c.writes + 1, **content))
        if not changed.rowcount:
            key = {"tenant_id": scope.tenant_id, "id": article_id, "slug": seed.slug, "language": seed.language}
            tx.execute(insert(article).values(writes=1, **key, **content))
        tx.execute(delete(passage).where(passage.c.tenant_id == scope.tenant_id, passage.c.article_id == article_id))
        tx.execute(insert(passage), _passage_rows(scope, article_id, prepared))

    def set_state(self, tx: Tx, scope: Scope, article_id: ArticleId, *, state: State) -> None:
        """Change an article's state."""
        own = (article.c.tenant_id == scope.tenant_id) & (article.c.id == article_id)
        tx.execute(update(article).where(own).values(state=state, writes=article.c.writes + 1, updated_at=tx.now))


def _standings(scope: Scope) -> Select[Any]:
    last = (
        select(edition.c.article_id, func.max(edition.c.number).label("number"))
        .where(edition.c.tenant_id == scope.tenant_id)
        .group_by(edition.c.article_id)
        .subquery()
    )
    return (
        select(edition, article.c.state)
        .join(last, (last.c.article_id == edition.c.article_id) & (last.c.number == edition.c.number))
        .outerjoin(article, (article.c.tenant_id == edition.c.tenant_id) & (article.c.id == edition.c.article_id))
        .where(edition.c.tenant_id == scope.tenant_id)
        .order_by(edition.c.slug, edition.c.language)
    )


def _standing_rows(tx: Tx, query: Select[Any]) -> tuple[Standing, ...]:
    return tuple(Standing(latest=_edition(row), state=row.state) for row in tx.execute(query))


def _article(row: Row[Any]) -> Article:
    columns = row._mapping.items()  # noqa: SLF001 - SQLAlchemy's public name for it
    return msgspec.convert({str(name): value for name, value in columns}, Article)


def _edition(row: Row[Any]) -> Edition:
    values = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - as above
    return msgspec.convert({name: values[name] for name in _EDITION_FIELDS}, Edition)


def _columns(made: Edition) -> dict[str, Any]:
    return {name: getattr(made, name) for name in _EDITION_FIELDS}


def _passage_rows(scope: Scope, article_id: ArticleId, prepared: PreparedArticle) -> Sequence[dict[str, Any]]:
    return [
        {
            "tenant_id": scope.tenant_id,
            "article_id": article_id,
            "encoder_id": prepared.encoder_id,
            **msgspec.structs.asdict(one),
        }
        for one in prepared.passages
    ]
