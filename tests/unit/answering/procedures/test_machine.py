"""The machine: what it wants after each event, on the straight way and on all others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.answering.procedures.correcting import correction_of
from doorward.answering.procedures.heard import LAST, Heard, Number
from doorward.answering.procedures.loading import load_procedure
from doorward.answering.procedures.machine import IMPOSSIBLE, advance, begin_run, may_wait
from doorward.answering.procedures.model import Procedure
from doorward.answering.procedures.run import (
    Act,
    Ask,
    Call,
    Cancelled,
    Chose,
    Confirm,
    End,
    Event,
    Failed,
    Find,
    Found,
    HandOver,
    LookUp,
    Resumed,
    Run,
    Said,
    Started,
    Succeeded,
    Verified,
    Verify,
)
from doorward.answering.procedures.state import want_of
from doorward.vocabulary.operations import Thing
from tests.unit.answering.procedures.examples import (
    BLOCKED,
    CREDIT,
    DEBIT,
    KNOWN,
    LANGUAGES,
    TILL,
    VIRTUAL,
    changed,
    example,
    raw,
)
from tests.unit.answering.procedures.walking import NO, YES, said, walk

BLOCK, ORDER = example("block_card"), example("order_paper")
KNOWN_ALREADY = Started(level=1)
BOTH = Found(things=(DEBIT, CREDIT, BLOCKED))
TO_CONFIRM: tuple[Event, ...] = (KNOWN_ALREADY, BOTH, Chose(key="9012"), Chose(key="stolen"))
BLOCK_CREDIT = Call(operation="block_card", arguments={"card": "9012", "reason": "stolen"})
BLOCK_DEBIT = Call(operation="block_card", arguments={"card": "1234", "reason": "stolen"})


def test_the_straight_way() -> None:
    """Verify, find, ask, ask, confirm, act, say, end."""
    turn = walk(BLOCK, [Started()])
    assert turn.want == Verify(level=1)
    turn = advance(BLOCK, turn.run, Verified(level=1))
    assert turn.want == Find(of="card")
    turn = advance(BLOCK, turn.run, BOTH)
    assert turn.want == Ask(slot="card", text="which_card", things=(DEBIT, CREDIT))
    turn = advance(BLOCK, turn.run, Said(heard=Heard(digits=("9012",))))
    assert turn.want == Ask(slot="why", text="why", choices=("lost", "stolen"))
    turn = advance(BLOCK, turn.run, said(codes=("stolen",)))
    values = {"slots.card.key": "9012", "slots.card.kind": "credit", "slots.card.status": "active"}
    assert turn.want == Confirm(text="sure", values=values, calls=(BLOCK_CREDIT,))
    turn = advance(BLOCK, turn.run, Said(heard=YES))
    assert turn.want == Act(call=BLOCK_CREDIT, idempotency_key="R1:block:1")
    turn = advance(BLOCK, turn.run, Succeeded(facts={"day": "2026-03-04"}))
    assert [say.text for say in turn.says] == ["blocked"]
    assert turn.says[0].values == {"slots.card.key": "9012", "blocked.day": "2026-03-04"}
    assert turn.want == End(how="resolved")
    assert (turn.run.is_over, turn.run.outcome, turn.run.offers) == (True, "resolved", {})


def test_the_only_thing_is_taken_without_a_question() -> None:
    """`skip_if_only_one` takes it, unless the customer named another one."""
    only = Found(things=(DEBIT,))
    assert isinstance(walk(BLOCK, [KNOWN_ALREADY, only]).want, Ask)
    assert walk(BLOCK, [KNOWN_ALREADY, only]).run.slots["card"].value == "1234"
    named = Started(level=1, heard=Heard(digits=("7777",)))
    turn = walk(BLOCK, [named, only])
    assert (turn.want.slot, "card" in turn.run.slots) == ("card", False)  # type: ignore[union-attr]  # it asks


def test_what_the_first_message_says_is_not_asked_again() -> None:
    """'My credit card was stolen' names the card and why."""
    turn = walk(BLOCK, [Started(level=1, heard=Heard(codes=("credit", "stolen"))), BOTH])
    assert turn.want == Confirm(
        text="sure",
        values={"slots.card.key": "9012", "slots.card.kind": "credit", "slots.card.status": "active"},
        calls=(BLOCK_CREDIT,),
    )


@pytest.mark.parametrize(
    ("heard", "key"),
    [
        (Heard(ordinals=(2,)), "9012"),
        (Heard(ordinals=(LAST,)), "9012"),
        (Heard(ordinals=(1,)), "1234"),
        (Heard(codes=("debit",)), "1234"),
        (Heard(digits=("012",)), "9012"),
        (Heard(digits=("9012", "12")), "9012"),
    ],
)
def test_a_thing_is_named_in_many_ways(heard: Heard, key: str) -> None:
    """By its place, its kind, its last digits."""
    assert walk(BLOCK, [KNOWN_ALREADY, BOTH, Said(heard=heard)]).run.slots["card"].value == key


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        (Heard(every=True), ("all", True)),
        (Heard(text="what does it cost", asks=True), ("unclear", False)),
        (Heard(digits=("4444",)), ("not_offered", True)),
        (Heard(digits=("5555",)), ("not_offered", True)),
        (Heard(digits=("1234", "9012")), ("several", True)),
        (Heard(ordinals=(3,)), ("unclear", False)),
        (YES, ("unclear", False)),
    ],
)
def test_what_names_nothing_is_asked_again(heard: Heard, told: tuple[str, bool]) -> None:
    """All of them, somebody else's, a blocked one, two at once: none is taken."""
    turn = walk(BLOCK, [KNOWN_ALREADY, BOTH, Said(heard=heard)])
    assert isinstance(turn.want, Ask)
    assert (turn.want.unclear, turn.answered, turn.run.slots) == (*told, {})


def test_after_as_many_tries_as_it_has_a_person_takes_over() -> None:
    """The question is asked three times."""
    unclear = said(text="well")
    assert isinstance(walk(BLOCK, [KNOWN_ALREADY, BOTH, unclear, unclear]).want, Ask)
    assert walk(BLOCK, [KNOWN_ALREADY, BOTH, unclear, unclear, unclear]).want == HandOver(reason="not_understood")


def test_what_cannot_be_ends_without_a_person() -> None:
    """Sixty rolls, three times: it was understood, and nobody else could say anything but the same."""
    too_many = said(numbers=(Number(6000),))
    turn = walk(ORDER, [KNOWN_ALREADY, Found(things=(TILL,)), too_many, too_many, too_many])
    assert turn.want == End(how="declined")
    assert (turn.run.reason, turn.answered) == (IMPOSSIBLE, True)


def test_who_says_no_to_a_proof_is_not_asked_on() -> None:
    """Other words leave the question standing for a while; a no ends where the step says, or with a person."""
    before = walk(BLOCK, [Started(level=0)])
    assert before.want == Verify(level=1)
    assert advance(BLOCK, before.run, said(text="well")).want == Verify(level=1)
    assert advance(BLOCK, before.run, Said(heard=NO)).want == HandOver(reason="not_verified")


def test_a_digression_is_no_failure() -> None:
    """Whoever answers something else in between drops the turn and comes back; the question stands as it was."""
    before = walk(BLOCK, [KNOWN_ALREADY, BOTH]).run
    away = advance(BLOCK, before, said(text="how long does a new one take", asks=True))
    assert not away.answered
    back = advance(BLOCK, advance(BLOCK, before, Resumed(level=1)).run, BOTH)
    assert back.want == Ask(slot="card", text="which_card", things=(DEBIT, CREDIT))
    assert back.run.failures == 0


def test_a_question_about_the_choices_chooses_none() -> None:
    """'What is the difference between lost and stolen?' is no answer; one that names the card is."""
    asked: tuple[Event, ...] = (KNOWN_ALREADY, BOTH, Chose(key="9012"))
    turn = walk(BLOCK, [*asked, said(codes=("stolen",), asks=True, wonders=True)])
    assert isinstance(turn.want, Ask)
    assert (turn.answered, "why" in turn.run.slots) == (False, False)
    named = said(digits=("9012",), asks=True, wonders=True)
    assert walk(BLOCK, [KNOWN_ALREADY, BOTH, named]).run.slots["card"].value == "9012"
    first = Started(level=1, heard=Heard(codes=("credit",), asks=True, wonders=True))
    assert walk(BLOCK, [first, BOTH]).run.slots["card"].value == "9012"


def test_no_leaves_everything_as_it_is() -> None:
    """The way for a no is taken; without one it ends as declined."""
    turn = walk(BLOCK, [*TO_CONFIRM, Said(heard=NO)])
    assert [say.text for say in turn.says] == ["kept"]
    assert turn.want == End(how="declined")
    assert turn.run.confirmed == ()


@pytest.mark.parametrize(
    "heard",
    [
        Heard(agrees=False, corrects=True, other=True),
        Heard(other=True),
        Heard(corrects=True, digits=("1234",)),
        Heard(agrees=False, codes=("debit",)),
    ],
)
def test_a_correction_changes_the_thing_and_asks_for_the_yes_again(heard: Heard) -> None:
    """'No, the other one', 'I meant 1234': what was answered besides stays, and nothing is confirmed."""
    turn = walk(BLOCK, [*TO_CONFIRM, Said(heard=heard)])
    assert isinstance(turn.want, Confirm)
    assert turn.want.calls == (BLOCK_DEBIT,)
    assert turn.run.confirmed == ()
    turn = advance(BLOCK, turn.run, Chose(key="yes"))
    assert turn.want == Act(call=BLOCK_DEBIT, idempotency_key="R1:block:1")


def test_a_correction_without_a_name_asks_again() -> None:
    """'No, a different one' of three: the question for what was answered last comes again."""
    turn = walk(BLOCK, [*TO_CONFIRM, said(agrees=False, corrects=True)])
    assert isinstance(turn.want, Ask)
    assert turn.want.slot == "why"


def test_a_correction_of_what_was_answered_before_is_taken_at_the_next_question() -> None:
    """'I meant the debit card' while it asks why."""
    turn = walk(BLOCK, [KNOWN_ALREADY, BOTH, Chose(key="9012"), said(corrects=True, codes=("debit",))])
    assert isinstance(turn.want, Ask)
    assert (turn.want.slot, turn.run.slots["card"].value) == ("why", "1234")


def test_a_yes_to_something_else_is_no_yes() -> None:
    """'Yes, 1234' to a question about 9012 is asked about 1234, and nothing is confirmed by it."""
    turn = walk(BLOCK, [*TO_CONFIRM, said(agrees=True, digits=("1234",))])
    assert isinstance(turn.want, Confirm)
    assert (turn.run.slots["card"].value, turn.run.confirmed) == ("1234", ())
    assert [call.arguments["card"] for call in turn.want.calls] == ["1234"]
    assert isinstance(walk(BLOCK, [*TO_CONFIRM, said(agrees=True, digits=("9012",))]).want, Act)


@pytest.mark.parametrize("event", [Cancelled(), said(cancels=True)])
@pytest.mark.parametrize("upto", [2, 3, 4])
def test_it_can_be_cancelled_at_every_question(event: Event, upto: int) -> None:
    """'Never mind' ends it; nothing was done."""
    turn = walk(BLOCK, [*TO_CONFIRM[:upto], event])
    assert turn.want == End(how="declined")
    assert turn.run.reason == "cancelled"


def test_an_act_under_way_is_not_cancelled_by_a_message() -> None:
    """What the core system has been asked for is waited for."""
    turn = walk(BLOCK, [*TO_CONFIRM, Chose(key="yes"), said(cancels=True)])
    assert isinstance(turn.want, Act)
    assert not turn.answered


def test_outcomes_lead_where_the_procedure_says_or_to_a_person() -> None:
    """Blocked already; no longer there; the system away."""
    acting: tuple[Event, ...] = (*TO_CONFIRM, Chose(key="yes"))
    already = walk(BLOCK, [*acting, Succeeded(outcome="not_possible")])
    assert [say.text for say in already.says] == ["already"]
    assert walk(BLOCK, [*acting, Succeeded(outcome="not_found")]).want == HandOver(reason="not_done")
    assert walk(BLOCK, [*acting, Failed()]).want == HandOver(reason="unavailable")
    stock: list[Event] = [KNOWN_ALREADY, Found(things=(TILL,)), said(numbers=(Number(300),))]
    away = walk(ORDER, [*stock, Failed()])
    assert ([say.text for say in away.says], away.want) == (["later"], HandOver(reason="core_system_away"))


def test_branches_follow_what_was_looked_up() -> None:
    """Paper on its way is not ordered again."""
    asked: list[Event] = [KNOWN_ALREADY, Found(things=(TILL,)), said(numbers=(Number(300),))]
    turn = walk(ORDER, asked)
    assert turn.want == LookUp(call=Call(operation="paper_stock", arguments={"device": "HT-4100-01"}))
    on_its_way = advance(ORDER, turn.run, Succeeded(facts={"on_the_way": True}))
    assert ([say.text for say in on_its_way.says], on_its_way.want) == (["on_its_way"], End(how="resolved"))
    order = advance(ORDER, turn.run, Succeeded(facts={"on_the_way": False}))
    assert order.want == Act(
        call=Call(operation="order_paper", arguments={"device": "HT-4100-01", "rolls": 3}),
        idempotency_key="R1:order:1",
    )
    assert "order" not in {step.id for step in ORDER.steps if step.id in on_its_way.run.visits}


@pytest.mark.parametrize(("hundredths", "why"), [(0, "too_low"), (5100, "too_high"), (150, "unclear")])
def test_a_count_out_of_bounds_is_asked_for_again(hundredths: int, why: str) -> None:
    """Nought, fifty-one and one and a half rolls are not ordered."""
    turn = walk(ORDER, [KNOWN_ALREADY, Found(things=(TILL,)), said(numbers=(Number(hundredths),))])
    assert isinstance(turn.want, Ask)
    assert turn.want.unclear == why


def test_not_six_but_three_means_three() -> None:
    """Whoever corrects a number says the old one too; the one that is there already is not meant."""
    run = walk(ORDER, [KNOWN_ALREADY, Found(things=(TILL,)), said(numbers=(Number(600),))]).run
    found = correction_of(ORDER, run, Heard(numbers=(Number(600), Number(300)), corrects=True))
    assert found is not None
    assert (found[0], found[1].value) == ("rolls", 3)
    assert correction_of(ORDER, run, Heard(numbers=(Number(600),), corrects=True)) is None


@pytest.mark.parametrize("digits", [("HT410002", "4100", "02"), ("410002",)])
def test_a_key_with_strokes_is_named(digits: tuple[str, ...]) -> None:
    """'HT-4100-02', as `digits_of` tells it; its '4100' is no other thing's end."""
    other = msgspec.structs.replace(TILL, key="HT-4100-02")
    first = Started(level=1, heard=Heard(digits=digits, text="paper", words=("paper",)))
    turn = walk(ORDER, [first, Found(things=(TILL, other))])
    assert turn.run.slots["terminal"].value == "HT-4100-02"


def test_nothing_to_choose_goes_where_it_says() -> None:
    """All cards are blocked."""
    assert walk(BLOCK, [KNOWN_ALREADY, Found(things=(BLOCKED,))]).want == HandOver(reason="no_card_to_block")


def test_a_level_that_was_lost_is_asked_for_again() -> None:
    """Resumed days later by somebody of whom nobody knows more than a claim, or less."""
    waiting = walk(BLOCK, list(TO_CONFIRM)).run
    resumed = advance(BLOCK, waiting, Resumed(level=0))
    assert isinstance(resumed.want, Confirm)
    confirmed = advance(BLOCK, resumed.run, Chose(key="yes"))
    assert confirmed.want == Verify(level=1)
    assert advance(BLOCK, confirmed.run, Verified(level=0)).want == HandOver(reason="not_verified")
    assert isinstance(advance(BLOCK, confirmed.run, Verified(level=1)).want, Act)
    assert advance(BLOCK, confirmed.run, Failed()).want == HandOver(reason="not_verified")


def test_a_gate_that_asks_for_more_is_heard() -> None:
    """`step_up_required` leads to verifying, then to the same act under the same key, and not for ever."""
    acting = walk(BLOCK, [*TO_CONFIRM, Chose(key="yes")])
    again = advance(BLOCK, acting.run, Failed(code="step_up_required"))
    assert again.want == Verify(level=1)
    verified = advance(BLOCK, again.run, Verified(level=1))
    assert verified.want == acting.want
    run = verified.run
    for _ in range(2):
        turn = advance(BLOCK, run, Failed(code="step_up_required"))
        run = advance(BLOCK, turn.run, Verified(level=1)).run
    assert run.outcome == "handed_over"


def test_an_act_without_an_answer_is_wanted_again_under_the_same_key() -> None:
    """As often as it helps, whatever is not answered then; after that a person finds out."""
    acting = walk(BLOCK, [*TO_CONFIRM, Chose(key="yes")])
    turn = advance(BLOCK, acting.run, Failed(code="unanswered"))
    for code in ("unavailable", "unanswered", "unavailable"):
        assert turn.want == acting.want
        turn = advance(BLOCK, turn.run, Failed(code=code))
    assert turn.want == acting.want
    assert advance(BLOCK, turn.run, Succeeded(facts={"day": "2026-01-01"})).run.outcome == "resolved"
    assert advance(BLOCK, turn.run, Failed(code="unanswered")).want == HandOver(reason="outcome_unknown")


@pytest.mark.parametrize(
    "happened",
    [
        (Cancelled(),),
        (Failed(code="step_up_required"),),
        (Failed(code="not_allowed"),),
        (Resumed(level=0), Verified(level=0)),
        (Resumed(level=0), Cancelled()),
        (Resumed(level=0), said(cancels=True)),
    ],
)
def test_what_may_have_been_done_is_not_called_off(happened: tuple[Event, ...]) -> None:
    """Nobody is told that it was left: a person finds out."""
    turn = advance(BLOCK, walk(BLOCK, [*TO_CONFIRM, Chose(key="yes")]).run, Failed(code="unanswered"))
    for event in happened:
        turn = advance(BLOCK, turn.run, event)
    assert turn.want == HandOver(reason="outcome_unknown")


def test_it_goes_on_where_it_stopped_after_days(tmp_path: Path) -> None:
    """Stored as JSON and read again; an act under way keeps its key; things are fetched anew."""
    acting = walk(BLOCK, [*TO_CONFIRM, Chose(key="yes")])
    stored = msgspec.json.decode(msgspec.json.encode(acting.run), type=Run)
    assert stored == acting.run
    assert advance(BLOCK, stored, Resumed(level=1)).want == acting.want
    asking = walk(BLOCK, [KNOWN_ALREADY, BOTH]).run
    assert advance(BLOCK, asking, Resumed(level=1)).want == Find(of="card")


def test_another_version_of_the_procedure_goes_on_with_a_person() -> None:
    """What the customer agreed to was said by the version that is gone."""
    newer = msgspec.structs.replace(BLOCK, version=2)
    assert advance(newer, walk(BLOCK, list(TO_CONFIRM)).run, Chose(key="yes")).want == HandOver(
        reason="procedure_changed"
    )


def test_a_procedure_may_wait_beneath_another() -> None:
    """Three deep at most, and never while something is being carried out; the end says who waits."""
    waiting = walk(BLOCK, list(TO_CONFIRM)).run
    assert may_wait(waiting)
    inner = begin_run(ORDER, "R2", beneath=waiting)
    ended = advance(ORDER, inner, Cancelled())
    assert ended.want == End(how="declined", resumes="R1")
    acting = walk(BLOCK, [*TO_CONFIRM, Chose(key="yes")]).run
    with pytest.raises(ValueError, match="too many"):
        begin_run(ORDER, "R3", beneath=acting)
    deep = msgspec.structs.replace(waiting, beneath=("A", "B", "C"))
    assert not may_wait(deep)


def test_what_is_over_stays_over() -> None:
    """No event brings it back."""
    over = walk(BLOCK, [*TO_CONFIRM, Chose(key="no")]).run
    for event in (Started(level=2), Chose(key="yes"), Verified(level=2), Resumed(level=2), Succeeded(), BOTH):
        turn = advance(BLOCK, over, event)
        assert (turn.run, turn.want) == (over, End(how="declined"))


def test_facts_that_were_not_declared_are_not_kept() -> None:
    """A tool's result adds no name and changes no type."""
    lies = {"day": 5, "outcome": "x", "slots": "y", "more": "z"}
    turn = walk(BLOCK, [*TO_CONFIRM, Chose(key="yes"), Succeeded(facts=lies)])  # type: ignore[arg-type]  # lies
    assert turn.run.facts == {"blocked": {"outcome": "done", "day": None, "why": None}}


def test_why_something_was_not_possible_is_kept() -> None:
    """So that a text can tell it and a branch can ask for it."""
    told = Succeeded(outcome="not_possible", facts={"why": "already_blocked", "more": "x"})
    turn = walk(BLOCK, [*TO_CONFIRM, Chose(key="yes"), told])
    assert turn.run.facts["blocked"] == {"outcome": "not_possible", "day": None, "why": "already_blocked"}


def test_a_circle_of_questions_ends_with_a_person(tmp_path: Path) -> None:
    """Whoever says no for ever is asked twenty times."""
    content = raw("block_card")
    (kept,) = (one for one in content["steps"] if one["id"] == "kept")
    content["steps"] = [one for one in content["steps"] if one["id"] != "kept_end"]
    kept |= {"go": "pick"}
    del kept["say"]
    for file in (folder := changed(tmp_path, "block_card", content)).glob("texts/*"):
        file.write_text(
            "".join(line for line in file.read_text("utf-8").splitlines(keepends=True) if "kept:" not in line)
        )
    procedure = load_procedure(folder, languages=LANGUAGES, known=KNOWN)
    turn = walk(procedure, [KNOWN_ALREADY])
    for _ in range(100):
        event: Event = BOTH if isinstance(turn.want, Find) else Chose(key="no")
        if isinstance(turn.want, Ask):
            event = Chose(key="9012" if turn.want.slot == "card" else "lost")
        turn = advance(procedure, turn.run, event)
    assert turn.want == HandOver(reason="too_long")


def test_the_virtual_card_takes_its_own_way() -> None:
    """A branch asks for a field of the thing."""
    only = Found(things=(VIRTUAL,))
    turn = walk(BLOCK, [KNOWN_ALREADY, only, Chose(key="lost"), Chose(key="yes"), Succeeded()])
    assert [say.text for say in turn.says] == ["blocked_virtual"]


def edited(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Procedure:
    """Return the card's procedure as it is loaded after a change to its file."""
    content = raw("block_card")
    change(content)
    return load_procedure(changed(tmp_path, "block_card", content), languages=LANGUAGES, known=KNOWN)


def test_whoever_speaks_of_another_one_does_not_get_the_only_one() -> None:
    """'My virtual card' of somebody whose virtual card is blocked: the debit card is left alone."""
    gone = Thing(kind="card", key="7777", fields={"status": "blocked", "kind": "virtual"})
    for heard in (Heard(codes=("virtual",)), Heard(digits=("7777",))):
        turn = walk(BLOCK, [Started(level=1, heard=heard), Found(things=(DEBIT, gone))])
        assert isinstance(turn.want, Ask)
        assert (turn.want.slot, turn.want.things) == ("card", (DEBIT,))


def test_one_that_does_not_fit_is_taken_by_its_name_where_the_slot_says_so(tmp_path: Path) -> None:
    """So that it can be said what it is with that one; by a button, by its kind or by its place it is not taken."""
    named = edited(tmp_path, lambda content: content["slots"]["card"].update(or_named=True))
    cards = Found(things=(DEBIT, CREDIT, BLOCKED))
    assert walk(named, [KNOWN_ALREADY, cards, said(digits=("4444",))]).run.slots["card"].value == "4444"
    assert walk(named, [Started(level=1, heard=Heard(digits=("4444",))), cards]).run.slots["card"].value == "4444"
    only = Found(things=(BLOCKED,))
    assert walk(named, [Started(level=1, heard=Heard(digits=("4444",))), only]).run.slots["card"].value == "4444"
    assert walk(named, [KNOWN_ALREADY, only]).want == HandOver(reason="no_card_to_block")
    for event in (Chose(key="4444"), said(ordinals=(3,)), said(codes=("blocked",)), said(digits=("5555",))):
        assert walk(named, [KNOWN_ALREADY, cards, event]).run.slots == {}


def test_conditions_know_the_day(tmp_path: Path) -> None:
    """How many days a date is away; nothing where nobody told the day."""

    def change(content: dict[str, Any]) -> None:
        branch = next(one for one in content["steps"] if one["id"] == "replacement")
        branch["branch"][0]["when"] = "blocked.day_in_days < -10 and blocked.day < today"

    procedure = edited(tmp_path, change)
    done: tuple[Event, ...] = (BOTH, Chose(key="9012"), Chose(key="lost"), Chose(key="yes"))
    for today, text in (
        ("2026-03-20", "blocked_virtual"),
        ("2026-03-14", "blocked"),
        ("", "blocked"),
        ("x", "blocked"),
    ):
        start = Started(level=1, today=today)
        turn = walk(procedure, [start, *done, Succeeded(facts={"day": "2026-03-04"})])
        assert [say.text for say in turn.says] == [text]
    later = [Started(level=1, today="2026-03-04"), *done, Resumed(level=1, today="2026-04-04")]
    assert walk(procedure, [*later, Succeeded(facts={"day": "2026-03-04"})]).says[0].text == "blocked_virtual"


@pytest.mark.parametrize(
    "events", [(KNOWN_ALREADY,), (KNOWN_ALREADY, BOTH), TO_CONFIRM, (*TO_CONFIRM, said(agrees=True))]
)
def test_a_run_of_another_version_wants_a_person(events: tuple[Event, ...]) -> None:
    """Whatever it waits for, its steps and slots may be there no more; nobody who only looks fails over that."""
    run = walk(BLOCK, events).run
    other = msgspec.structs.replace(BLOCK, version=BLOCK.version + 1, steps=BLOCK.steps[-1:], slots={}, texts={})
    assert want_of(other, run) == HandOver(reason="procedure_changed")
    assert advance(other, run, Verified(level=1)).want == HandOver(reason="procedure_changed")
