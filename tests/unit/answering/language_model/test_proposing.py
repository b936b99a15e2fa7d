"""The four verbs over a model that is scripted: bounded, judged, paid for; nothing that it does is an exception."""

import json
import threading
from collections.abc import Callable

import pytest

from doorward.answering.language_model import (
    Asking,
    Calls,
    GroundingCheck,
    Line,
    ModelAnswer,
    ModelFailed,
    ModelTask,
    Proposer,
    SlotOffered,
)
from doorward.kit.clock import FixedClock
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, Span, WildText, house_text
from tests.support.transactions import NOON, SCOPE
from tests.support.words import encoder, packs

SOURCE = "Your new card arrives within 5 days by post. You can follow it in the app."
ASKING = Asking(scope=SCOPE, language="en", seconds=0.3)


class Scripted:
    """A model that does what it is told to, in the thread that asks it."""

    id = "scripted/1"

    def __init__(self) -> None:
        """Answer nothing yet."""
        self.answer: Callable[[ModelTask], str] = lambda _task: ""
        self.tasks: list[ModelTask] = []

    def complete(self, task: ModelTask, *, instructions: str, seconds: float) -> ModelAnswer:
        """Note the task and answer."""
        self.tasks.append(task)
        return ModelAnswer(content=self.answer(task), tokens_in=300, tokens_out=20)

    def ping(self) -> None:
        """Be there."""


class Purse:
    """Counts what is taken, and has as much as a test wants."""

    def __init__(self) -> None:
        """Be rich."""
        self.rich = True
        self.taken = 0

    def reserve(self, _scope: Scope, tokens: int) -> bool:
        """Take tokens."""
        self.taken += tokens if self.rich else 0
        return self.rich

    def give_back(self, _scope: Scope, tokens: int) -> None:
        """Give tokens back."""
        self.taken -= tokens


class Room:
    """A proposer with all that is around it."""

    def __init__(self) -> None:
        """Wire it; the exit is open until a test shuts it."""
        self.model, self.purse, self.open = Scripted(), Purse(), True
        self.left: list[WildText] = []
        self.calls = Calls(self.model, clock=FixedClock(NOON), at_once=1)
        gate = GroundingCheck(packs().values(), lambda texts: [one.tobytes() for one in encoder().encode(list(texts))])
        self.proposer = Proposer(self.calls, gate, purse=self.purse, leave=self.leave)

    def leave(self, _scope: Scope, text: WildText, _source: WildText) -> bool:
        """Note what wants out."""
        self.left.append(text)
        return self.open

    def says(self, value: object) -> None:
        """Answer with this as JSON."""
        self.model.answer = lambda _task: json.dumps(value)


@pytest.fixture
def room() -> Room:
    """A room."""
    return Room()


def sentences(*said: str, source: int = 1) -> object:
    """An answer."""
    return {"sentences": [{"text": one, "source": source} for one in said]}


def outcome(room: Room) -> tuple[str, str]:
    """What becomes of an answer."""
    proposed = room.proposer.answer_from([SOURCE], house_text("When does my card come?"), asking=ASKING)
    assert (proposed.value is not None) == (proposed.use.outcome == "used")
    return proposed.use.outcome, proposed.use.why


def test_an_answer_cites_what_it_rests_on(room: Room) -> None:
    """The text, the places of its sources in order of use, and the line for the record."""
    other = "A courier brings it within 2 days."
    room.says(
        {
            "sentences": [
                {"text": other, "source": 2},
                {"text": "Your new card arrives by post within 5 days.", "source": 1},
            ]
        }
    )
    proposed = room.proposer.answer_from([SOURCE, other, "More."], house_text("When?"), asking=ASKING)
    assert proposed.value is not None
    assert proposed.value.text == house_text(f"{other} Your new card arrives by post within 5 days.")
    assert proposed.value.cites == (1, 0)
    assert (proposed.use.model, proposed.use.prompt, proposed.use.outcome) == ("scripted/1", "answer@1", "used")
    assert room.purse.taken == proposed.use.tokens_in + proposed.use.tokens_out


def test_nothing_leaves_by_another_way(room: Room) -> None:
    """What the gate lets pass still has to pass the exit, whole; what the gate drops never gets there."""
    room.says(sentences("Your new card arrives by post within 5 days."))
    room.open = False
    assert outcome(room) == ("refused", "exit")
    assert len(room.left) == 1
    room.says(sentences("Your new card arrives by post within 5 days.", "I have blocked your card."))
    assert outcome(room) == ("refused", "act")
    assert len(room.left) == 1


def test_a_sentence_must_stand_in_the_source_that_it_cites(room: Room) -> None:
    """Not in another one, and in none that was not given."""
    room.says(sentences("Your new card arrives by post within 5 days.", source=2))
    proposed = room.proposer.answer_from([SOURCE, "We are open on Mondays."], house_text("When?"), asking=ASKING)
    assert (proposed.value, proposed.use.outcome) == (None, "refused")
    assert outcome(room) == ("refused", "source")


def test_a_model_that_raises_whatever_it_likes_is_a_failure(room: Room) -> None:
    """The plugin's own exceptions are nobody's business but the breaker's."""
    for error, why in ((ModelFailed("slow"), "slow"), (ZeroDivisionError("x"), "crashed"), (OSError("y"), "crashed")):

        def fail(_task: ModelTask, error: Exception = error) -> str:
            raise error

        room.model.answer = fail
        assert outcome(room) == ("failed", why)
    assert room.proposer.rests
    assert outcome(room) == ("skipped", "resting")


def test_a_model_that_never_comes_back_is_not_waited_for(room: Room) -> None:
    """It keeps its place until it does: nobody else asks it meanwhile, and nobody waits."""
    ends = threading.Event()

    def wait(_task: ModelTask) -> str:
        ends.wait(30)
        return ""

    room.model.answer = wait
    assert outcome(room) == ("failed", "slow")
    assert outcome(room) == ("skipped", "busy")
    ends.set()


def test_what_cannot_be_paid_is_not_asked(room: Room) -> None:
    """And says nothing of the model: it is not left alone for that."""
    room.purse.rich = False
    for _ in range(5):
        assert outcome(room) == ("skipped", "budget")
    assert room.model.tasks == []
    room.purse.rich = True
    room.says(sentences("Your new card arrives by post within 5 days."))
    assert outcome(room) == ("used", "")


def test_a_failed_call_costs_all_that_it_may_have(room: Room) -> None:
    """Who cannot know what was spent reckons with the most."""
    room.model.answer = lambda _task: "no JSON"
    assert outcome(room) == ("failed", "form")
    assert room.purse.taken > 300


def test_texts_that_are_too_long_are_not_given(room: Room) -> None:
    """Neither one of them, nor many together."""
    for texts in (["x" * 5_000], ["word " * 700] * 9):
        proposed = room.proposer.answer_from(texts, house_text("When?"), asking=ASKING)
        assert (proposed.use.outcome, proposed.use.why) == ("skipped", "length")
    assert room.model.tasks == []


def test_a_summary_rests_on_the_lines_that_it_names(room: Room) -> None:
    """Masked places are no words: what stands in them cannot be said."""
    lines = [
        Line(
            author="customer", text=MaskedText("My card [CARD·4242] was stolen", (Span(kind="CARD", start=8, end=19),))
        ),
        Line(author="bot", text=house_text("A person will help you.")),
    ]
    for said, numbers, wanted in (
        ("The customer's card was stolen.", [1], ("used", "")),
        ("The customer's card was stolen.", [3], ("refused", "source")),
        ("The customer's card was stolen.", [2], ("refused", "words")),
        ("The card with 4242 was stolen.", [1], ("refused", "fact")),
        ("The card ⟦CARD⟧ was stolen.", [1], ("refused", "markup")),
        ("The card was blocked.", [1, 2], ("refused", "words")),
    ):
        room.says({"sentences": [{"text": said, "lines": numbers}]})
        proposed = room.proposer.summarise(lines, asking=ASKING)
        assert (proposed.use.outcome, proposed.use.why) == wanted, said


# -- slots -------------------------------------------------------------------------------------------------------------

SLOTS = [
    SlotOffered(name="card", question="Which card?", options=("Debit card", "Credit card")),
    SlotOffered(name="reason", question="Why?"),
]
MESSAGE = MaskedText("the blue one [CARD·4242] because it was stolen", (Span(kind="CARD", start=13, end=24),))


def proposed_slots(room: Room, *found: dict[str, object]) -> tuple[object, str]:
    """What is proposed, and why not."""
    room.says({"proposals": list(found)})
    proposed = room.proposer.propose_slots(MESSAGE, SLOTS, asking=ASKING)
    return proposed.value, proposed.use.why


def test_slots_are_proposed_in_the_customers_own_words(room: Room) -> None:
    """By what was offered, and by words that stand in the message."""
    value, _ = proposed_slots(
        room, {"slot": 1, "quote": "the blue one", "option": 1}, {"slot": 2, "quote": "it was stolen", "option": None}
    )
    assert [(one.slot, one.quote, one.option) for one in value] == [  # type: ignore[attr-defined]  # a tuple of proposals
        ("card", "the blue one", 0),
        ("reason", "it was stolen", None),
    ]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"slot": 3, "quote": "the blue one"}, "not_offered"),
        ({"slot": 1, "quote": "the blue one", "option": 3}, "not_offered"),
        ({"slot": 2, "quote": "it was stolen", "option": 1}, "not_offered"),
        ({"slot": 1, "quote": "the red one"}, "quote"),
        ({"slot": 1, "quote": "4242"}, "quote"),
        ({"slot": 1, "quote": "[CARD·4242]"}, "quote"),
        ({"slot": 1, "quote": " "}, "quote"),
        ({"slot": 1, "quote": "the blue one", "value": "card_990"}, "form"),
        ({"slot": 0, "quote": "the blue one"}, "form"),
        ({"slot": "card", "quote": "the blue one"}, "form"),
    ],
)
def test_what_was_not_offered_or_not_said_is_no_proposal(room: Room, found: dict[str, object], why: str) -> None:
    """No key of anybody's, no value, no word that the customer did not use."""
    assert proposed_slots(room, found) == (None, why)


def test_one_slot_has_one_proposal(room: Room) -> None:
    """A model that says two things of the same has said nothing."""
    twice = {"slot": 1, "quote": "the blue one"}
    assert proposed_slots(room, twice, twice) == (None, "twice")
