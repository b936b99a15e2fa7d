"""Taking what was heard: where a masked address lies."""

import pytest

from doorward.answering.procedures.answers.taking import Question, take
from doorward.answering.procedures.heard import Heard, Masked
from doorward.answering.procedures.model import Slot
from doorward.answering.procedures.run import Filled, Sealed

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
