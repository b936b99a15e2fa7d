"""What stands out is offered by the bot with consent: to whom it helps, not too often, and never at a bad moment."""

import asyncio
from typing import Any

import msgspec
import pytest

from doorward.answering.nudges import Cap, NudgeBook, Offer, offers_in
from doorward.plugins.companies.halden.worlds import CUSTOMER
from doorward.record import WrittenEntry
from doorward.vocabulary.channel import EntriesRequest
from doorward.vocabulary.scope import Actor, Scope
from tests.support.playing import Customer, Stage
from tests.unit.flow.nudging.conftest import telling

HIGHER: dict[str, Any] = {
    "bill": [{"reference": "B300001", "amount_cents": 61_200, "previous_cents": 41_000, "due": 20}],
}
TWO_BILLS: dict[str, Any] = {
    "bill": [
        {"reference": "B300001", "amount_cents": 61_200, "previous_cents": 41_000, "due": 20},
        {"reference": "B300002", "amount_cents": 1_100, "previous_cents": 1_100, "due": 20},
    ],
}
TWICE: dict[str, Any] = {
    "card": [{"last4": "4471", "kind": "debit"}],
    "payment": [
        {"reference": "P1001", "card": "4471", "merchant": "Here", "amount_cents": 990, "day": -2},
        {"reference": "P1002", "card": "4471", "merchant": "Here", "amount_cents": 990, "day": -2},
    ],
}
IDLE: dict[str, Any] = {"account": [{"last4": "0001", "kind": "current", "balance_cents": 800_000}]}
CALM: dict[str, Any] = {}
ASKED = "May I show you something about your bill?"


def told(line: WrittenEntry | None) -> str:
    """Return the text of a line."""
    assert line is not None
    assert line.entry.text is not None
    return line.entry.text.text


def read_last(customer: Customer) -> str:
    """Return the last words as the customer reads them: what is about them is masked for everybody else."""
    request = EntriesRequest(credential=customer.opened.token, after=0)
    return asyncio.run(customer.stage.house.contact.entries(request)).entries[-1].text


def offers(stage: Stage, customer: Customer) -> tuple[Offer, ...]:
    """Return what was offered in a conversation, the newest first."""
    return stage.read(lambda tx: offers_in(tx, stage.scope, customer.conversation_id))


def states(stage: Stage, customer: Customer) -> list[tuple[str, str]]:
    """Return what was offered in a conversation and what came of it."""
    return [(one.nudge, one.state) for one in offers(stage, customer)]


def decided(customer: Customer) -> tuple[str, str]:
    """Return the latest decision's action and reason."""
    last = [one.entry.data for one in customer.ledger() if one.entry.kind == "decision.made"][-1]
    return last["action"], last["reason"]


def test_a_yes_begins_what_was_offered_for_exactly_that_thing(stage: Stage) -> None:
    """The greeting is answered and the question asked behind it, without a figure; the yes explains that bill."""
    customer = telling(stage, TWO_BILLS).customer()
    line = customer.say("Hello")
    assert told(line).endswith(ASKED)
    assert "612" not in told(line)
    assert line is not None
    assert [one["says"] for one in line.entry.data["choices"]] == ["Yes", "No"]
    assert decided(customer) == ("nudge", "nudge_service")
    customer.say("Yes")
    assert "B300001" in read_last(customer)
    assert decided(customer) == ("nudge", "nudge_taken")
    (offer,) = offers(stage, customer)
    assert (offer.nudge, offer.kind, offer.state, offer.by) == ("bill_higher", "service", "taken", "bot")
    assert offer.rule.startswith("first_line.nudge_service@10+")
    assert offer.solved_at is not None


def test_a_no_is_remembered_for_its_time(stage: Stage) -> None:
    """Nothing is begun, and the same is not offered again in a new conversation; the next best may be."""
    world = telling(stage, HIGHER)
    customer = world.customer()
    customer.say("Hello")
    assert "leave it at that" in told(customer.say("No, thank you"))
    assert states(stage, customer) == [("bill_higher", "declined")]
    later = world.customer()
    later.say("Hello")
    assert "plan_possible" in states(stage, later)[0][0]


def test_a_no_with_a_wish_of_its_own_is_answered_by_that_wish(stage: Stage) -> None:
    """It counts as a no all the same."""
    customer = telling(stage, HIGHER).customer()
    customer.say("Hello")
    stage.hints = {"No, where is my card?": "card.arrival"}
    customer.say("No, where is my card?")
    assert decided(customer)[1] == "procedure_start"
    assert states(stage, customer) == [("bill_higher", "declined")]


def test_what_is_no_answer_passes_the_offer_over(stage: Stage) -> None:
    """Another question is answered, and a yes that comes later agrees to nothing."""
    customer = telling(stage, HIGHER).customer()
    customer.say("Hello")
    customer.say("How long does it take until a new card arrives by post?")
    assert states(stage, customer) == [("bill_higher", "unanswered")]
    assert decided(customer)[0] != "nudge"
    customer.say("Yes")
    assert decided(customer)[0] != "nudge"


def test_who_is_not_known_hears_of_nothing(stage: Stage) -> None:
    """A visitor is greeted, and the core system is not even asked."""
    world = telling(stage, HIGHER)
    customer = world.customer(level=0)
    assert ASKED not in told(customer.say("Hello"))
    assert world.core.asked == []


def test_nothing_is_offered_where_nothing_stands_out(stage: Stage) -> None:
    """A calm customer is greeted as ever."""
    customer = telling(stage, CALM).customer()
    customer.say("Hello")
    assert decided(customer) == ("greet", "small_talk")


def test_a_wish_of_ones_own_comes_first(stage: Stage) -> None:
    """Whoever asks for something is not interrupted."""
    customer = telling(stage, HIGHER).customer()
    customer.say("How long does it take until a new card arrives by post?")
    assert decided(customer)[0] == "answer"
    assert offers(stage, customer) == ()


@pytest.mark.parametrize(
    "said",
    ["Hello, I am desperate and do not know what to do any more", "Hello, my husband passed away last week"],
)
def test_who_needs_care_is_offered_nothing_now_or_later(stage: Stage, said: str) -> None:
    """They meet a person; and when the bot has them back, nothing of it is forgotten."""
    customer = telling(stage, HIGHER).customer()
    customer.say(said)
    assert decided(customer) == ("hand_over", "care")
    _give_back(stage, customer)
    customer.say("Hello")
    assert decided(customer) == ("greet", "small_talk")
    assert offers(stage, customer) == ()


@pytest.mark.parametrize("intent", ["fraud.report", "complaint"])
def test_a_delicate_contact_is_left_alone(stage: Stage, intent: str) -> None:
    """Behind a report of fraud or a complaint nothing is offered, neither help nor something new."""
    customer = telling(stage, {**HIGHER, **IDLE}).customer()
    stage.hints = {"it is about something else": intent}
    customer.say("it is about something else")
    customer.say("never mind")
    _give_back(stage, customer)
    customer.say("Thank you")
    assert decided(customer)[0] != "nudge"


def test_something_new_is_offered_only_when_the_problem_is_solved(stage: Stage) -> None:
    """Not with the greeting; behind the thanks for a solved problem, and a yes is answered from the article."""
    bill = {"reference": "B300002", "amount_cents": 1_100, "previous_cents": 1_100, "due": 20}
    customer = telling(stage, {**IDLE, "bill": [bill]}).customer()
    book = _book(stage)
    nudges = [msgspec.structs.replace(one, article="card-delivery") if one.article else one for one in book.nudges]
    customer.say("Hello")
    assert decided(customer) == ("greet", "small_talk")
    stage.hints = {"please explain my bill": "bill.explain"}
    customer.say("please explain my bill")
    assert customer.bot_lines()[-1].entry.data["procedure"]["outcome"] == "resolved"
    customer.say("Thank you")
    assert decided(customer) == ("greet", "small_talk")  # its article is not there
    stage.house.nudge_books.put(stage.tenant.id, msgspec.structs.replace(book, nudges=tuple(nudges)))
    customer.say("Thank you")
    assert decided(customer) == ("nudge", "nudge_sales")
    line = customer.say("Yes")
    assert line is not None
    assert line.entry.data["sources"][0]["slug"] == "card-delivery"
    assert states(stage, customer) == [("savings_pocket", "taken")]


def test_a_customer_is_not_asked_too_often(stage: Stage) -> None:
    """The company's cap holds over all nudges and conversations, and the cap of all customers for a day."""
    world, book = telling(stage, HIGHER), _book(stage)
    try:
        stage.house.nudge_books.put(stage.tenant.id, msgspec.structs.replace(book, per_customer=Cap(most=1, days=7)))
        first, second = world.customer(), world.customer()
        first.say("Hello")
        second.say("Hello")
        assert (decided(first)[0], decided(second)[0]) == ("nudge", "greet")
        stage.house.nudge_books.put(stage.tenant.id, msgspec.structs.replace(book, per_day=1))
        other = telling(stage, HIGHER).customer()
        other.say("Hello")
        assert decided(other)[0] == "greet"
    finally:
        stage.house.nudge_books.put(stage.tenant.id, book)


def test_what_the_customer_has_of_it_counts_once_it_is_solved(stage: Stage) -> None:
    """A charge that came twice: its amount is kept with the offer, and solved when the dispute is."""
    world = telling(stage, TWICE)
    customer = world.customer()
    customer.say("Hello")
    customer.say("Yes")
    (taken,) = offers(stage, customer)
    assert (taken.state, taken.value, taken.solved_at) == ("taken", 990, None)
    customer.say("Yes")
    customer.say(customer.code())
    (solved,) = offers(stage, customer)
    assert solved.solved_at is not None
    payments = {one["reference"]: one["state"] for one in world.snapshot()[CUSTOMER]["payment"]}
    assert payments == {"P1001": "booked", "P1002": "disputed"}


def test_what_a_yes_is_answered_with_is_kept_masked(stage: Stage) -> None:
    """What the core system tells about somebody is no more readable in the ledger than behind a wish of one's own."""
    shop = "jette.brandis@example.org"
    twice = {**TWICE, "payment": [{**one, "merchant": shop} for one in TWICE["payment"]]}
    customer = telling(stage, twice).customer()
    customer.say("Hello")
    line = customer.say("Yes")
    assert "[EMAIL]" in told(line)
    assert line is not None
    assert line.entry.data["procedure"]["awaits"] == "confirmation"
    assert "brandis" not in str((line.entry.text, line.entry.data))
    assert shop in read_last(customer)


def test_a_core_system_that_fails_is_no_matter(stage: Stage) -> None:
    """Nothing stands out then; the greeting is answered."""
    world = telling(stage, HIGHER)

    def fail(_reference: str) -> Any:
        raise OSError("away")

    world.core.signals = fail  # type: ignore[attr-defined]  # a port's method, on one instance
    customer = world.customer()
    customer.say("Hello")
    assert decided(customer) == ("greet", "small_talk")


def test_german_customers_are_asked_in_german(stage: Stage) -> None:
    """In the language of the conversation."""
    customer = telling(stage, HIGHER, language="de").customer()
    assert told(customer.say("Hallo")).endswith("Darf ich Ihnen etwas zu Ihrer Rechnung zeigen?")
    customer.say("Ja")
    assert "B300001" in read_last(customer)


def _book(stage: Stage) -> NudgeBook:
    book = stage.house.nudge_books.of(stage.tenant.id)
    assert book is not None
    return msgspec.structs.replace(book, per_customer=Cap(most=9, days=7), per_day=10_000)


def _give_back(stage: Stage, customer: Customer) -> None:
    """Let an agent take the conversation, if it waits, and give it back to the bot."""
    if customer.state() != "waiting":
        return
    staff = stage.read(lambda tx: stage.house.identity.staff.find_by_username(tx, stage.scope, "mira"))
    assert staff is not None
    scope = Scope(tenant_id=stage.scope.tenant_id, actor=Actor(kind="staff", id=staff.id))
    asyncio.run(stage.house.desk.take_over(scope, customer.conversation_id))
    asyncio.run(stage.house.desk.hand_back(scope, customer.conversation_id))
