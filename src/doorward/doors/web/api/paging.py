"""Lists in pages: how many, from where on, and where the next page begins, however the list changes meanwhile."""

import base64
from collections.abc import Callable, Iterable
from typing import Annotated, TypeVar

import msgspec
from litestar.params import QueryParameter

from doorward.doors.web.api.common import ID_PATTERN
from doorward.vocabulary.errors import Malformed

T = TypeVar("T")

PageLimit = Annotated[
    int | None, QueryParameter(ge=1, le=200, description="At most so many; without it all come at once.")
]
IdCursor = Annotated[
    str | None, QueryParameter(pattern=ID_PATTERN, description="The `next_cursor` of the page before.")
]


def page_by(
    items: Iterable[T], key: Callable[[T], str], *, limit: int | None, cursor: str | None
) -> tuple[tuple[T, ...], str | None]:
    """Return a page of things in the order of a key that never changes, behind a cursor, and the next page's cursor.

    What comes, goes or changes while somebody walks through the pages moves no other thing. Without a limit and a
    cursor it is all of them, in their own order.
    """
    if limit is None and cursor is None:
        return tuple(items), None
    rest = sorted((one for one in items if cursor is None or key(one) > cursor), key=key)
    page = tuple(rest[:limit])
    return page, key(page[-1]) if len(rest) > len(page) else None


def write_cursor(place: object) -> str:
    """Return a place in a form that addresses can hold; `read_cursor` reads it."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_cursor(cursor: str, kind: type[T]) -> T:
    """Return the place that `write_cursor` wrote. Raises `Malformed` for anything else."""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=kind)
    except (ValueError, msgspec.MsgspecError):
        raise Malformed("cursor: not one of ours") from None
