"""Records: an article as programs see it: what answers customers, and how far its editors are."""

from datetime import datetime
from typing import Literal

import msgspec

from doorward.answering.articles import Article
from doorward.answering.editions import Standing
from doorward.vocabulary.ids import ArticleId

Stage = Literal["published", "changed", "draft"]


class ArticleRecord(Article, frozen=True, kw_only=True):
    """An article with how it stands. The content is what answers customers, or did last, or a draft's if nothing did.

    `revision` is then 0. `stage` is `changed` when there is a draft that is newer than what answers. `edition` is the
    number of the latest edition, which rises with everything that is done to the article; `in_review` says that it
    waits for somebody who reads and publishes it.
    """

    stage: Stage
    edition: int
    edited_at: datetime
    in_review: bool = False


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which articles are asked for, None for any; those after a slug and language, at most `limit`.

    `published` is whatever answers customers, `changed` what has a newer draft besides, `draft` what answers nobody.
    """

    article_id: ArticleId | None = None
    language: str | None = None
    state: Literal["draft", "published", "changed"] | None = None
    after: tuple[str, str] | None = None
    limit: int | None = None


def record_of(standing: Standing, stored: Article | None) -> ArticleRecord:
    """Return the record of an article that stands so; `stored` is what answers or did, None if nothing ever did."""
    latest = standing.latest
    shown = latest if stored is None else stored
    return ArticleRecord(
        id=latest.article_id,
        slug=shown.slug,
        language=shown.language,
        title=shown.title,
        summary=shown.summary,
        keywords=shown.keywords,
        sections=shown.sections,
        revision=0 if stored is None else stored.revision,
        state="draft" if stored is None else stored.state,
        updated_at=latest.at if stored is None else stored.updated_at,
        stage=standing.stage,
        edition=latest.number,
        edited_at=latest.at,
        in_review=standing.in_review,
    )
