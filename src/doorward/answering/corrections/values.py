"""Corrections and who got what was wrong, as values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from doorward.vocabulary.ids import ArticleId, ConversationId, PartyId

CorrectionKind = Literal["answer", "rules"]
CorrectionState = Literal["finding", "found", "telling", "told", "stopped"]
RecipientState = Literal["found", "told", "skipped"]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What is said in one language: what was wrong, and what is right, empty where nothing takes its place."""

    wrong: str
    right: str = ""


class Wrong(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A section as it stood in one revision of the article; 0 is the lead."""

    revision: int
    section: int


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What was wrong and how far the telling is.

    An `answer` names an article in a language and which sections of which revisions were wrong, `rules` the rules by
    their names with version. `words` are by language. `since`: nothing wrong was said before. `looked` of `total`
    conversations were looked through; `told` and `skipped` count conversations.
    """

    id: str
    kind: CorrectionKind
    article_id: ArticleId | None
    slug: str
    language: str
    title: str
    wrong: tuple[Wrong, ...]
    rules: tuple[str, ...]
    words: Mapping[str, Words]
    since: datetime | None
    state: CorrectionState
    looked: int
    total: int
    told: int
    skipped: int
    made_at: datetime
    made_by: str
    noted_at: datetime

    @property
    def is_under_way(self) -> bool:
        """Return whether conversations are being looked through or customers told."""
        return self.state in {"finding", "telling"}


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """How far the looking for those who got it is: the conversation behind which it goes on, empty at the beginning."""

    correction: Correction
    place: str


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in which something wrong was said: whose it is, the last such line, when, and how often.

    `why` tells why nobody was told: `erased`, `gone`, `elsewhere` (told in another conversation of theirs), or an
    error's code.
    """

    conversation_id: ConversationId
    party_id: PartyId
    seq: int
    at: datetime
    times: int
    state: RecipientState = "found"
    why: str = ""
    told_at: datetime | None = None
