"""The search index of one tenant: which section of which article answers a message, and how likely that is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from doorward.answering.articles import NOT_ANSWERED, Article, Passage
from doorward.answering.digest import ArticleDigest, Key, Matrix, digest_all
from doorward.answering.likeness import LikenessIndex, pieces_of
from doorward.answering.scoring import FOREIGN, LOWEST, Evidence, likelihood
from doorward.answering.terms import Terms, numbers_of
from doorward.answering.unit_rows import UnitRows
from doorward.answering.words import WordIndex, beginning
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.understanding import Candidate

NAMED: Final = 0.95
"""How likely a section answers whose heading is the whole message: what our question offered is chosen like that."""


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
        self,
        articles: Iterable[Article],
        passages: Iterable[tuple[ArticleId, Sequence[Passage]]],
        *,
        revision: int,
    ) -> None:
        """Take published articles and the passages of each, all read by one encoder; `revision` is the knowledge's.

        Passages are taken one article after another, and nothing holds on to them: they are ten times what is kept.
        """
        self.revision = revision
        written = {article.id: article for article in articles}
        headings = _count_headings(written.values())
        self._sections = {id_: _known(article, headings) for id_, article in written.items()}
        learnt = [Learnt(self._sections[id_], found) for id_, found in digest_all(written, passages).items()]
        stacks = Stacks(learnt)
        languages = dict.fromkeys(article.language for article in written.values())
        self._views = {language: View(language, _chosen(learnt, language), stacks) for language in languages}
        self._elsewhere = View("", _chosen(learnt, ""), stacks)

    def __len__(self) -> int:
        """Return the number of sections in all languages."""
        return sum(map(len, self._sections.values()))

    @property
    def size(self) -> int:
        """Return how many bytes of memory the arrays take that messages are compared with."""
        views = (*self._views.values(), self._elsewhere)
        # Views that compare with the same vectors share them.
        vectors = {id(rows): rows.nbytes for one in views for rows in one.stack.rows}
        return sum(vectors.values()) + sum(one.size for one in views)

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
        sections = self._sections.get(candidate.article_id, ())
        if candidate.section >= len(sections) or sections[candidate.section].revision != candidate.revision:
            return None
        return sections[candidate.section]

    def find(self, slug: str, section: int, *, language: str) -> KnownSection | None:
        """Return a section of an article as messages in `language` meet it, None where there is none."""
        sections = self.view(language).sections
        return next((one for one in sections if one.slug == slug and one.section == section), None)

    def view(self, language: str) -> "View":
        """Return what a message in `language` is compared with."""
        return self._views.get(language, self._elsewhere)


class Learnt(NamedTuple):
    """An article as it can be answered with, and what search keeps of it."""

    sections: tuple[KnownSection, ...]
    digest: ArticleDigest


class Stack(NamedTuple):
    """All vectors of a view, as unit rows.

    `means` are those of the sections' bodies, then those of their probes; `probes` are their own, and `starts` the rows
    at which each section's begin. A section that was not embedded by this encoder has zeros: it is near to nothing.
    """

    means: UnitRows
    probes: UnitRows
    starts: NDArray[np.int64]

    @property
    def rows(self) -> tuple[NDArray[np.int16], ...]:
        """Return all arrays of vectors."""
        return self.means.numbers, self.probes.numbers


class Stacks:
    """Stacks the vectors of articles: those of the same articles once, and once what languages have in common."""

    def __init__(self, articles: Sequence[Learnt]) -> None:
        """Learn what every section is about from its bodies and probes in all languages."""
        sections = [section for article in articles for section in article.digest.sections]
        self._dimensions = max((len(each) for one in sections for each in (one.bodies, one.probed)), default=0)
        self._meanings: dict[Key, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        for one in sections:
            bodies, probed = self._meanings.setdefault(
                one.key, (np.zeros(self._dimensions), np.zeros(self._dimensions))
            )
            bodies[: len(one.bodies)] += one.bodies
            probed[: len(one.probed)] += one.probed
        self._made: dict[tuple[ArticleId, ...], Stack] = {}
        self._means: dict[tuple[Key, ...], UnitRows] = {}

    def stack(self, articles: Sequence[Learnt]) -> Stack:
        """Return the stack of articles' sections, in their order."""
        name = tuple(article.sections[0].article_id for article in articles if article.sections)
        if name not in self._made:
            sections = [section for article in articles for section in article.digest.sections]
            nothing = np.zeros((1, self._dimensions), dtype=np.float32)
            probes = [one.probes if len(one.probes) else nothing for one in sections]
            starts = np.cumsum([0, *map(len, probes)])[:-1]
            means = self._means_of(tuple(one.key for one in sections))
            self._made[name] = Stack(means, UnitRows.of(np.concatenate(probes or [nothing])), starts)
        return self._made[name]

    def _means_of(self, keys: tuple[Key, ...]) -> UnitRows:
        if keys not in self._means:
            each = [self._meanings[key] for key in keys]
            columns = [_unit_rows(column) for column in zip(*each, strict=True)]
            rows = np.concatenate(columns or [np.zeros((0, self._dimensions), dtype=np.float32)])
            self._means[keys] = UnitRows.of(rows)
        return self._means[keys]


class View:
    """The sections that messages in one language are compared with, as arrays. Immutable and thread-safe."""

    def __init__(self, language: str, articles: Sequence[Learnt], stacks: Stacks) -> None:
        """Take articles and what stacks their vectors; by words a message is compared with its own language's only."""
        self.sections = tuple(section for article in articles for section in article.sections)
        self.outside = np.array([section.slug == NOT_ANSWERED for section in self.sections], dtype=bool)
        self._foreign = np.array([section.language != language for section in self.sections], dtype=bool)
        self.weight = np.where(self._foreign, FOREIGN, 1.0)
        self.articles = np.repeat(np.arange(len(articles)), [len(article.sections) for article in articles])
        own = [article.digest if _is_in(article, language) else None for article in articles]
        digests = [
            section if mine else None
            for article, mine in zip(articles, own, strict=True)
            for section in article.digest.sections
        ]
        self._stems = WordIndex([Terms() if one is None else one.stems for one in digests])
        self._beginnings = WordIndex([Terms() if one is None else one.beginnings for one in digests])
        self._pieces = LikenessIndex([Terms() if one is None else one.pieces for one in own])
        self._wording = LikenessIndex([Terms() if one is None else one.wording for one in own])
        named = [(one.named, place) for place, one in enumerate(digests) if one is not None]
        often = Counter(words for words, _ in named)
        self._named = {
            words: place for words, place in named if words and often[words] == 1 and not self.outside[place]
        }
        self.stack = stacks.stack(articles)

    @property
    def size(self) -> int:
        """Return how many bytes of memory the arrays take but the vectors, which views may share."""
        return self._stems.size + self._beginnings.size + self._pieces.size + self._wording.size

    def evidence(self, reading: Reading) -> Evidence:
        """Return what the reading has in common with every section."""
        vector = np.frombuffer(reading.embedding, dtype="<f4")
        lexical = Evidence(
            stems=self._stems.coverage(numbers_of(reading.stems)),
            beginnings=self._beginnings.coverage(numbers_of(map(beginning, reading.words))),
            pieces=self._pieces.cosines(Terms.of(pieces_of(reading.words)))[self.articles],
            wording=self._wording.cosines(Terms.of(numbers_of(reading.words)))[self.articles],
            foreign=self._foreign,
            articles=self.articles,
        )
        means, probes, starts = self.stack
        if not len(vector) or len(vector) != means.dimensions:
            return lexical
        alike, count = means.cosines(vector), len(self.sections)
        return lexical._replace(
            body=alike[:count],
            gist=alike[count:],
            question=np.maximum.reduceat(probes.cosines(vector), starts),
        )

    def with_named(self, chances: NDArray[np.float64], reading: Reading) -> NDArray[np.float64]:
        """Return likelihoods with the section the likeliest whose heading is the whole message, if just one has it."""
        place = self._named.get(" ".join(reading.words))
        if place is None or chances[place] >= NAMED:
            return chances
        others: NDArray[np.float64] = chances * ((1 - NAMED) / (1 - chances[place]))
        others[place] = NAMED
        return others


def _chosen(articles: Iterable[Learnt], language: str) -> list[Learnt]:
    """Return each article once, in this language if it exists, else in the first language there is."""
    chosen: dict[str, Learnt] = {}
    for article in articles:
        for first in article.sections[:1]:
            if first.slug not in chosen or first.language == language:
                chosen[first.slug] = article
    return list(chosen.values())


def _is_in(article: Learnt, language: str) -> bool:
    return any(section.language == language for section in article.sections[:1])


def _unit_rows(rows: Iterable[NDArray[np.float64]]) -> Matrix:
    """Return sums of vectors as unit rows; zeros stay zeros."""
    stacked = np.array(list(rows))
    lengths = np.linalg.norm(stacked, axis=1, keepdims=True)
    return np.asarray(stacked / np.maximum(lengths, 1e-12), dtype=np.float32)


def _count_headings(articles: Iterable[Article]) -> Mapping[tuple[str, str], int]:
    """Return how many sections of a language have a heading, whatever the case of its letters."""
    return Counter((one.language, section.heading.casefold()) for one in articles for section in one.sections)


def _known(article: Article, headings: Mapping[tuple[str, str], int]) -> tuple[KnownSection, ...]:
    """Return an article's sections as they can be answered with."""
    return tuple(
        KnownSection(
            article_id=article.id,
            slug=article.slug,
            language=article.language,
            section=number,
            title=article.title,
            heading=section.heading,
            body=section.body,
            revision=article.revision,
            name=section.heading
            if headings[article.language, section.heading.casefold()] == 1
            else f"{article.title}: {section.heading}",
        )
        for number, section in enumerate(article.sections)
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
