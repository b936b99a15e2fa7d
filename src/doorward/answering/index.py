"""The search index of one tenant: which section of which article answers a message, and how likely that is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from doorward.answering.articles import NOT_ANSWERED, Article, Passage
from doorward.answering.likeness import LikenessIndex, numbers_of, pieces_of
from doorward.answering.scoring import FOREIGN, LOWEST, Evidence, likelihood
from doorward.answering.words import WordIndex, beginning
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.understanding import Candidate

PROBES: Final = ("heading", "question")
"""Passages that are written as people ask."""

NAMED: Final = 0.95
"""How likely a section answers whose heading is the whole message: what our question offered is chosen like that."""

Matrix = NDArray[np.float32]


class KnownSection(msgspec.Struct, frozen=True, kw_only=True):
    """One section as it can be answered with: the article's title, the section's heading, its body as Markdown.

    `name` tells it from all others of its language: the heading, behind the title where several have the same.
    """

    article_id: ArticleId
    slug: str
    language: str
    section: int
    title: str
    heading: str
    body: str
    revision: int
    name: str = ""


class KnowledgeIndex:
    """All published articles of a tenant. Immutable and thread-safe.

    A message is compared with the articles in its language; of an article that does not exist in it, with another
    language's version, by meaning alone. What a section is about is learnt from its versions in all languages.
    """

    def __init__(
        self, articles: Iterable[Article], passages: Mapping[ArticleId, Sequence[Passage]], *, revision: int
    ) -> None:
        """Take published articles and their passages, all read by one encoder; `revision` is the knowledge's."""
        self.revision = revision
        self._articles = {article.id: article for article in articles}
        self._groups = {
            (id_, number): [one for one in passages.get(id_, ()) if one.section == number]
            for id_, article in self._articles.items()
            for number in range(len(article.sections))
        }
        self._names = _names(self._articles.values())
        self._meanings = self._learn()
        languages = dict.fromkeys(article.language for article in self._articles.values())
        self._views = {language: self._view(language) for language in languages}
        self._elsewhere = self._view("")
        # The views have made what they need of the passages, which are half of what an index would hold.
        self._count = len(self._groups)
        del self._groups, self._meanings

    def __len__(self) -> int:
        """Return the number of sections in all languages."""
        return self._count

    def search(self, reading: Reading, *, limit: int = 5) -> tuple[Candidate, ...]:
        """Return the sections that may answer, with the likelihood that each does; at most `limit`.

        They come with the likeliest first, but before all others the best section of the likeliest article: likelihoods
        of an article's sections add up.
        """
        view = self.view(reading.language)
        chances = likelihood(view.evidence(reading)) * view.weight
        if not len(chances):
            return ()
        chances = view.with_named(np.where(view.outside, 0.0, chances), reading)
        leading = np.bincount(view.articles, weights=chances).argmax()
        ranks = np.where(view.articles == leading, chances, -1.0)
        first = int(ranks.argmax())
        order = [first, *(int(one) for one in np.argsort(-chances, kind="stable")[: limit + 1] if one != first)][:limit]
        return tuple(
            _candidate(view.sections[place], float(chances[place])) for place in order if chances[place] >= LOWEST
        )

    def section(self, candidate: Candidate) -> KnownSection | None:
        """Return a candidate's section, None if the article is gone or its content is no longer what was found."""
        article = self._articles.get(candidate.article_id)
        if article is None or article.revision != candidate.revision or candidate.section >= len(article.sections):
            return None
        return _known(article, candidate.section, self._names)

    def find(self, slug: str, section: int, *, language: str) -> KnownSection | None:
        """Return a section of an article as messages in `language` meet it, None where there is none."""
        sections = self.view(language).sections
        return next((one for one in sections if one.slug == slug and one.section == section), None)

    def view(self, language: str) -> "View":
        """Return what a message in `language` is compared with."""
        return self._views.get(language, self._elsewhere)

    def _learn(self) -> dict[tuple[str, ...], tuple[Matrix, Matrix]]:
        """Return for every section, whatever its language, the unit means of all its bodies and of all its probes.

        Versions of a section belong together when they have the same id; leads belong together by their article.
        """
        bodies: dict[tuple[str, ...], list[bytes]] = {}
        probes: dict[tuple[str, ...], list[bytes]] = {}
        for (id_, number), group in self._groups.items():
            key = _key(self._articles[id_], number)
            bodies.setdefault(key, []).extend(one.embedding for one in group if one.kind == "body")
            probes.setdefault(key, []).extend(one.embedding for one in group if one.kind in PROBES)
        return {key: (_unit_mean(bodies[key]), _unit_mean(probes[key])) for key in bodies}

    def _view(self, language: str) -> "View":
        """Return each article once, in this language if it exists, else in the first language there is."""
        chosen: dict[str, Article] = {}
        for article in self._articles.values():
            if article.slug not in chosen or article.language == language:
                chosen[article.slug] = article
        sections = [
            _known(article, number, self._names)
            for article in chosen.values()
            for number in range(len(article.sections))
        ]
        groups = [self._groups[one.article_id, one.section] for one in sections]
        meanings = [self._meanings[_key(chosen[one.slug], one.section)] for one in sections]
        return View(language, sections, groups=groups, meanings=meanings)


class View:
    """The sections that messages in one language are compared with, as arrays. Immutable and thread-safe."""

    def __init__(
        self,
        language: str,
        sections: Sequence[KnownSection],
        *,
        groups: Sequence[Sequence[Passage]],
        meanings: Sequence[tuple[Matrix, Matrix]],
    ) -> None:
        """Take sections with their passages, and the means of their bodies and probes in all languages."""
        self.sections = tuple(sections)
        self.outside = np.array([section.slug == NOT_ANSWERED for section in sections], dtype=bool)
        foreign = [section.language != language for section in sections]
        self.weight = np.where(foreign, FOREIGN, 1.0)
        own = [[] if away else group for away, group in zip(foreign, groups, strict=True)]
        self._stems = WordIndex([[(one.kind, one.stems) for one in group] for group in own])
        self._beginnings = WordIndex([[(one.kind, tuple(map(beginning, one.words))) for one in group] for group in own])
        slugs = {slug: place for place, slug in enumerate(dict.fromkeys(one.slug for one in sections))}
        self.articles = np.array([slugs[one.slug] for one in sections], dtype=np.int64)
        self._foreign = np.array(foreign, dtype=bool)
        whole: list[list[Passage]] = [[] for _ in slugs]
        for article, group in zip(self.articles, own, strict=True):
            whole[article] += group
        self._pieces = LikenessIndex([pieces_of(_words(each, but="body")) for each in whole])
        self._wording = LikenessIndex([numbers_of(_words(each)) for each in whole])
        named = [(one.words, place) for place, group in enumerate(own) for one in group if one.kind == "heading"]
        often = Counter(words for words, _ in named)
        self._named = {
            words: place for words, place in named if words and often[words] == 1 and not self.outside[place]
        }
        self._dimensions = max((len(vector) for pair in meanings for vector in pair), default=0)
        self._vectors, self._starts = self._stack(groups, meanings)

    def evidence(self, reading: Reading) -> Evidence:
        """Return what the reading has in common with every section."""
        stems = self._stems.coverage(reading.stems)
        beginnings = self._beginnings.coverage(tuple(map(beginning, reading.words)))
        vector = np.frombuffer(reading.embedding, dtype="<f4")
        lexical = Evidence(
            stems=stems,
            beginnings=beginnings,
            pieces=self._pieces.cosines(pieces_of(reading.words))[self.articles],
            wording=self._wording.cosines(numbers_of(reading.words))[self.articles],
            foreign=self._foreign,
            articles=self.articles,
        )
        if not len(vector) or len(vector) != self._dimensions:
            return lexical
        similar = self._vectors @ vector
        count = len(self.sections)
        return lexical._replace(
            body=similar[:count],
            gist=similar[count : 2 * count],
            question=np.maximum.reduceat(similar, self._starts),
        )

    def with_named(self, chances: NDArray[np.float64], reading: Reading) -> NDArray[np.float64]:
        """Return likelihoods with the section the likeliest whose heading is the whole message, if just one has it."""
        place = self._named.get(tuple(reading.words))
        if place is None or chances[place] >= NAMED:
            return chances
        others: NDArray[np.float64] = chances * ((1 - NAMED) / (1 - chances[place]))
        others[place] = NAMED
        return others

    def _stack(
        self, groups: Sequence[Sequence[Passage]], meanings: Sequence[tuple[Matrix, Matrix]]
    ) -> tuple[Matrix, NDArray[np.int64]]:
        """Return one matrix of all vectors, and the row at which each section's probes begin.

        First come the bodies' means, then the probes' means, then the sections' own probes. A section that was not
        embedded by this encoder has zeros: it is near to nothing.
        """
        nowhere = np.zeros(self._dimensions, dtype=np.float32)
        rows = [body if len(body) else nowhere for body, _ in meanings]
        rows += [probes if len(probes) else nowhere for _, probes in meanings]
        starts = []
        for group in groups:
            starts.append(len(rows))
            probes = [one.embedding for one in group if one.kind in PROBES and one.embedding]
            rows += [np.frombuffer(probe, dtype="<f4") for probe in probes] or [nowhere]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self._dimensions), np.array(starts, dtype=np.int64)


def _words(passages: Iterable[Passage], *, but: str = "") -> Iterator[str]:
    """Yield the words of passages, those of one kind left out."""
    return (word for passage in passages if passage.kind != but for word in passage.words)


def _key(article: Article, number: int) -> tuple[str, ...]:
    """Return what the versions of a section in all languages share."""
    section_id = article.sections[number].id
    if section_id or number == 0:
        return (article.slug, section_id)
    return (article.slug, article.language, str(number))


def _unit_mean(embeddings: Sequence[bytes]) -> Matrix:
    """Return the mean direction of vectors, empty if there are none."""
    rows = [np.frombuffer(one, dtype="<f4") for one in embeddings if one]
    if not rows:
        return np.empty(0, dtype=np.float32)
    mean = np.mean(rows, axis=0, dtype=np.float32)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)


def _names(articles: Iterable[Article]) -> dict[tuple[str, str], int]:
    """Return how many sections of a language have a heading, whatever the case of its letters."""
    return Counter((one.language, section.heading.casefold()) for one in articles for section in one.sections)


def _known(article: Article, number: int, headings: Mapping[tuple[str, str], int]) -> KnownSection:
    section = article.sections[number]
    alone = headings[article.language, section.heading.casefold()] == 1
    return KnownSection(
        article_id=article.id,
        slug=article.slug,
        language=article.language,
        section=number,
        title=article.title,
        heading=section.heading,
        body=section.body,
        revision=article.revision,
        name=section.heading if alone else f"{article.title}: {section.heading}",
    )


def _candidate(section: KnownSection, chance: float) -> Candidate:
    return Candidate(
        article_id=section.article_id,
        slug=section.slug,
        section=section.section,
        score=chance,
        title=section.heading,
        revision=section.revision,
    )
