"""Reviews: who may be judged, that the ledger keeps it, who reads it, and that samples can be drawn again."""

from datetime import timedelta

import pytest

from doorward import record, workspace
from doorward.flow.reviewing import Reviewing, ReviewWish, SampleWish, sample, visible_review
from doorward.flow.views.conversation import conversation
from doorward.identity import MemberSeed, Staff
from doorward.kit.clock import FixedClock
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText
from doorward.workspace import PieceName, Question, Scorecard
from tests.support.transactions import CONVERSATION, NOON, SCOPE, staff_scope
from tests.support.walking import Flow

CARD = Scorecard(
    name="Service",
    questions=(
        Question(key="kind", asks="Was it kind?"),
        Question(key="good", asks="How good?", answer="points", most=4, weight=3),
    ),
)
ANSWERS = {"kind": 1, "good": 2}


@pytest.fixture
def reviewing(flow: Flow) -> Reviewing:
    """Reviewing, in a company with a scorecard."""
    flow.transactions.write(SCOPE, lambda tx: workspace.put_piece(tx, SCOPE, PieceName("service"), CARD))
    return Reviewing(flow.transactions, flow.desk._rooms)


@pytest.fixture
def pair(flow: Flow) -> tuple[Scope, Scope]:
    """The scopes of an agent and of a reviewer."""

    def add(username: str) -> Scope:
        seed = MemberSeed(username=username, display_name=username.title(), role="supervisor")
        return staff_scope(flow.transactions.write(SCOPE, lambda tx: Staff().add(tx, SCOPE, seed)).id)

    return add("selin"), add("mira")


async def ended(flow: Flow, agent: Scope, one: ConversationId = CONVERSATION) -> None:
    """Have an agent take a conversation and end it."""
    flow.say(f"hello {one}", conversation_id=one)
    await flow.desk.take_over(agent, one)
    await flow.desk.resolve(agent, one)


def wish(comment: str = "", **answers: int | None) -> ReviewWish:
    """What a reviewer fills in."""
    return ReviewWish(scorecard="service", answers=ANSWERS | answers, comment=WildText(comment))


async def test_a_review_is_in_the_ledger_and_moves_nothing(
    flow: Flow, reviewing: Reviewing, pair: tuple[Scope, Scope]
) -> None:
    """It is written once, keeps the questions as they were, and the conversation stays where it stood in lists."""
    agent, boss = pair
    await ended(flow, agent)
    before = flow.card()
    review = await reviewing.write(boss, CONVERSATION, wish("Well done."), key="1")
    assert await reviewing.write(boss, CONVERSATION, wish("Well done."), key="1") == review
    assert (review.score, review.failed, review.comment) == (62.5, False, "Well done.")
    changed = Scorecard(name="Other", questions=CARD.questions[:1])
    flow.transactions.write(SCOPE, lambda tx: workspace.put_piece(tx, SCOPE, PieceName("service"), changed))
    again = flow.transactions.read(lambda tx: visible_review(tx, boss, review.review_id, reviews=True))
    assert (again.name, [one.points for one in again.questions]) == ("Service", [1, 2])
    assert flow.card().last_at == before.last_at
    assert [one.entry.kind for one in flow.ledger()].count("review.written") == 1
    view = flow.transactions.read(lambda tx: conversation(tx, SCOPE, CONVERSATION))
    assert "Well done." not in str(view)


async def test_the_one_who_was_reviewed_reads_and_answers_once(
    flow: Flow, reviewing: Reviewing, pair: tuple[Scope, Scope]
) -> None:
    """Nobody else finds it; a second answer is refused, the same again is the same."""
    agent, boss = pair
    await ended(flow, agent)
    review = await reviewing.write(boss, CONVERSATION, wish(), key="1")
    mine = flow.transactions.read(lambda tx: record.list_reviews(tx, agent, staff_id=StaffId(agent.actor.id)))
    assert [one.review_id for one in mine] == [review.review_id]
    answered = await reviewing.answer(agent, review.review_id, WildText("Thank you."), key="a")
    assert await reviewing.answer(agent, review.review_id, WildText("Thank you."), key="a") == answered
    assert answered.answer == "Thank you."
    with pytest.raises(Conflict) as refused:
        await reviewing.answer(agent, review.review_id, WildText("And more."), key="b")
    assert refused.value.facts["why"] == "answered"
    with pytest.raises(NotFound):
        await reviewing.answer(boss, review.review_id, WildText("I say so."), key="c")
    stranger = staff_scope("x" * 26)
    with pytest.raises(NotFound):
        flow.transactions.read(lambda tx: visible_review(tx, stranger, review.review_id, reviews=False))


async def test_what_cannot_be_reviewed(flow: Flow, reviewing: Reviewing, pair: tuple[Scope, Scope]) -> None:
    """One that is not over, one that no colleague had, one's own, by no scorecard, with an answer missing."""
    agent, boss = pair
    flow.say("hello")
    with pytest.raises(Conflict) as still_open:
        await reviewing.write(boss, CONVERSATION, wish(), key="1")
    await flow.desk.take_over(agent, CONVERSATION)
    await flow.desk.resolve(agent, CONVERSATION)
    with pytest.raises(Conflict) as own:
        await reviewing.write(agent, CONVERSATION, wish(), key="2")
    assert (still_open.value.facts["why"], own.value.facts["why"]) == ("open", "yours")
    nothing = ReviewWish(scorecard="unknown", answers=ANSWERS, comment=WildText(""))
    with pytest.raises(NotFound):
        await reviewing.write(boss, CONVERSATION, nothing, key="3")
    missing = ReviewWish(scorecard="service", answers={"kind": 1}, comment=WildText(""))
    with pytest.raises(Malformed):
        await reviewing.write(boss, CONVERSATION, missing, key="4")
    assert flow.transactions.read(lambda tx: record.list_reviews(tx, SCOPE)) == ()


async def test_a_sample_can_be_drawn_again(
    flow: Flow, reviewing: Reviewing, pair: tuple[Scope, Scope], clock: FixedClock
) -> None:
    """The same seed draws the same ones, another seed others; what comes in later displaces the last one at most."""
    agent, boss = pair
    ids = [ConversationId(f"{number:026}") for number in range(12)]
    for one in ids[:10]:
        await ended(flow, agent, one)
    await ended(flow, boss, ids[10])

    def drawn(seed: str, *, size: int = 4, staff: Scope | None = agent) -> list[ConversationId]:
        asked = SampleWish(
            since=NOON - timedelta(hours=1),
            until=NOON + timedelta(days=1),
            size=size,
            seed=seed,
            staff_id=None if staff is None else StaffId(staff.actor.id),
        )
        return [one.conversation_id for one in flow.transactions.read(lambda tx: sample(tx, SCOPE, asked))]

    first = drawn("a")
    assert (len(first), first) == (4, drawn("a"))
    assert drawn("b") != first
    assert ids[10] not in drawn("a", size=50)
    assert ids[10] in drawn("a", size=50, staff=None)
    clock.advance(timedelta(minutes=1))
    await ended(flow, agent, ids[11])
    assert len(set(drawn("a")) & set(first)) >= 3
