"""What goes back to the customer, and what goes to people."""

from typing import Literal

import msgspec

from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.text import Span


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer comes from."""

    article_id: ArticleId
    slug: str
    section: int
    title: str
    revision: int


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to choose from: `label` is shown, `says` is sent as the customer's words when chosen.

    `spans` are the masked places of both, where both are the same; the customer is shown what stands there.
    """

    label: str
    says: str
    spans: tuple[Span, ...] = ()


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """Text for the customer in `language`: plain text with line breaks, written by the company or by Doorward.

    What a core system told in it is masked where it is about somebody: `spans`.
    """

    text: str
    language: str
    author: Literal["bot", "agent"] = "bot"
    sources: tuple[Source, ...] = ()
    choices: tuple[Choice, ...] = ()
    spans: tuple[Span, ...] = ()


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """A skill that a contact needs: the `level` (1 to 3) below which nobody may have it, and the one that is `wanted`.

    A wanted level below the required one means the required one.
    """

    skill: str
    level: int = 1
    wanted: int = 0


class Handoff(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that waits for a person: why, how urgent (0 ordinary, higher sooner), and who may have it.

    `channel`, `language` and `intent` are what is known of it, empty for nothing; the company's plan says by them which
    queue, priority and needs it gets. `rank` is its place in the order of service while too many come, 0 for the first:
    what colleagues hand on themselves, and whoever has no rank, is served first.
    """

    reason: str
    queue: str = "default"
    priority: int = 0
    channel: str = ""
    language: str = ""
    intent: str = ""
    needs: tuple[Need, ...] = ()
    rank: int = 0
