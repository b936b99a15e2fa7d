"""A small knowledge of a shop, and an index of it, for tests that must not depend on the demo company's texts."""

from collections.abc import Iterable
from functools import cache

import msgspec

from doorward.answering import Article, ArticleRepository, KnowledgeIndex, KnowledgeService
from doorward.answering.service import article_id_of
from doorward.vocabulary.company import ArticleSection, ArticleSeed
from tests.support.transactions import NOON, SCOPE
from tests.support.words import reader

RETURNS = ArticleSeed(
    slug="returns",
    language="en",
    title="Sending things back",
    summary="You have 30 days to return what you bought.",
    keywords=("return", "refund", "exchange"),
    sections=(
        ArticleSection(
            heading="Sending things back",
            body="Everything but food can be returned within **30 days**.",
            questions=("Can I return something?", "How many days do I have to send it back?"),
        ),
        ArticleSection(
            heading="When the money comes back",
            body="- We check the parcel within 3 days.\n- The money is on your account 5 days later.",
            questions=("When do I get my refund?", "I sent the parcel back, where is my money?"),
        ),
        ArticleSection(
            heading="Exchange for another size",
            body="Choose *Exchange* in [your orders](https://shop.example/orders).",
            questions=("Can I get a different size?", "The shoes are too small, can I swap them?"),
        ),
    ),
)
OPENING = ArticleSeed(
    slug="opening-hours",
    language="en",
    title="Opening hours",
    summary="Our shops are open from Monday to Saturday.",
    keywords=("opening", "hours", "shop", "Sunday"),
    sections=(
        ArticleSection(
            heading="Opening hours",
            body="Monday to Saturday from 9 to 20. On Sundays we are closed.",
            questions=("When are you open?", "Are you open on Sunday?", "What time does the shop close?"),
        ),
    ),
)
OPENING_DE = ArticleSeed(
    slug="opening-hours",
    language="de",
    title="Öffnungszeiten",
    summary="Unsere Läden haben von Montag bis Samstag offen.",
    keywords=("Öffnungszeiten", "Laden", "Sonntag"),
    sections=(
        ArticleSection(
            heading="Öffnungszeiten",
            body="Montag bis Samstag von 9 bis 20 Uhr. Sonntags haben wir geschlossen.",
            questions=("Wann haben Sie offen?", "Haben Sie am Sonntag geöffnet?"),
        ),
    ),
)
SHOP = (RETURNS, OPENING, OPENING_DE)


@cache
def service() -> KnowledgeService:
    """Return the knowledge service with the real reader."""
    return KnowledgeService(ArticleRepository(), reader())


def index_of(seeds: Iterable[ArticleSeed], *, revision: int = 1, embedded: bool = True) -> KnowledgeIndex:
    """Return an index of articles without any database; not `embedded`: as if another encoder had read them."""
    articles, passages = [], {}
    for seed in seeds:
        prepared = service().prepare(seed)
        article_id = article_id_of(SCOPE, seed)
        passages[article_id] = [
            one if embedded else msgspec.structs.replace(one, embedding=b"") for one in prepared.passages
        ]
        articles.append(
            Article(
                id=article_id,
                slug=seed.slug,
                language=seed.language,
                title=seed.title,
                summary=seed.summary,
                keywords=seed.keywords,
                sections=seed.sections,
                revision=1,
                state="published",
                updated_at=NOON,
            )
        )
    return KnowledgeIndex(articles, passages.items(), revision=revision)


@cache
def shop() -> KnowledgeIndex:
    """Return the shop's index."""
    return index_of(SHOP)
