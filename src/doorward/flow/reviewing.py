"""Reviews: a conversation that is over is judged by a scorecard, and whoever had it may answer once."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from doorward import record, workspace
from doorward.flow.desk import DeskRooms
from doorward.flow.desk.rooms import DeskText, NewLine, WrittenAtDesk, card_at, screen_words
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import Span, WildText

LONGEST_COMMENT: Final = 4_000
MOST_CANDIDATES: Final = 5_000
"""Conversations of a period among which a sample is drawn, those that ended first."""


class ReviewWish(msgspec.Struct, frozen=True, kw_only=True):
    """A scorecard by its key, the answers to its questions, and what the reviewer says beside them."""

    scorecard: str
    answers: Mapping[str, int | None]
    comment: WildText


class SampleWish(msgspec.Struct, frozen=True, kw_only=True):
    """Conversations that ended from `since` until before `until`, of one agent or queue if named, drawn by `seed`."""

    since: datetime
    until: datetime
    size: int
    seed: str
    staff_id: StaffId | None = None
    queue: str = ""


class AnsweredQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it was asked, and its answer; none where it did not apply."""

    key: str
    asks: str
    answer: str
    most: int
    weight: int
    critical: bool
    points: int | None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A review, with the words of the reviewer and of the one who was reviewed (both masked)."""

    review_id: str
    conversation_id: ConversationId
    staff_id: StaffId
    reviewer: StaffId
    scorecard: str
    name: str
    at: datetime
    score: float
    failed: bool
    questions: tuple[AnsweredQuestion, ...]
    comment: str
    comment_spans: tuple[Span, ...] = ()
    answer: str | None = None
    answer_spans: tuple[Span, ...] = ()
    answered_at: datetime | None = None


class Reviewing:
    """The verbs; `scope.actor` is the member of staff who acts."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._rooms = rooms

    async def write(self, scope: Scope, conversation_id: ConversationId, wish: ReviewWish, *, key: str) -> Review:
        """Judge how a conversation went that is over; the same `key` again is the same review.

        Raises `NotFound` for an unknown conversation or scorecard, `Malformed` as `workspace.score_of`, `TooLarge`,
        `SecretRefused`, and `Conflict` when the conversation is not over (fact `why`: `open`), when no colleague had it
        (`nobody`), or when the acting member did (`yours`).
        """
        _require_short(wish.comment)
        review_id = derive_id("review", scope.tenant_id, conversation_id, scope.actor.id, key)
        message_id = MessageId(derive_id("review.text", review_id))
        written = await self._screened(scope, conversation_id, DeskText(message_id, wish.comment))

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, conversation_id)
            card = card_at(tx, scope, conversation_id)
            if record.find_entry(tx, scope, conversation_id, f"review:{review_id}") is not None:
                return Outcome(None)
            staff_id = _reviewed(card, scope)
            scorecard = _scorecard(tx, scope, wish.scorecard)
            score = workspace.score_of(scorecard, wish.answers)
            if written is not None:
                written.seal(tx, scope, card.party_id)
            entry = Entry(
                kind="review.written",
                conversation_id=conversation_id,
                party_id=card.party_id,
                key=f"review:{review_id}",
                at=tx.now,
                actor=scope.actor,
                text=None if written is None else written.screened.masked,
                message_id=message_id,
                data={
                    "review_id": review_id,
                    "staff_id": staff_id,
                    "scorecard": wish.scorecard,
                    "name": scorecard.name,
                    "questions": msgspec.to_builtins(scorecard.questions),
                    "answers": dict(wish.answers),
                    "score": score.percent,
                    "failed": score.failed,
                },
            )
            return Outcome(None, (entry, _audit("review.written", review_id)))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: read_review(tx, scope, review_id))

    async def answer(self, scope: Scope, review_id: str, text: WildText, *, key: str) -> Review:
        """Answer a review of oneself, once; the same `key` again is the same answer.

        Raises `NotFound` also for a review of somebody else, `Malformed` for no words, `TooLarge`, `SecretRefused`, and
        `Conflict` when it was answered before (fact `why`: `answered`).
        """
        if text.is_blank:
            raise Malformed("text: empty")
        _require_short(text)
        mark = await self._transactions.read_async(lambda tx: record.review_mark(tx, scope, review_id))
        if mark.staff_id != scope.actor.id:
            raise NotFound("no such review")
        message_id = MessageId(derive_id("review.answer", review_id, key))
        one = mark.conversation_id
        written = await self._screened(scope, one, DeskText(message_id, text))

        def work(tx: Tx) -> Outcome[None]:
            record.lock_conversation(tx, scope, one)
            card, entry_key = card_at(tx, scope, one), f"review.answer:{review_id}"
            before = record.find_entry(tx, scope, one, entry_key)
            if before is not None and before.entry.message_id != message_id:
                raise Conflict("this review was answered", why="answered")
            if before is not None or written is None:
                return Outcome(None)
            entry = written.line(tx, scope, card, NewLine("review.answered", entry_key, {"review_id": review_id}))
            return Outcome(None, (entry, _audit("review.answered", review_id)))

        await self._transactions.write_async(scope, work)
        return await self._transactions.read_async(lambda tx: read_review(tx, scope, review_id))

    async def _screened(self, scope: Scope, conversation_id: ConversationId, text: DeskText) -> WrittenAtDesk | None:
        if text.text.is_blank:
            return None
        return await screen_words(self._transactions, self._rooms, scope, about=conversation_id, text=text)


def read_review(tx: Tx, scope: Scope, review_id: str) -> Review:
    """Return a review. Raises `NotFound`."""
    mark = record.review_mark(tx, scope, review_id)
    seqs = [mark.seq] if mark.answer_seq is None else [mark.seq, mark.answer_seq]
    lines = record.entries_at(tx, scope, mark.conversation_id, seqs)
    if mark.seq not in lines:
        raise NotFound("no such review")
    entry = lines[mark.seq].entry
    answer = None if mark.answer_seq is None else lines[mark.answer_seq].entry
    return Review(
        review_id=review_id,
        conversation_id=mark.conversation_id,
        staff_id=mark.staff_id,
        reviewer=mark.reviewer,
        scorecard=mark.scorecard,
        name=entry.data["name"],
        at=mark.at,
        score=mark.score,
        failed=mark.failed,
        questions=tuple(_answered(one, entry.data["answers"]) for one in entry.data["questions"]),
        comment="" if entry.text is None else entry.text.text,
        comment_spans=() if entry.text is None else entry.text.spans,
        answer=None if answer is None or answer.text is None else answer.text.text,
        answer_spans=() if answer is None or answer.text is None else answer.text.spans,
        answered_at=None if answer is None else answer.at,
    )


def visible_review(tx: Tx, scope: Scope, review_id: str, *, reviews: bool) -> Review:
    """Return a review to who may read it: whoever `reviews`, and the one who was reviewed. Raises `NotFound`."""
    found = read_review(tx, scope, review_id)
    if not reviews and found.staff_id != scope.actor.id:
        raise NotFound("no such review")
    return found


def sample(tx: Tx, scope: Scope, wish: SampleWish) -> tuple[record.Measured, ...]:
    """Draw conversations to review, the same ones whenever the same are asked for by the same seed.

    Each conversation has a number of its own by the seed (SHA-256); those with the lowest are drawn, so one that comes
    in later takes no other's place but the last one's.
    """
    ended = record.resolved_between(tx, scope, wish.since, wish.until, limit=MOST_CANDIDATES)
    found = [one for one in ended if one.assignee and wish.staff_id in {None, one.assignee}]
    if wish.queue:
        queues = _queues(tx, scope, [one.conversation_id for one in found])
        found = [one for one in found if queues.get(one.conversation_id) == wish.queue]
    return tuple(sorted(found, key=lambda one: _drawn(wish.seed, one.conversation_id))[: wish.size])


def _drawn(seed: str, conversation_id: ConversationId) -> bytes:
    return hashlib.sha256(f"{seed}\x1f{conversation_id}".encode()).digest()


def _queues(tx: Tx, scope: Scope, conversation_ids: list[ConversationId]) -> dict[ConversationId, str]:
    """Return in which queue each conversation waited last."""
    found: dict[ConversationId, str] = {}
    kinds = ("handoff.requested", "handoff.passed")
    for line in record.entries_of_kinds(tx, scope, conversation_ids, kinds=kinds, limit=4 * MOST_CANDIDATES):
        queue = line.entry.data.get("queue")
        if queue:
            found.setdefault(line.entry.conversation_id, queue)
    return found


def _reviewed(card: record.Card, scope: Scope) -> StaffId:
    if card.state != "resolved":
        raise Conflict("this conversation is not over", why="open")
    if card.assignee is None:
        raise Conflict("no colleague had this conversation", why="nobody")
    if card.assignee == scope.actor.id:
        raise Conflict("this conversation was yours", why="yours")
    return StaffId(card.assignee)


def _scorecard(tx: Tx, scope: Scope, key: str) -> workspace.Scorecard:
    piece = workspace.find_piece(tx, scope, "scorecard", key).piece
    if not isinstance(piece, workspace.Scorecard):
        raise NotFound("there is no such scorecard")
    return piece


def _answered(question: dict[str, Any], answers: Mapping[str, int | None]) -> AnsweredQuestion:
    return AnsweredQuestion(**question, points=answers.get(question["key"]))


def _require_short(text: WildText) -> None:
    if len(text) > LONGEST_COMMENT:
        raise TooLarge(f"text: longer than {LONGEST_COMMENT} characters", limit=LONGEST_COMMENT)


def _audit(action: str, review_id: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="review", object_id=review_id)
