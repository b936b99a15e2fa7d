"""Publications: an edition on its way to the customers. Its sections are read by a model first, and that takes time."""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from doorward.vocabulary.ids import ArticleId

PublicationState = Literal["running", "done", "overtaken", "failed"]

STALLED: Final = timedelta(minutes=5)
"""After so long without a sign nobody works at it any more; one whose process died is taken up after two minutes."""

STALLED_REASON: Final = "stalled"


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """How far the latest publication of an article is: `done` of `total` sections are read.

    `overtaken`: somebody saved a newer edition meanwhile, so that this one was not published. `failed`: what answers
    customers stayed as it was; `reason` is then an error's code, or `stalled` when nobody heard of it any more.
    `noted_at` is when it last got on.
    """

    id: str
    article_id: ArticleId
    edition: int
    state: PublicationState
    done: int
    total: int
    reason: str | None = None
    begun_at: datetime
    noted_at: datetime

    @property
    def is_running(self) -> bool:
        """Return whether it is still under way."""
        return self.state == "running"

    def as_of(self, now: datetime) -> "Publication":
        """Return the publication as it stands at a time: one that has long been silent has failed."""
        if not self.is_running or now - self.noted_at < STALLED:
            return self
        return msgspec.structs.replace(self, state="failed", reason=STALLED_REASON)
