"""What search keeps of an article: its words as numbers and its vectors as arrays, half of its passages' memory.

Passages are read one article after another and let go, so that no process ever holds those of a whole library.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorward.answering.articles import Article, Passage
from doorward.answering.likeness import pieces_of_word
from doorward.answering.terms import Terms, numbers_of
from doorward.answering.words import beginning, weighed
from doorward.vocabulary.ids import ArticleId

Matrix = NDArray[np.float32]

PROBES: Final = ("heading", "question")
"""Passages that are written as people ask."""

Key = tuple[str, ...]
"""What the versions of a section in all languages share."""


class SectionDigest(NamedTuple):
    """One section: its words (`named` are its heading's), and a unit row for each of its probes.

    `bodies` and `probed` are the sums of the vectors of its bodies and of its probes. Without embedding there are no
    rows, and both are empty.
    """

    key: Key
    stems: Terms
    beginnings: Terms
    named: str
    probes: Matrix
    bodies: NDArray[np.float64]
    probed: NDArray[np.float64]


class ArticleDigest(NamedTuple):
    """One article in one language: its sections, and its wording as a whole (pieces without those of the bodies)."""

    sections: tuple[SectionDigest, ...]
    pieces: Terms
    wording: Terms


def digest_all(
    articles: Mapping[ArticleId, Article], passages: Iterable[tuple[ArticleId, Sequence[Passage]]]
) -> dict[ArticleId, ArticleDigest]:
    """Return what search keeps of each article, of those without passages too; passages are all by one encoder."""
    # A memory of words that ends with the reading: what outlives its neighbours keeps their memory from the system.
    pieces = cache(pieces_of_word)
    found = {id_: _digest(articles[id_], some, pieces) for id_, some in passages if id_ in articles}
    return {id_: found.get(id_) or _digest(article, (), pieces) for id_, article in articles.items()}


def _digest(article: Article, passages: Sequence[Passage], pieces: Callable[[str], bytes]) -> ArticleDigest:
    groups: list[list[Passage]] = [[] for _ in article.sections]
    for one in passages:
        if one.section < len(groups):
            groups[one.section].append(one)
    whole = [one for group in groups for one in group]
    return ArticleDigest(
        sections=tuple(_section(section_key(article, number), group) for number, group in enumerate(groups)),
        pieces=_pieces((word for one in whole if one.kind != "body" for word in one.words), pieces),
        wording=Terms.of(numbers_of(word for one in whole for word in one.words)),
    )


def section_key(article: Article, number: int) -> Key:
    """Return a section's key: versions belong together when they have the same id, leads by their article."""
    section_id = article.sections[number].id
    if section_id or number == 0:
        return (article.slug, section_id)
    return (article.slug, article.language, str(number))


def _section(key: Key, group: Sequence[Passage]) -> SectionDigest:
    probes = _rows(one.embedding for one in group if one.kind in PROBES)
    return SectionDigest(
        key=key,
        stems=weighed([(one.kind, one.stems) for one in group]),
        beginnings=weighed([(one.kind, tuple(map(beginning, one.words))) for one in group]),
        named=next((" ".join(one.words) for one in group if one.kind == "heading"), ""),
        probes=probes,
        bodies=_sum(_rows(one.embedding for one in group if one.kind == "body")),
        probed=_sum(probes),
    )


def _pieces(words: Iterable[str], pieces: Callable[[str], bytes]) -> Terms:
    counts = Counter(words)
    each = [pieces(word) for word in counts]
    numbers = np.frombuffer(b"".join(each), dtype=np.uint32)
    return Terms.of(numbers, np.repeat([*counts.values()], [len(one) // numbers.itemsize for one in each]))


def _rows(embeddings: Iterable[bytes]) -> Matrix:
    """Return embeddings (float32 as bytes, all of one length) as rows without the empty ones; (0, 0) of none."""
    rows = [np.frombuffer(one, dtype="<f4") for one in embeddings if one]
    return np.stack(rows) if rows else np.empty((0, 0), dtype=np.float32)


def _sum(rows: Matrix) -> NDArray[np.float64]:
    return np.asarray(rows.sum(axis=0, dtype=np.float64), dtype=np.float64)
