"""Lines of the past: what an import wrote down of another desk's time. Nobody is told of it as if it happened now."""

from typing import Final

from doorward.vocabulary.entry import Entry

PAST: Final = "import:"
"""How the keys of such lines begin."""


def is_past(entry: Entry) -> bool:
    """Return whether a line tells of another desk's time."""
    return entry.key.startswith(PAST)
