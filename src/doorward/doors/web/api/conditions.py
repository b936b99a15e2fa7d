"""The conditions under which something is changed: `If-Match` names the edition that the change rests upon."""

from typing import Annotated, Final

from litestar.params import HeaderParameter

_TAG: Final = '^"[0-9]{1,9}"$'


def tag_header(description: str) -> HeaderParameter:
    """Return the header that names an edition by its `ETag` (RFC 9110, 13.1.1), described as the operation needs it."""
    return HeaderParameter(name="If-Match", pattern=_TAG, description=description)


IfMatch = Annotated[str, tag_header("The `ETag` that the change rests upon.")]
"""The header where nothing is changed without it."""


def edition_of(tag: str) -> int:
    """Return the edition that an `ETag` of ours names, as the header's pattern lets it in."""
    return int(tag.strip('"'))
