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


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody asks a knowledge base; `topic` is the article that answers it, None where none does."""

    row: str
    half: Half
    language: str
    text: str
    topic: str | None = None


def questions(half: Half, *, answerable: bool) -> list[Question]:
    """Return a half of the questions that a topic answers, or of those that sound so and that none does."""
    lines = (FOLDER / ("questions.jsonl" if answerable else "unanswerable.jsonl")).read_bytes().splitlines()
    return [one for one in (msgspec.json.decode(line, type=Question) for line in lines) if one.half == half]


def wishes(half: Half) -> list[Wish]:
    """Return a half of the parallel set; the half `test` is seen through its score only."""
    lines = (FOLDER / "intents.jsonl").read_bytes().splitlines()
    return [one for one in (msgspec.json.decode(line, type=Wish) for line in lines) if one.half == half]
