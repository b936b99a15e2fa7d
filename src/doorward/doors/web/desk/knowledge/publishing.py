"""Publishing from the desk: begun at once, waited for as long as a press of a button may take."""

import asyncio
import contextlib
from typing import Final

from doorward.answering import Publication, publication_topic
from doorward.doors.web.desk.shared import DeskCall
from doorward.vocabulary.company import ArticleSeed

PATIENCE_SECONDS: Final = 1.0
"""What takes no longer needs no progress: the page says at once that it is done."""


async def publish_and_wait(desk: DeskCall, seed: ArticleSeed, *, expected: int) -> str:
    """Save and publish; return `published`, also while it is under way: the page says so once it is, and how far it is.

    Return nothing when it failed: the page tells why.

    Raises `Conflict` when somebody was faster, `Malformed` for what cannot be published.
    """
    scope, house = desk.scope, desk.house
    begun = await house.transactions.write_async(
        scope, lambda tx: house.publishing.begin(tx, scope, seed, expected=expected)
    )
    topic = publication_topic(scope.tenant_id, begun.article_id)
    now = begun
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS), house.bus.listen(topic) as news:
            while (now := await _now(desk, begun)).is_running:
                await anext(news)
    # What ends between this answer and the page that it leads to must not end without a word.
    return "published" if now.is_running or now.state == "done" else ""


async def _now(desk: DeskCall, begun: Publication) -> Publication:
    publishing, scope = desk.house.publishing, desk.scope
    now = await desk.house.transactions.read_async(lambda tx: publishing.publication(tx, scope, begun.article_id))
    return now or begun
