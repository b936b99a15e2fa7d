"""Taking what was heard: where a masked address lies."""

import pytest

from doorward.answering.procedures.answers.taking import Question, take
from doorward.answering.procedures.heard import LAST, Heard, Masked
from doorward.answering.procedures.model import Slot
from doorward.answering.procedures.run import Filled, Sealed
from doorward.vocabulary.operations import Thing

ADDRESS = Question(slot=Slot(name="address", kind="address", ask="which"))
SHOWN = "[ADDRESS]"
WITHIN = Sealed(message_id="M1", span_id="S1")
WHOLE = Sealed(message_id="M1")


@pytest.mark.parametrize(
    ("text", "sealed"),
    [
        (SHOWN, WITHIN),
        (f"{SHOWN}, Österreich", WHOLE),
        (f"  {SHOWN}, United Kingdom", WHOLE),
        (f"my new address is {SHOWN}", WITHIN),
        (f"my new address is {SHOWN}, thank you", WITHIN),
        (f"{SHOWN} please", WITHIN),
    ],
)
def test_an_address_that_goes_on_behind_its_mask_is_held_by_the_message(text: str, sealed: Sealed) -> None:
    """A country that was not masked is not lost; what stands around an address does not become part of it."""
    heard = Heard(message_id="M1", text=text, masked=(Masked(kind="ADDRESS", span_id="S1", shown=SHOWN),))
    taken = take(ADDRESS, heard)
    assert isinstance(taken, Filled)
    assert taken.sealed == sealed


@pytest.mark.parametrize(
    ("first", "supposes", "taken"), [(True, True, False), (True, False, True), (False, True, True)]
)
def test_no_choice_is_made_by_merely_speaking_of_it(*, first: bool, supposes: bool, taken: bool) -> None:
    """'If it happens again, freeze it' chooses nothing before anybody asked; asked which, it is an answer."""
    slot = Slot(name="reason", kind="choice", ask="how", options=("freeze", "block"))
    heard = Heard(text="if it happens again, freeze it", codes=("freeze",), supposes=supposes)
    assert isinstance(take(Question(slot, first=first), heard), Filled) is taken


@pytest.mark.parametrize(
    ("days", "key"),
    [
        (("2026-03-09", "2026-03-02"), "P1"),  # a list begins with the newest
        (("2026-03-02", "2026-03-09"), "P2"),
        (("2026-03-09", "2026-03-09"), "P2"),  # days that tell nothing: its place does
    ],
)
def test_the_last_of_things_with_a_day_is_the_newest(days: tuple[str, str], key: str) -> None:
    """Nobody means by 'the last payment' the oldest of the list."""
    things = tuple(Thing(kind="payment", key=f"P{place}", fields={"day": day}) for place, day in enumerate(days, 1))
    slot = Slot(name="payment", kind="thing", of="payment", ask="which")
    taken = take(Question(slot, things=things, kinds={"day": "date"}), Heard(text="the last one", ordinals=(LAST,)))
    assert isinstance(taken, Filled)
    assert taken.value == key
