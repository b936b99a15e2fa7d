"""Filling in what was written once: in which language it is said, and what stands in its places."""

import re
from collections.abc import Mapping
from typing import Final

_PLACE: Final = re.compile(r"\{(\w{1,40})\}")


def text_in(texts: Mapping[str, str], *languages: str) -> str:
    """Return the text in the first of these languages that there is, else in any; `texts` holds at least one."""
    return next((texts[one] for one in languages if one in texts), next(iter(texts.values())))


def fill_places(text: str, values: Mapping[str, str]) -> str:
    """Return a text with places such as `{customer}` filled in; what is no place of ours stays as it was written."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)
