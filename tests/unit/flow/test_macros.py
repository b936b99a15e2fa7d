"""Macros: steps in order, each by its own verb; what cannot be done ends the run and says so."""

from typing import Any

import pytest

from doorward import workspace
from doorward.flow.desk import MacroRun, RunWish
from doorward.kit.clock import FixedClock
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.workspace import Attribute, CannedReply, Label, Macro, MacroStep, Piece, PieceName, Status
from tests.support.transactions import CONVERSATION, SCOPE, staff_scope
from tests.support.walking import Flow

MIRA, JONAS = staff_scope("m" * 26), staff_scope("j" * 26)
PLACES = {"customer": "AB12", "agent": "Mira", "company": "Halden"}


def put(flow: Flow, key: str, piece: Piece, *, owner: str = "") -> None:
    """Have somebody set up a piece."""
    flow.transactions.write(SCOPE, lambda tx: workspace.put_piece(tx, SCOPE, PieceName(key, owner), piece))


def macro(*steps: tuple[str, Any]) -> Macro:
    """Return a macro of these steps."""
    return Macro(name="Tidy", steps=tuple(MacroStep(verb=verb, value=value) for verb, value in steps))  # type: ignore[arg-type]


@pytest.fixture
def tidy(flow: Flow) -> Flow:
    """A flow with a conversation, in a company with a label, a status, a field and a canned reply."""
    flow.say("hello")
    put(flow, "vip", Label(name="VIP"))
    put(flow, "supplier", Status(name="With the supplier"))
    put(flow, "order", Attribute(name="Order"))
    put(flow, "bye", CannedReply(name="Bye", shortcut="bye", texts={"de": "Tschüss", "en": "Goodbye from {agent}"}))
    return flow


async def run(flow: Flow, *, key: str = "1", scope: Any = MIRA) -> MacroRun:
    """Run the macro `tidy`."""
    return await flow.desk.macros.run(scope, CONVERSATION, RunWish("tidy", PLACES, key))


def said(flow: Flow, kind: str) -> list[str]:
    """Return the texts of the ledger lines of a kind."""
    return [one.entry.text.text for one in flow.ledger() if one.entry.kind == kind and one.entry.text]


async def test_every_verb_is_done_in_order(tidy: Flow, clock: FixedClock) -> None:
    """Each leaves what it leaves by hand; run again what is so stays so, and what was said is not said twice."""
    steps = (
        ("assign", "me"),
        ("label", "vip"),
        ("priority", 2),
        ("status", "supplier"),
        ("attribute", {"key": "order", "value": "of {customer}"}),
        ("note", "Asked by {agent}"),
        ("reply", {"reply": "bye"}),
        ("snooze", 2),
        ("unlabel", "vip"),
    )
    put(tidy, "tidy", macro(*steps))
    done = await run(tidy)
    assert (done.complete, {one.state for one in done.steps}) == (True, {"done"})
    card = tidy.card()
    assert (card.assignee, card.priority, card.status, card.labels) == (MIRA.actor.id, 2, "supplier", ())
    assert card.attributes == {"order": "of AB12"}
    assert card.snoozed_until is not None
    assert (said(tidy, "note.written"), said(tidy, "message.agent")) == (["Asked by Mira"], ["Goodbye from Mira"])
    assert (await run(tidy)).complete
    assert (len(said(tidy, "note.written")), len(said(tidy, "message.agent"))) == (1, 1)


async def test_a_step_that_cannot_be_done_stops_the_rest(tidy: Flow) -> None:
    """What was done before it stays, what comes after it is left, and why is said."""
    put(tidy, "tidy", macro(("label", "vip"), ("reply", "Hello"), ("resolve", None)))
    done = await run(tidy)
    assert [one.state for one in done.steps] == ["done", "refused", "left"]
    assert (done.complete, done.steps[1].why, done.steps[1].facts) == (False, "conflict", {"why": "not_mine"})
    assert (tidy.card().labels, tidy.card().state) == (("vip",), "bot")


async def test_what_somebody_removed_meanwhile_is_not_found(tidy: Flow) -> None:
    """The run stops there; the macro itself stays."""
    put(tidy, "tidy", macro(("label", "gone"), ("priority", 1)))
    done = await run(tidy)
    assert [(one.state, one.why) for one in done.steps] == [("refused", "not_found"), ("left", "")]


async def test_a_conversation_is_ended_at_the_end(tidy: Flow) -> None:
    """Taken, answered and over in one go; again everything is refused where it cannot be."""
    put(tidy, "tidy", macro(("assign", "me"), ("reply", "Done, {unknown}."), ("resolve", None)))
    assert (await run(tidy)).complete
    assert (tidy.card().state, said(tidy, "message.agent")) == ("resolved", ["Done, {unknown}."])


async def test_somebody_elses_macro_is_none_of_mine(tidy: Flow) -> None:
    """An own macro is run by its owner alone."""
    put(tidy, "tidy", macro(("priority", 1)), owner=MIRA.actor.id)
    with pytest.raises(NotFound):
        await run(tidy, scope=JONAS)
    assert (await run(tidy)).complete


@pytest.mark.parametrize(
    "step",
    [
        ("label", ""),
        ("priority", 7),
        ("priority", True),
        ("attribute", "order"),
        ("attribute", {"key": "order", "value": [1]}),
        ("note", "  "),
        ("reply", {"reply": 1}),
        ("assign", None),
        ("snooze", 0),
        ("resolve", "now"),
    ],
)
def test_steps_that_cannot_be_are_not_kept(tidy: Flow, step: tuple[str, Any]) -> None:
    """Said with the number of the step."""
    with pytest.raises(Malformed) as refused:
        put(tidy, "tidy", macro(("priority", 1), step))
    assert refused.value.facts == {"step": 2, "verb": step[0]}
