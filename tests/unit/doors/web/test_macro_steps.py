"""The form of a macro: steps are put in order, become what the macro keeps, and come back as they were."""

import pytest

from doorward.doors.web.desk.macros.steps import (
    KINDS,
    MOST_STEPS,
    StepForm,
    Things,
    arrange,
    form_of,
    read_forms,
    step_of,
)
from doorward.vocabulary.errors import Malformed
from doorward.workspace import Attribute, Macro, MacroStep, require_steps

THINGS = Things(
    labels={"card": "Card trouble"},
    statuses={"papers": "Papers asked for"},
    fields={
        "amount": Attribute(name="Amount", holds="number"),
        "reported": Attribute(name="Reported", holds="yes_no"),
        "product": Attribute(name="Product", holds="choice", choices=("Card", "Account")),
        "seen": Attribute(name="Seen on", holds="date"),
    },
    replies={"hello": "Greeting", "mine": "My own"},
    own_replies=frozenset({"mine"}),
    colleagues={"01" * 13: "Jonas"},
)
FORMS = [
    StepForm("label", "Card trouble"),
    StepForm("unlabel", "Card trouble"),
    StepForm("priority", "2"),
    StepForm("status", ""),
    StepForm("status", "papers"),
    StepForm("attribute:amount", "1234567.5"),
    StepForm("attribute:reported", "no"),
    StepForm("attribute:product", "Card"),
    StepForm("attribute:seen", "2026-11-30"),
    StepForm("attribute:amount", ""),
    StepForm("note", "Look at it"),
    StepForm("reply", "Hello, {agent} here."),
    StepForm("canned", "hello"),
    StepForm("assign", "me"),
    StepForm("assign", "01" * 13),
    StepForm("snooze", "72"),
    StepForm("resolve", ""),
]


def test_what_is_written_comes_back_as_it_was() -> None:
    """Every kind of step survives being kept and opened again, and what is kept can be run."""
    steps = tuple(step_of(one, THINGS, everybodys=True) for one in FORMS)
    require_steps(Macro(name="All", steps=steps))
    assert [form_of(one, THINGS) for one in steps] == FORMS
    assert {one.sort for one in FORMS} == {*KINDS, "attribute"}


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (StepForm("label", "nothing like it"), "macros.fault.label"),
        (StepForm("priority", "9"), "macros.fault.choice"),
        (StepForm("status", "gone"), "macros.fault.status"),
        (StepForm("attribute:gone", "1"), "macros.fault.field"),
        (StepForm("attribute:amount", "much"), "macros.fault.number"),
        (StepForm("attribute:product", "Loan"), "macros.fault.choice"),
        (StepForm("attribute:seen", "2026-02-30"), "macros.fault.day"),
        (StepForm("note", "  "), "macros.fault.text"),
        (StepForm("canned", "gone"), "macros.fault.reply"),
        (StepForm("canned", "mine"), "macros.fault.own_reply"),
        (StepForm("assign", "nobody"), "macros.fault.colleague"),
        (StepForm("snooze", "0"), "macros.fault.hours"),
        (StepForm("snooze", "²"), "macros.fault.hours"),
        (StepForm("explode", "1"), "macros.fault.kind"),
    ],
)
def test_what_cannot_be_says_why(form: StepForm, says: str) -> None:
    """Each value that does not fit has a sentence of its own."""
    with pytest.raises(Malformed) as error:
        step_of(form, THINGS, everybodys=True)
    assert error.value.facts["says"] == says


def test_ones_own_macro_may_use_ones_own_reply() -> None:
    """Nobody else runs it."""
    assert step_of(StepForm("canned", "mine"), THINGS, everybodys=False) == MacroStep(
        verb="reply", value={"reply": "mine"}
    )


def test_steps_are_moved_added_and_removed() -> None:
    """Each act returns the new order and what has the focus next: the way on, or back from an end."""
    three = (StepForm("note", "a"), StepForm("note", "b"), StepForm("note", "c"))
    assert arrange(three, "up-2", added="") == ((three[0], three[2], three[1]), "up-1")
    assert arrange(three, "up-1", added="") == ((three[1], three[0], three[2]), "down-0")
    assert arrange(three, "down-1", added="") == ((three[0], three[2], three[1]), "up-2")
    assert arrange(three, "remove-0", added="") == ((three[1], three[2]), "add")
    assert arrange(three, "add", added="snooze") == ((*three, StepForm("snooze", "24")), "value-3")
    assert arrange(three, "add", added="resolve")[1] == "remove-3"
    assert arrange(three, "add", added="attribute:amount")[0][-1] == StepForm("attribute:amount")
    for odd in ("up-9", "sideways-1", "add", "remove-"):
        assert arrange(three, odd, added="explode")[0] == three
    full = three[:1] * MOST_STEPS
    assert arrange(full, "add", added="note")[0] == full


def test_a_form_is_read_in_the_order_of_its_numbers() -> None:
    """Whatever order the fields come in, and whatever else is sent."""
    fields = {"step-10": "note", "value-10": "last", "step-2": "resolve", "step-x": "note", "step-": "note"}
    assert read_forms(fields) == (StepForm("resolve", ""), StepForm("note", "last"))
