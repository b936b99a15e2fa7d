"""Search: the own questions over the demo company's articles, and known items among public documents."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec
import numpy as np

from doorward.answering import Article, ArticleRepository, KnowledgeIndex, KnowledgeService
from doorward.answering.scoring import likelihood
from doorward.answering.service import article_id_of
from doorward.doors.cli.evals.lab import Lab, Measured
from doorward.doors.cli.evals.sources import Document, Given, Missing, Question, half_of, read_rows
from doorward.kit.clock import SystemClock
from doorward.understanding import Reader
from doorward.understanding.intents import Phrase
from doorward.vocabulary.company import ArticleSection, ArticleSeed
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import MaskedText

SCOPE: Final = system_scope(TenantId("evals"), "evals")
LEAST_SECTION: Final = 0.25
"""What the best section alone must score for an answer, as the policy of the first line has it."""

RANKS: Final = 10
"""Ranks that count: what comes later is not found."""

HEADING: Final = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]+(?=\s|$)")
LEAST_WORDS, MOST_WORDS = 6, 40
"""Words of a sentence that can be looked for: shorter ones say nothing, longer ones are lists."""

Way = Callable[[Reading], Reading]
WAYS: Final[dict[str, Way]] = {
    "words": lambda reading: msgspec.structs.replace(reading, embedding=b""),
    "embedding": lambda reading: msgspec.structs.replace(reading, words=(), stems=()),
    "both": lambda reading: reading,
}
"""What of a reading search may use."""


def judge_retrieval(lab: Lab, given: Given) -> list[Measured]:
    """Judge one half of the own questions: is the first source right, and is what nobody can know left unanswered?"""
    asked = half_of(read_rows(given.own_file("questions.jsonl"), Question), given.half)
    near = half_of(read_rows(given.own_file("unanswerable.jsonl"), Question), given.half)
    seeds = _articles_about(lab, {one.topic for one in asked})
    index = index_of(seeds, lab.reader)
    topics = {(seed.slug, seed.language) for seed in seeds}
    covered = [one for one in asked if (one.topic, one.language) in topics]
    first = [_first(lab, index, one) for one in covered]
    answered = [_answered(lab, index, one) for one in near]
    found = [Measured(name="retrieval.near_misses_answered", value=float(np.mean(answered)), texts=len(answered))]
    if covered:
        right = [slug == one.topic for slug, one in zip(first, covered, strict=True)]
        found.insert(0, Measured(name="retrieval.first_source", value=float(np.mean(right)), texts=len(right)))
        found += [
            Measured(
                name=f"retrieval.first_source.{language}",
                value=float(
                    np.mean([good for good, one in zip(right, covered, strict=True) if one.language == language])
                ),
                texts=sum(one.language == language for one in covered),
            )
            for language in sorted({one.language for one in covered})
        ]
    # Questions about what no article is about yet are no fault of search; how many there are is told.
    return [
        *found,
        Measured(name="retrieval.questions_with_an_article", value=len(covered) / len(asked), texts=len(asked)),
    ]


def _articles_about(lab: Lab, topics: set[str | None]) -> list[ArticleSeed]:
    """Return the articles of the company that has most of the topics, and not those of other companies beside them."""
    libraries = [list(company.articles()) for company in lab.companies]
    best = max(libraries, key=lambda seeds: len({seed.slug for seed in seeds} & topics), default=[])
    if not best:
        raise Missing("no company with articles is installed")
    return best


def _read(lab: Lab, question: Question) -> Reading:
    return lab.read([Phrase(question.text, None, question.language)])[0]


def _first(lab: Lab, index: KnowledgeIndex, question: Question) -> str | None:
    found = index.search(_read(lab, question))
    return found[0].slug if found else None


def _answered(lab: Lab, index: KnowledgeIndex, question: Question) -> bool:
    """Return whether the first line would answer from an article (see the policy `first_line`)."""
    said = lab.understander.understand(_read(lab, question), MaskedText(question.text), nearest=index.search)
    if said.intent is None or said.wants_person or said.social:
        return False
    return said.intent.score >= lab.answer_threshold and said.candidates[0].score >= LEAST_SECTION


def judge_documents(lab: Lab, given: Given) -> list[Measured]:
    """Judge search for known items among public documents, which come without questions.

    Their titles are looked for among their contents alone; and a sentence from the middle of each, among the documents
    without these sentences. By words alone, by the embedding alone, and by both.
    """
    documents = read_rows(given.public("tau2_banking_documents", "documents.jsonl.gz"), Document)
    middles = {one.id: sentence for one in documents if (sentence := middle_sentence(one.content))}
    untitled = [article_of(one, title="") for one in documents]
    cut = [
        article_of(one, content=one.content.replace(middles[one.id], " ", 1)) for one in documents if one.id in middles
    ]
    found = []
    for name, seeds, queries in (
        ("title", untitled, [(one.title, slug_of(one.id)) for one in documents]),
        ("sentence", cut, [(middles[one.id], slug_of(one.id)) for one in documents if one.id in middles]),
    ):
        lab.tell(f"documents: looking for each {name}")
        index = index_of(seeds, lab.reader)
        readings = lab.read([Phrase(text, None, "en") for text, _ in queries])
        for way, narrowed in WAYS.items():
            ranks = [rank(index, narrowed(reading), slug) for reading, (_, slug) in zip(readings, queries, strict=True)]
            found += _known_item(f"documents.{name}.{way}", ranks)
    return found


def _known_item(name: str, ranks: Sequence[int | None]) -> list[Measured]:
    """Return the share of first ranks, and the mean of 1 / rank among the first ten (E. Voorhees 1999)."""
    reciprocal = [0.0 if one is None else 1 / one for one in ranks]
    return [
        Measured(name=f"{name}.first", value=float(np.mean([one == 1 for one in ranks])), texts=len(ranks)),
        Measured(name=f"{name}.mrr_10", value=float(np.mean(reciprocal)), texts=len(ranks)),
    ]


def rank(index: KnowledgeIndex, reading: Reading, slug: str) -> int | None:
    """Return the rank of an article, by its best section, from 1; None behind the tenth."""
    view = index.view(reading.language)
    chances = likelihood(view.evidence(reading))
    before: list[str] = []
    for place in np.argsort(-chances, kind="stable"):
        name = view.sections[place].slug
        if name == slug:
            return len(before) + 1
        if name not in before:
            before.append(name)
            if len(before) >= RANKS:
                return None
    return None


def article_of(document: Document, *, title: str | None = None, content: str | None = None) -> ArticleSeed:
    """Return a document as an article, cut at its headings; `title` and `content` in place of its own.

    Without a title the lead has its first words for a heading, since an article must have one.
    """
    text = document.content if content is None else content
    parts = HEADING.split(text)
    name = document.title if title is None else title
    lead = parts[0].strip()
    sections = [ArticleSection(heading=name or _beginning(text), body=lead or _beginning(text))]
    for number, (heading, body) in enumerate(zip(parts[1::2], parts[2::2], strict=True), start=1):
        sections.append(ArticleSection(heading=heading, body=body.strip() or heading, id=f"part-{number}"))
    return ArticleSeed(
        slug=slug_of(document.id),
        language="en",
        title=name or _beginning(text),
        summary="",
        keywords=(),
        sections=tuple(sections),
    )


def _beginning(text: str) -> str:
    return " ".join(HEADING.sub(r"\1", text).split()[:8]) or "-"


def slug_of(name: str) -> str:
    """Return an id as a slug."""
    return "-".join(re.findall("[a-z0-9]+", name.lower()))[-90:].strip("-")


def middle_sentence(content: str) -> str | None:
    """Return the sentence nearest to the middle of a text that is neither too short nor a list, None without one."""
    found = [
        match.group().strip()
        for match in SENTENCE.finditer(content)
        if LEAST_WORDS <= len(match.group().split()) <= MOST_WORDS and not match.group().lstrip().startswith("#")
    ]
    return found[len(found) // 2] if found else None


def index_of(seeds: Iterable[ArticleSeed], reader: Reader) -> KnowledgeIndex:
    """Return the index of articles, without a database."""
    service, now = KnowledgeService(ArticleRepository(), reader), SystemClock().now()
    articles, passages = [], {}
    for seed in seeds:
        article_id = article_id_of(SCOPE, seed)
        content = {name: getattr(seed, name) for name in seed.__struct_fields__}
        articles.append(Article(id=article_id, revision=1, state="published", updated_at=now, **content))
        passages[article_id] = service.prepare(seed).passages
    return KnowledgeIndex(articles, passages.items(), revision=1)
