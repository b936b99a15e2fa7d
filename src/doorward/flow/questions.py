"""Questions that nobody could answer: gathered from what customers said, and what is done about them."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from doorward.answering import Edition, Knowledge, KnowledgeIndex, KnowledgeService
from doorward.answering.questions import Asked, dismiss_questions, dismissed_questions
from doorward.flow.reading import read_noted
from doorward.flow.unanswered import SuggestedLine, Unanswered, find_lines, find_unanswered
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.understanding import Reader, nearest_article
from doorward.understanding.heaps import alike_to_any, heaps_of, typical_first, vectors_of
from doorward.vocabulary.company import ArticleSection, ArticleSeed
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ArticleId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import without_spans

DAYS: Final = 30
SHOWN: Final = 5
MOST_GROUPS: Final = 50
LONGEST_QUESTION: Final = 200
"""Characters of a question in an article."""
_WEEK: Final = timedelta(days=7)


class Near(msgspec.Struct, frozen=True, kw_only=True):
    """The section that comes nearest to a question, and how likely its article is meant, 0..1."""

    article_id: ArticleId
    slug: str
    language: str
    section: int
    title: str
    score: float


class QuestionGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Messages in one language that mean alike and that nobody could answer: how many, of how many customers, and some.

    The most typical example comes first. `recent` were said in the last seven days, `before` in the seven days before.
    `answered`: what answers customers by now would answer it; an article was written since.
    """

    language: str
    messages: int
    customers: int
    examples: tuple[SuggestedLine, ...]
    recent: int
    before: int
    first_at: datetime
    last_at: datetime
    near: Near | None
    answered: bool

    @property
    def trend(self) -> str:
        """Return whether it is asked more or less than a week ago: `rising`, `falling` or `steady`."""
        return "rising" if self.recent > self.before else "falling" if self.recent < self.before else "steady"


class Yardstick(NamedTuple):
    """What messages are read by and compared with: `threshold` is the likelihood from which an article answers."""

    reader: Reader
    knowledge: KnowledgeIndex
    languages: tuple[str, ...]
    threshold: float


class QuestionRooms(NamedTuple):
    """What the verbs ask of others; `destroyed` names the parties of which nothing may be shown any more."""

    knowledge: Knowledge
    service: KnowledgeService
    reader: Reader
    settings_of: Callable[[TenantId], TenantSettings]
    destroyed: Callable[[TenantId], Collection[str]]


class Questions:
    """The verbs. That somebody read what customers asked is noted."""

    def __init__(self, transactions: Transactions, rooms: QuestionRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms

    async def groups(self, scope: Scope, *, days: int = DAYS) -> tuple[QuestionGroup, ...]:
        """Return what customers asked in the last days and nobody could answer, the largest groups first."""
        rooms = self._rooms
        gone = await asyncio.to_thread(rooms.destroyed, scope.tenant_id)
        noted = AuditEvent(action="questions.read", object_kind="tenant", object_id=scope.tenant_id)
        found, foreign = await read_noted(
            self._transactions, scope, lambda tx: find_questions(tx, scope, days=days, but=gone), event=noted
        )
        settings = await asyncio.to_thread(rooms.settings_of, scope.tenant_id)

        def gather() -> tuple[QuestionGroup, ...]:
            index = rooms.knowledge.index(scope)
            yardstick = Yardstick(rooms.reader, index, settings.languages, settings.answer_threshold)
            return gather_questions(found, foreign, yardstick, now=self._transactions.read(lambda tx: tx.now))

        return await asyncio.to_thread(gather)

    async def dismiss(self, scope: Scope, lines: Sequence[tuple[str, int]]) -> int:
        """Keep that what these lines ask, and what means alike, is not ours to answer. Raises `NotFound`."""
        gone = await asyncio.to_thread(self._rooms.destroyed, scope.tenant_id)

        def work(tx: Tx) -> Outcome[int]:
            found = find_lines(tx, scope, lines, but=gone)
            asked = [Asked(conversation_id=a.said.conversation_id, seq=a.said.seq, party_id=a.party_id) for a in found]
            return dismiss_questions(tx, scope, asked)

        return await self._transactions.write_async(scope, work)

    async def wordings(self, scope: Scope, lines: Sequence[tuple[str, int]]) -> tuple[SuggestedLine, ...]:
        """Return lines as questions of an article: without their masked places, none twice. Raises `NotFound`."""
        gone = await asyncio.to_thread(self._rooms.destroyed, scope.tenant_id)
        noted = AuditEvent(action="questions.read", object_kind="tenant", object_id=scope.tenant_id)
        found = await read_noted(
            self._transactions, scope, lambda tx: find_lines(tx, scope, lines, but=gone), event=noted
        )
        return _wordings(found)

    async def add(self, scope: Scope, lines: Sequence[tuple[str, int]], article_id: ArticleId, section: int) -> Edition:
        """Write lines as questions into a section of an article, as a draft that somebody reads and publishes.

        `section` counts in what answers customers. Raises `NotFound`, and `Conflict` where the newest draft does not
        have that section any more.
        """
        gone = await asyncio.to_thread(self._rooms.destroyed, scope.tenant_id)
        service = self._rooms.service

        def work(tx: Tx) -> Outcome[Edition]:
            asked = [one.text for one in _wordings(find_lines(tx, scope, lines, but=gone))]
            article, latest = service.article(tx, scope, article_id), service.latest(tx, scope, article_id)
            if latest is None or section >= len(article.sections):
                raise NotFound("no such section")
            place = _place_in(latest.sections, article.sections[section])
            return service.save_draft(tx, scope, _with(latest.seed(), place, asked), expected=latest.number)

        return await self._transactions.write_async(scope, work)


def find_questions(
    tx: Tx, scope: Scope, *, days: int, but: Collection[str]
) -> tuple[tuple[Unanswered, ...], tuple[Unanswered, ...]]:
    """Return what nobody could answer, and of what is not ours to answer the lines that are still there."""
    found = find_unanswered(tx, scope, looked_back=timedelta(days=days), but=but)
    foreign: list[Unanswered] = []
    for one in dismissed_questions(tx, scope):
        try:
            foreign += find_lines(tx, scope, [(one.conversation_id, one.seq)], but=but)
        except NotFound:
            continue
    return found, tuple(foreign)


def gather_questions(
    found: Sequence[Unanswered], foreign: Sequence[Unanswered], yardstick: Yardstick, *, now: datetime
) -> tuple[QuestionGroup, ...]:
    """Return messages in groups that mean alike, language by language, without what means like `foreign` ones.

    The largest groups come first, at most `MOST_GROUPS`. Without an encoder there are none.
    """
    aliens = vectors_of([one.embedding for one in _read(foreign, yardstick) if one.embedding])
    read = [(one, it) for one, it in zip(found, _read(found, yardstick), strict=True) if it.embedding]
    groups: list[QuestionGroup] = []
    for language in dict.fromkeys(reading.language for _, reading in read):
        spoken = [pair for pair in read if pair[1].language == language]
        strange = alike_to_any(vectors_of([reading.embedding for _, reading in spoken]), aliens)
        ours = [pair for pair, alien in zip(spoken, strange, strict=True) if not alien]
        vectors = vectors_of([reading.embedding for _, reading in ours])
        heaps = ([ours[place] for place in typical_first(vectors, heap)] for heap in heaps_of(vectors))
        groups += [_group(heap, yardstick, now=now) for heap in heaps]
    return tuple(sorted(groups, key=lambda one: (-one.messages, -one.last_at.timestamp()))[:MOST_GROUPS])


def _read(found: Sequence[Unanswered], yardstick: Yardstick) -> list[Reading]:
    reader, languages = yardstick.reader, yardstick.languages
    return [reader.read(one.masked, languages=languages, hint=one.said.language or None) for one in found]


def _group(heap: Sequence[tuple[Unanswered, Reading]], yardstick: Yardstick, *, now: datetime) -> QuestionGroup:
    lines = [one for one, _ in heap]
    examples: dict[str, SuggestedLine] = {}
    for one in lines:
        examples.setdefault(one.said.text.casefold(), one.said)
    times = [one.at for one in lines]
    near = _near(heap[0][1], yardstick.knowledge)
    return QuestionGroup(
        language=heap[0][1].language,
        messages=len(lines),
        customers=len({one.party_id for one in lines}),
        examples=tuple(examples.values())[:SHOWN],
        recent=sum(now - at <= _WEEK for at in times),
        before=sum(_WEEK < now - at <= 2 * _WEEK for at in times),
        first_at=min(times),
        last_at=max(times),
        near=near,
        answered=near is not None and near.score >= yardstick.threshold,
    )


def _near(reading: Reading, index: KnowledgeIndex) -> Near | None:
    candidates = index.search(reading)
    article = nearest_article(candidates)
    section = index.section(candidates[0]) if candidates else None
    if article is None or section is None:
        return None
    return Near(
        article_id=section.article_id,
        slug=section.slug,
        language=section.language,
        section=section.section,
        title=section.name,
        score=round(article.score, 4),
    )


def _wordings(found: Sequence[Unanswered]) -> tuple[SuggestedLine, ...]:
    texts: dict[str, SuggestedLine] = {}
    for one in found:
        text = " ".join(without_spans(one.masked).split())[:LONGEST_QUESTION].strip()
        if text:
            texts.setdefault(text.casefold(), msgspec.structs.replace(one.said, text=text))
    if not texts:
        raise NotFound("nothing is left of these messages without what was masked")
    return tuple(texts.values())


def _place_in(sections: Sequence[ArticleSection], wanted: ArticleSection) -> int:
    """Return where a published section stands in a draft: by its id, else by its heading. Raises `Conflict`."""
    same = [n for n, one in enumerate(sections) if wanted.id and one.id == wanted.id]
    same += [n for n, one in enumerate(sections) if one.heading == wanted.heading]
    if not same:
        raise Conflict("the newest draft does not have this section")
    return same[0]


def _with(seed: ArticleSeed, place: int, asked: Sequence[str]) -> ArticleSeed:
    section = seed.sections[place]
    known = {one.casefold() for one in section.questions}
    new = tuple(one for one in asked if one.casefold() not in known)
    changed = msgspec.structs.replace(section, questions=(*section.questions, *new))
    return msgspec.structs.replace(seed, sections=(*seed.sections[:place], changed, *seed.sections[place + 1 :]))
