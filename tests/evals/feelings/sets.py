"""The evaluation set of feelings, as it lies beside this file."""

from pathlib import Path
from typing import Final, Literal

import msgspec

FILE: Final = Path(__file__).parent / "feelings.jsonl"
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")
LABELS: Final = ("distress", "bereavement", "self_harm", "anger", "confusion", "vulnerable")

Half = Literal["dev", "test"]


class Felt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message and what it sounds like; an empty label for one that sounds like nothing special."""

    id: str
    half: Half
    language: str
    label: str
    text: str


def felt(half: Half) -> list[Felt]:
    """Return a half of the set; the half `test` is seen through its score only."""
    lines = FILE.read_bytes().splitlines()
    return [one for one in (msgspec.json.decode(line, type=Felt) for line in lines) if one.half == half]
