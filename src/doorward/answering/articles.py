"""Articles and the passages that they are found by, as values."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from doorward.vocabulary.company import ArticleSection, ArticleSeed
from doorward.vocabulary.ids import ArticleId

State = Literal["draft", "published"]
PassageKind = Literal["heading", "question", "body", "keywords"]

PASSAGE_VERSION = 1
"""Raised when passages are cut or read in another way, so that all of them are read again."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What an article says, in one language; section 0 is the lead."""

    slug: str
    language: str
    title: str
    summary: str
    keywords: tuple[str, ...]
    sections: tuple[ArticleSection, ...]

    def seed(self) -> ArticleSeed:
        """Return the content alone."""
        return ArticleSeed(
            slug=self.slug,
            language=self.language,
            title=self.title,
            summary=self.summary,
            keywords=self.keywords,
            sections=self.sections,
        )


class Article(Content, frozen=True, kw_only=True):
    """A stored article. `revision` counts changes of the content from 1."""

    id: ArticleId
    revision: int
    state: State
    updated_at: datetime


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One text by which a section is found: its words and stems, and a unit vector of float32 as bytes.

    `place` numbers the passages of a section.
    """

    section: int
    place: int
    kind: PassageKind
    text_hash: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    embedding: bytes


NOT_ANSWERED: Final = "not-answered"
"""The slug of an article whose sections name what the company does not answer: search learns from it, and that is all.

What customers ask of every bank sounds like one bank's articles, so that a neighbour's answer would be given."""

Known = Mapping[str, Passage]
"""Passages that were read already, by the hash of their text; all by the same encoder."""


class PreparedArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An article with its passages read: all that publishing needs. `fresh` passages had not been read before."""

    seed: ArticleSeed
    passages: tuple[Passage, ...]
    encoder_id: str
    fresh: int


class PassageText(msgspec.Struct, frozen=True, kw_only=True):
    """A passage before it is read."""

    section: int
    place: int
    kind: PassageKind
    text: str

    def hash(self, language: str) -> str:
        """Return the SHA-256 (hex) of everything that reading depends on but the encoder."""
        return hashlib.sha256(f"{PASSAGE_VERSION}\x1f{language}\x1f{self.kind}\x1f{self.text}".encode()).hexdigest()


def passage_texts(seed: ArticleSeed) -> Iterator[PassageText]:
    """Yield the passages of an article: each section's heading, questions and body; the lead has the keywords too.

    The lead's body begins with the summary, which says in one sentence what the article is about.
    """
    for number, section in enumerate(seed.sections):
        body = f"{seed.summary}\n\n{section.body}" if number == 0 else section.body
        texts: list[tuple[PassageKind, str]] = [("heading", section.heading), ("body", body)]
        texts += [("question", question) for question in section.questions]
        if number == 0:
            texts.append(("keywords", ", ".join(seed.keywords)))
        for place, (kind, text) in enumerate(texts):
            yield PassageText(section=number, place=place, kind=kind, text=text)
