"""Imports that wait to be looked at, as values."""

from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from doorward.answering.intake import Refused, Standing
from doorward.vocabulary.company import ArticleSeed

ImportState = Literal["ready", "taking", "done", "stopped"]
Outcomes = Literal["", "kept", "overtaken"]


class StagedImport(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of some files and waits, or how far its taking is: `done` of `total` articles.

    `kept` became drafts; `overtaken` were changed by somebody since they were looked at, and stay as they are.
    """

    id: str
    state: ImportState
    total: int
    done: int
    kept: int
    overtaken: int
    refused: tuple[Refused, ...]
    made_at: datetime
    made_by: str
    noted_at: datetime


class StagedArticle(msgspec.Struct, frozen=True, kw_only=True):
    """One article of an import: where it lay, how it stands against what is here, and what became of it."""

    number: int
    place: str
    content: ArticleSeed
    standing: Standing
    expected: int
    outcome: Outcomes = ""


class StagedPage(NamedTuple):
    """Which articles of an import: with numbers above `after`, at most `limit`, of one standing or of any (empty)."""

    after: int = 0
    limit: int = 50
    standing: str = ""
