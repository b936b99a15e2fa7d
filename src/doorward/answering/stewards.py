"""Who answers for an article, and until when somebody should have read it again; one for all its languages."""

from datetime import date

import msgspec

from doorward.answering.stewards_repository import StewardRepository
from doorward.answering.stewardship import Stewardship
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class Stewards:
    """The verbs. They never commit."""

    def __init__(self, repository: StewardRepository) -> None:
        """Take the repository."""
        self._repository = repository

    def entrust(
        self, tx: Tx, scope: Scope, slug: str, *, owner_id: str | None, review_by: date | None
    ) -> Outcome[Stewardship]:
        """Say who answers for an article (the id of a member of staff) and until when it is to be read again.

        Either may be None. Whether the member exists is the caller's to know. Raises `NotFound` for no such article.
        """
        if not self._repository.is_article(tx, scope, slug):
            raise NotFound("no such article")
        before = self.stewardship(tx, scope, slug)
        after = msgspec.structs.replace(before, owner_id=owner_id, review_by=review_by)
        if after == before:
            return Outcome(before)
        self._repository.put(tx, scope, after)
        fields = tuple(name for name in ("owner_id", "review_by") if getattr(before, name) != getattr(after, name))
        audit = AuditEvent(action="article.entrusted", object_kind="article", object_id=slug, fields=fields)
        return Outcome(after, entries=(audit,))

    def stewardship(self, tx: Tx, scope: Scope, slug: str) -> Stewardship:
        """Return who answers for an article; nobody does unless it was said."""
        return self._repository.find(tx, scope, slug) or Stewardship(slug=slug)

    def all(self, tx: Tx, scope: Scope) -> dict[str, Stewardship]:
        """Return what was said of the tenant's articles, by their slugs."""
        return {one.slug: one for one in self._repository.all(tx, scope)}
