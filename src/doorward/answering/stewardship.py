"""An article's stewardship, as a value."""

from datetime import date

import msgspec


class Stewardship(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for an article (a member of staff's id) and the day until which it should be read again."""

    slug: str
    owner_id: str | None = None
    review_by: date | None = None

    def is_overdue(self, today: date) -> bool:
        """Return whether the day is past."""
        return self.review_by is not None and self.review_by < today
