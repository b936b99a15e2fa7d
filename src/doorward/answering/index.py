"""The search index of one tenant: which section of which article answers a message, and how likely that is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from doorward.answering.articles import Article, Passage
from doorward.answering.scoring import FOREIGN, LOWEST, Evidence, likelihood
from doorward.answering.words import WordIndex
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.understanding import Candidate

NEAREST: Final = 3
"""Questions of a section whose mean similarity counts beside the best one's: one lucky question alone is no proof."""


PROBES: Final = ("heading", "question")
"""Passages that are written as people ask."""

ABSENT: Final = -1.0
"""The similarity to a probe that does not exist."""


class KnownSection(msgspec.Struct, frozen=True, kw_only=True):
    """One section as it can be answered with: the article's title, the section's heading, its body as Markdown."""

    article_id: ArticleId
    slug: str
    language: str
    section: int
    title: str
    heading: str
    body: str
    revision: int


class KnowledgeIndex:
    """All published articles of a tenant. Immutable and thread-safe.

    A message is compared with the articles in its language; of an article that does not exist in it, with another
    language's version, by meaning alone.
    """

    def __init__(
        self, articles: Iterable[Article], passages: Mapping[ArticleId, Sequence[Passage]], *, revision: int
    ) -> None:
        """Take published articles and their passages, all read by one encoder; `revision` is the knowledge's."""
        self.revision = revision
        self._articles = {article.id: article for article in articles}
        self._passages = {id_: passages.get(id_, ()) for id_ in self._articles}
        languages = dict.fromkeys(article.language for article in self._articles.values())
        self._views = {language: self._view(language) for language in languages}
        self._elsewhere = self._view("")

    def __len__(self) -> int:
        """Return the number of sections in all languages."""
        return sum(len(article.sections) for article in self._articles.values())

    def search(self, reading: Reading, *, limit: int = 5) -> tuple[Candidate, ...]:
        """Return the sections that may answer, best first, with the likelihood that each does; at most `limit`."""
        return self._views.get(reading.language, self._elsewhere).search(reading, limit=limit)

    def section(self, candidate: Candidate) -> KnownSection | None:
        """Return a candidate's section, None if the article is gone or its content is no longer what was found."""
        article = self._articles.get(candidate.article_id)
        if article is None or article.revision != candidate.revision or candidate.section >= len(article.sections):
            return None
        return _known(article, candidate.section)

    def _view(self, language: str) -> "_View":
        """Return what a message in `language` is compared with: each article once, in this language if it exists."""
        chosen: dict[str, Article] = {}
        for article in self._articles.values():
            if article.slug not in chosen or article.language == language:
                chosen[article.slug] = article
        return _View(language, [(article, self._passages[article.id]) for article in chosen.values()])


def _known(article: Article, number: int) -> KnownSection:
    section = article.sections[number]
    return KnownSection(
        article_id=article.id,
        slug=article.slug,
        language=article.language,
        section=number,
        title=article.title,
        heading=section.heading,
        body=section.body,
        revision=article.revision,
    )


class _View:
    """The sections that messages in one language are compared with, as arrays."""

    def __init__(self, language: str, articles: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
        self._sections: list[KnownSection] = []
        foreign: list[bool] = []
        grouped: list[list[Passage]] = []
        for article, passages in articles:
            for number in range(len(article.sections)):
                self._sections.append(_known(article, number))
                foreign.append(article.language != language)
                grouped.append([passage for passage in passages if passage.section == number])
        self._weight = np.where(foreign, FOREIGN, 1.0)
        self._words = WordIndex([[] if away else group for away, group in zip(foreign, grouped, strict=True)])
        self._vectors, self._probes = _vectors(grouped)

    def search(self, reading: Reading, *, limit: int) -> tuple[Candidate, ...]:
        if not self._sections:
            return ()
        chances = likelihood(self.evidence(reading)) * self._weight
        order = np.argsort(-chances, kind="stable")[:limit]
        return tuple(self._candidate(int(place), float(chances[place])) for place in order if chances[place] >= LOWEST)

    def evidence(self, reading: Reading) -> Evidence:
        words = self._words.coverage(reading.stems)
        vector = np.frombuffer(reading.embedding, dtype="<f4")
        if not len(vector) or len(vector) != self._vectors.shape[1]:
            return Evidence(words=words)
        similar = np.append(self._vectors @ vector, np.float32(ABSENT))
        probes = np.sort(similar[self._probes], axis=1)
        nearest = probes[:, -NEAREST:]
        present = nearest > ABSENT
        means = np.where(present, nearest, 0).sum(axis=1) / np.maximum(present.sum(axis=1), 1)
        return Evidence(words=words, question=probes[:, -1], questions=means, body=similar[: len(self._sections)])

    def _candidate(self, place: int, chance: float) -> Candidate:
        section = self._sections[place]
        return Candidate(
            article_id=section.article_id,
            slug=section.slug,
            section=section.section,
            score=chance,
            title=section.heading,
            revision=section.revision,
        )


def _vectors(grouped: Sequence[Sequence[Passage]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return one matrix of all vectors and where each section's probes are in it.

    The first rows are the sections' bodies, in order; then come headings and questions, the probes. The second result
    has a row a section, filled up with -1. A passage that was not embedded by this encoder is as far as can be.
    """
    dimensions = max((len(one.embedding) // 4 for group in grouped for one in group), default=0)
    rows = [_vector(group, "body", dimensions) for group in grouped]
    places: list[list[int]] = []
    for group in grouped:
        probes = [one for one in group if one.kind in PROBES and one.embedding]
        places.append(list(range(len(rows), len(rows) + len(probes))))
        rows += [np.frombuffer(one.embedding, dtype="<f4") for one in probes]
    index = np.full((len(places), max(map(len, places), default=0) or 1), -1, dtype=np.int64)
    for row, own in enumerate(places):
        index[row, : len(own)] = own
    return np.array(rows, dtype=np.float32).reshape(len(rows), dimensions), index


def _vector(group: Sequence[Passage], kind: str, dimensions: int) -> NDArray[np.float32]:
    """Return the vector of a section's one passage of this kind, zeros if it has none."""
    found = next((one.embedding for one in group if one.kind == kind and one.embedding), b"")
    return np.frombuffer(found, dtype="<f4") if found else np.zeros(dimensions, dtype=np.float32)
