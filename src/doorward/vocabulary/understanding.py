"""What the customer wants, as far as we can tell."""

from typing import Final

import msgspec

from doorward.vocabulary.decision import IN_NEED, Emotion
from doorward.vocabulary.ids import ArticleId

CALL_WANTED: Final = "callback.wanted"
COMPLAINT_WANTED: Final = "complaint"
PERSON_WANTED: Final = "person.wanted"
"""Names of intents that mean the same for every company: what is plainly asked for in words is known by them."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of knowledge that may answer: article, section (0 is the article's lead) and score 0..1."""

    article_id: ArticleId
    slug: str
    section: int
    score: float
    title: str
    revision: int


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A guess at what is wanted: a stable name and a score 0..1 that thresholds can be set against.

    `label` is what a button calls it in the message's language, empty for what is no button.
    """

    name: str
    score: float
    label: str = ""


class Understanding(msgspec.Struct, frozen=True, kw_only=True):
    """The intent, or None when nothing fits, what could answer it (best first), and what was plainly asked for.

    `wants_person`: asked for a person. `wants_call`: only to be called back by one. `wants_complaint`: that a complaint
    is taken down. `social`: small talk and nothing else (`greeting`, `thanks`, `farewell`, `agreement`, or
    `identity_question`: who or what answers). `emotion` and `vulnerable` are hints of how somebody feels; like the
    facts of these names they are never kept with what is kept of a message.

    `wishes` are the intents of the company's own model that come nearest, the likeliest first, at most five; none where
    it has no model. `stranger`: rather none of them is meant. `near`: one of a few is meant, and the customer may say
    which. `intent` is the likeliest wish unless the message is a stranger, else the nearest article.
    """

    intent: Intent | None
    candidates: tuple[Candidate, ...] = ()
    wants_person: bool = False
    wants_call: bool = False
    wants_complaint: bool = False
    social: str | None = None
    emotion: Emotion = ""
    vulnerable: bool = False
    version: str = ""
    wishes: tuple[Intent, ...] = ()
    stranger: bool = False
    near: bool = False

    @property
    def in_need(self) -> bool:
        """Return whether this sounds like somebody who must be heard by a person. Not kept with a message, either."""
        return self.vulnerable or self.emotion in IN_NEED
