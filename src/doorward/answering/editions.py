"""Editions: every saving, publishing and withdrawing of an article: drafts, conflicts and history are one thing."""

import difflib
from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

import msgspec

from doorward.answering.articles import Content, State
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.ids import ArticleId

EditionKind = Literal["saved", "submitted", "returned", "published", "withdrawn"]
"""`submitted`: its writers want it published; `returned`: whoever read it wants it changed first."""
Mark = Literal["same", "gone", "new"]

UNPUBLISHED: Final[tuple[EditionKind, ...]] = ("saved", "submitted", "returned")
"""Editions that answer nobody, though an earlier one may."""

_AROUND = 1
"""Unchanged lines shown before and after a change."""


class Edition(Content, frozen=True, kw_only=True):
    """One edition: what was done, by whom, when, and the whole content as it was then. Numbers begin at 1.

    `note` says why it was returned, empty elsewhere.
    """

    article_id: ArticleId
    number: int
    kind: EditionKind
    at: datetime
    actor_kind: str
    actor_id: str
    note: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An article as it stands: its latest edition, and the state of what answers customers (None: nothing does)."""

    latest: Edition
    state: State | None

    @property
    def stage(self) -> Literal["published", "changed", "draft"]:
        """Return whether the latest edition answers customers, an earlier one does, or none."""
        if self.state != "published":
            return "draft"
        return "changed" if self.latest.kind in UNPUBLISHED else "published"

    @property
    def in_review(self) -> bool:
        """Return whether the latest edition waits for somebody who reads and publishes it."""
        return self.latest.kind == "submitted"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a comparison."""

    mark: Mark
    text: str


def changes(before: ArticleSeed | None, after: ArticleSeed) -> tuple[Line, ...]:
    """Return what changed from one content to another, line by line, with a line around each change for bearings."""
    old = [] if before is None else list(_lines(before))
    new = list(_lines(after))
    found: list[Line] = []
    for group in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_grouped_opcodes(_AROUND):
        for tag, first, last, start, end in group:
            if tag == "equal":
                found += [Line(mark="same", text=text) for text in old[first:last]]
                continue
            found += [Line(mark="gone", text=text) for text in old[first:last]]
            found += [Line(mark="new", text=text) for text in new[start:end]]
    return tuple(found)


def _lines(seed: ArticleSeed) -> Iterator[str]:
    yield f"# {seed.title}"
    yield from seed.summary.splitlines()
    if seed.keywords:
        yield ", ".join(seed.keywords)
    for section in seed.sections:
        yield f"## {section.heading}"
        yield from (line for line in section.body.splitlines() if line.strip())
        yield from (f"– {question}" for question in section.questions)
