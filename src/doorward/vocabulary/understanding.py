"""What the customer wants, as far as we can tell."""

import msgspec

from doorward.vocabulary.ids import ArticleId


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of knowledge that may answer: article, section (0 is the article's lead) and score 0..1."""

    article_id: ArticleId
    slug: str
    section: int
    score: float
    title: str
    revision: int


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """The best guess at what is wanted: a stable name and a score 0..1 that thresholds can be set against."""

    name: str
    score: float


class Understanding(msgspec.Struct, frozen=True, kw_only=True):
    """The intent, or None when nothing fits, what could answer it (best first), and what was plainly asked for.

    `wants_person`: asked for a person. `social`: small talk and nothing else (`greeting`,
    `thanks`, `farewell`, `agreement`, or `identity_question`: who or what answers).
    """

    intent: Intent | None
    candidates: tuple[Candidate, ...] = ()
    wants_person: bool = False
    social: str | None = None
    version: str = ""
