"""Messages that are no answer: what is told beside a question, how often, and that waiting ends."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.procedures.heard import Heard
from doorward.answering.procedures.machine import (
    CONFIRM_RETRIES,
    MOST_ASIDES,
    VERIFY_RETRIES,
    advance,
    begin_run,
    may_stray,
)
from doorward.answering.procedures.model import AskStep, Procedure, VerifyStep
from doorward.answering.procedures.run import (
    Ask,
    Chose,
    Confirm,
    End,
    Event,
    Failed,
    Found,
    HandOver,
    Ignored,
    Resumed,
    Run,
    Said,
    Started,
    Strayed,
    Turn,
    Verified,
    Verify,
)
from tests.unit.answering.procedures.examples import CREDIT, DEBIT, TILL, example
from tests.unit.answering.procedures.walking import said, walk

BLOCK, ORDER = example("block_card"), example("order_paper")
ASKED: tuple[Event, ...] = (Started(level=1), Found(things=(DEBIT, CREDIT)))
UNPROVEN: tuple[Event, ...] = (Started(level=0),)
CONFIRMS: tuple[Event, ...] = (*ASKED, Chose(key="9012"), Chose(key="stolen"))
WELL = said(text="well")
NOT_UNDERSTOOD, NOT_VERIFIED = HandOver(reason="not_understood"), HandOver(reason="not_verified")
EVERYWHERE = pytest.mark.parametrize(
    ("before", "ends"), [(ASKED, NOT_UNDERSTOOD), (CONFIRMS, NOT_UNDERSTOOD), (UNPROVEN, NOT_VERIFIED)]
)


def after(before: tuple[Event, ...], *events: Event) -> Turn:
    """Return the turn after the last of some events behind others."""
    return walk(BLOCK, [*before, *events])


@EVERYWHERE
def test_the_same_is_told_once_beside_a_question(before: tuple[Event, ...], ends: HandOver) -> None:
    """Told the first time it is no failure; the second time it is, and after the retries the waiting ends."""
    once = after(before, Strayed(about="delivery#1"))
    assert (once.want, once.answered, once.run.failures) == (walk(BLOCK, list(before)).want, False, 0)
    assert not may_stray(once.run, about="delivery#1")
    again = [Strayed(about="delivery#1")] * 3
    waiting = after(before, *again)
    assert (waiting.run.failures, waiting.run.asides) == (2, ("delivery#1",))
    assert after(before, *again, Strayed(about="delivery#1")).want == ends


@EVERYWHERE
def test_only_so_much_is_told_beside_a_question(before: tuple[Event, ...], ends: HandOver) -> None:
    """Three things; the fourth ends the waiting at once."""
    some = [Strayed(about=f"article#{number}") for number in range(MOST_ASIDES)]
    waiting = after(before, *some)
    assert not waiting.run.is_over
    assert not may_stray(waiting.run)
    assert after(before, *some, Strayed(about="another#1")).want == ends


def test_greetings_may_come_again_as_often() -> None:
    """What may be told again is counted all the same."""
    waiting = after(ASKED, *[Strayed()] * MOST_ASIDES)
    assert (isinstance(waiting.want, Ask), waiting.run.failures) == (True, 0)
    assert after(ASKED, *[Strayed()] * (MOST_ASIDES + 1)).want == NOT_UNDERSTOOD


@EVERYWHERE
def test_what_is_told_in_between_sets_no_failure_back(before: tuple[Event, ...], ends: HandOver) -> None:
    """Two tries that failed, something else, and one more: that is the third."""
    assert after(before, WELL, Strayed(about="one#0"), WELL, Strayed(about="two#0"), WELL).want == ends


def test_the_next_question_begins_with_nothing_counted() -> None:
    """What was told beside one question may be told beside the next."""
    turn = after(ASKED, Strayed(about="delivery#1"), WELL, Chose(key="9012"))
    assert isinstance(turn.want, Ask)
    assert (turn.run.asides, turn.run.failures) == ((), 0)


def test_whoever_cannot_prove_who_they_are_is_not_asked_on() -> None:
    """Who says so goes where the step says, at once; where it says nothing a person comes."""
    cannot = Said(heard=Heard(unable=True, text="i cannot get into my mail"))
    assert after(UNPROVEN, cannot).want == NOT_VERIFIED
    known, *others = BLOCK.steps
    assert isinstance(known, VerifyStep)
    otherwise = msgspec.structs.replace(BLOCK, steps=(msgspec.structs.replace(known, otherwise="kept"), *others))
    turn = walk(otherwise, [Started(level=0), cannot])
    assert (turn.want, [one.text for one in turn.says]) == (End(how="declined"), ["kept"])


def test_it_is_kept_that_no_proof_came_until_one_does() -> None:
    """By this those that wait beneath are not asked for the same proof again."""
    ended = after(UNPROVEN, Failed(code="not_verified"))
    assert ended.run.unproven
    assert not after(UNPROVEN, Verified(level=1)).run.unproven


def test_whether_it_shall_go_on_is_asked_three_times() -> None:
    """Neither yes nor no: a person takes over, whatever it waits for."""
    for before in (ASKED, UNPROVEN, CONFIRMS):
        assert not after(before, Ignored(), Ignored()).run.is_over
        assert after(before, Ignored(), Ignored(), Ignored()).want == NOT_UNDERSTOOD


def test_a_run_that_was_kept_before_this_was_counted_goes_on() -> None:
    """Its document has neither."""
    run = after(ASKED).run
    document = json.loads(msgspec.json.encode(run))
    del document["asides"], document["unproven"]
    older = msgspec.convert(document, Run)
    assert (older.asides, older.unproven) == ((), False)
    assert advance(BLOCK, older, Strayed(about="delivery#1")).run.asides == ("delivery#1",)


def test_what_is_told_beside_nothing_changes_nothing() -> None:
    """While something is looked up or done nobody waits for an answer."""
    looking = walk(BLOCK, [Started(level=1)])
    turn = advance(BLOCK, looking.run, Strayed(about="delivery#1"))
    assert (turn.want, turn.run.asides) == (looking.want, ())


# -- whatever is said --------------------------------------------------------------------------------------------------

unheard: st.SearchStrategy[Event] = st.one_of(
    st.builds(Strayed, about=st.sampled_from(["", "a#0", "b#1", "c#2", "d#3", "e#4"])),
    st.builds(Said, heard=st.builds(Heard, text=st.sampled_from(["well", "hm", "what now?"]), asks=st.booleans())),
    st.just(Ignored()),
    st.just(Chose(key="nothing that was offered")),
)
anything: st.SearchStrategy[Event] = unheard | st.sampled_from(
    [
        said(agrees=True),
        said(agrees=False),
        said(unable=True),
        said(other=True, corrects=True),
        Chose(key="9012"),
        Chose(key="lost"),
        Resumed(level=1),
        Resumed(level=0),
        Found(things=(DEBIT, CREDIT)),
        Found(things=(TILL,)),
    ]
)
LONGEST = MOST_ASIDES + max(CONFIRM_RETRIES, VERIFY_RETRIES, *(slot.retries for slot in BLOCK.slots.values())) + 1
"""Messages that are no answer, at one question: what is told beside it, the retries, and one to end it."""


def waits(turn: Turn) -> bool:
    """Return whether a turn waits for what the customer says."""
    return isinstance(turn.want, Ask | Confirm | Verify)


WAITING: tuple[tuple[Procedure, tuple[Event, ...]], ...] = (
    *((BLOCK, before) for before in (ASKED, UNPROVEN, CONFIRMS, CONFIRMS[:-1])),
    *((ORDER, before) for before in (UNPROVEN, (Started(level=1), Found(things=(TILL,))))),
)
"""Procedures and the ways to each of their questions."""


@given(st.sampled_from(WAITING), st.lists(unheard, min_size=LONGEST, max_size=LONGEST))
def test_waiting_ends_after_so_many_messages_that_are_no_answer(
    waiting: tuple[Procedure, tuple[Event, ...]], happened: list[Event]
) -> None:
    """Wherever a run waits: after a bound of such messages, whatever they are, it is over."""
    procedure, before = waiting
    turn = walk(procedure, list(before))
    assert waits(turn)
    for event in happened:
        turn = advance(procedure, turn.run, event)
    assert turn.run.outcome in {"handed_over", "declined"}


@given(st.lists(anything, max_size=60))
def test_no_message_and_no_pause_lengthens_the_waiting(happened: list[Event]) -> None:
    """However messages, pauses and what is fetched anew follow each other, no question hears more than its bound."""
    turn, counted = advance(BLOCK, begin_run(BLOCK, "R1"), Started(level=1)), 0
    for event in happened:
        before, waited = turn.run, waits(turn)
        turn = advance(BLOCK, before, event)
        if (turn.run.at, turn.run.visits) != (before.at, before.visits):
            counted = 0
        elif waited and isinstance(event, Strayed | Ignored | Said | Chose):
            counted += 1
        assert counted < LONGEST or turn.run.is_over


def test_the_bound_knows_the_slots() -> None:
    """A slot of a retry more lets one more message come."""
    slot = msgspec.structs.replace(BLOCK.slots["why"], retries=3)
    patient = msgspec.structs.replace(BLOCK, slots={**BLOCK.slots, "why": slot})
    assert isinstance(patient.step("reason"), AskStep)
    events = [*ASKED, Chose(key="9012"), *[Strayed(about=f"{number}#0") for number in range(MOST_ASIDES)]]
    assert not walk(patient, [*events, WELL, WELL, WELL]).run.is_over
    assert walk(patient, [*events, WELL, WELL, WELL, WELL]).want == NOT_UNDERSTOOD
