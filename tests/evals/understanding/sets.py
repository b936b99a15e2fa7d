"""The evaluation sets of understanding, as they lie beside this file."""

from pathlib import Path
from typing import Final, Literal

import msgspec

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")

Half = Literal["dev", "test"]


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One need, as somebody of each language would write it; `intent` is None where none of the thirty is meant.

    `kind` tells what is out of scope apart: `near` is something that one asks a bank, `far` anything else.
    """

    row: str
    half: Half
    intent: str | None
    texts: dict[str, str]
    kind: Literal["near", "far"] | None = None


def wishes(half: Half) -> list[Wish]:
    """Return a half of the parallel set; the half `test` is seen through its score only."""
    lines = (FOLDER / "intents.jsonl").read_bytes().splitlines()
    return [one for one in (msgspec.json.decode(line, type=Wish) for line in lines) if one.half == half]
