"""A core system that does what it is asked and answers too late: done once, told later, and found out by a person."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from doorward.answering.procedures import KeptRun, Run, keeping
from doorward.answering.procedures.machine import UNANSWERED_TRIES
from doorward.flow.procedures.core_calls import CoreCalls, Patience, Unanswered
from doorward.flow.procedures.journey import Advanced, Move
from doorward.flow.procedures.speaking import unasked
from doorward.plugins.companies.halden.worlds import CUSTOMER
from doorward.vocabulary.errors import Malformed, Unavailable
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.operations import Done
from tests.support.playing import Customer, OwnCore, Stage, World
from tests.unit.flow.procedures.test_conversations import ONE_CARD, began, told


class Late(OwnCore):
    """A core system that does everything at once, and says so only after nobody waits any more, `times` times."""

    def __init__(self, core: OwnCore, *, times: int, fails: type[Exception] = TimeoutError) -> None:
        """Fail in the way in which a connector tells that it does not know."""
        super().__init__(core.core, core._references)
        self.keys: list[str] = []
        self._times = times
        self._fails = fails

    def carry_out(self, reference: str, operation: str, arguments: Any, *, idempotency_key: str) -> Done:
        """Do it, and do not say so."""
        self.keys.append(idempotency_key)
        if self._fails is Unavailable and len(self.keys) > 1:
            raise Unavailable("away")
        done = super().carry_out(reference, operation, arguments, idempotency_key=idempotency_key)
        if len(self.keys) <= self._times:
            raise TimeoutError
        return done


@pytest.fixture
def in_time(stage: Stage) -> Iterator[Any]:
    """Let time pass, and do the jobs whose time has come."""
    clock = stage.house.clock
    passed = [timedelta()]
    now = clock.now

    def pass_by(seconds: float) -> None:
        passed[0] += timedelta(seconds=seconds)
        stage.settle()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(clock), "now", lambda _self: now() + passed[0])
        yield pass_by


def new_cards(world: World) -> int:
    """Return how many cards were ordered."""
    return len(world.core.core.snapshot()[CUSTOMER]["order"])


def at_the_yes(stage: Stage, late: int, **how: Any) -> tuple[World, Customer, Late]:
    """Return a customer who is asked whether their card shall be replaced, by a core system that answers late."""
    world = stage.people(ONE_CARD, language="en")
    core = Late(world.core, times=late, **how)
    stage.use(core)
    customer, _ = began(stage, world, "i need a new card", "card.replace")
    customer.say(customer.code())
    return world, customer, core


def test_what_was_not_answered_is_tried_again_under_the_same_key(stage: Stage, in_time: Any) -> None:
    """The customer hears that it is being checked, and how it ended, once; it was done once."""
    world, customer, core = at_the_yes(stage, late=2)
    line = customer.say("yes")
    assert "I am checking" in told(line)
    assert line is not None
    assert line.entry.data["procedure"]["outcome"] == ""
    before = len(customer.bot_lines())
    in_time(11)
    assert len(customer.bot_lines()) == before
    in_time(31)
    assert [told(one) for one in customer.bot_lines()[before:]] == ["A new card is on its way."]
    in_time(600)
    assert len(customer.bot_lines()) == before + 1
    assert (len(core.keys), len(set(core.keys))) == (3, 1)
    assert new_cards(world) == 1
    acted = [one.entry.data["outcome"] for one in customer.ledger() if one.entry.kind == "procedure.acted"]
    assert acted == ["unanswered", "done"]


def test_whoever_asks_meanwhile_is_told_what_came_of_it(stage: Stage, in_time: Any) -> None:
    """The next message tries it again as well, under the same key; the job that comes then has nothing to do."""
    world, customer, core = at_the_yes(stage, late=1)
    customer.say("yes")
    assert told(customer.say("is it done?")) == "A new card is on its way."
    before = len(customer.bot_lines())
    in_time(60)
    assert len(customer.bot_lines()) == before
    assert (len(core.keys), len(set(core.keys))) == (2, 1)
    assert new_cards(world) == 1


@pytest.mark.parametrize("fails", [TimeoutError, Unavailable])
def test_in_the_end_a_person_finds_out(stage: Stage, in_time: Any, fails: type[Exception]) -> None:
    """After so many tries they take over, with the reason; nobody was told that nothing was done."""
    world, customer, core = at_the_yes(stage, late=99, fails=fails)
    customer.say("yes")
    for _ in range(UNANSWERED_TRIES):
        in_time(200)
    assert customer.state() == "waiting"
    (asked,) = [one.entry.data for one in customer.ledger() if one.entry.kind == "handoff.requested"]
    assert asked["stopped"] == "outcome_unknown"
    (note,) = [one.entry for one in customer.ledger() if one.entry.kind == "note.written"]
    assert note.text is not None
    assert "replace_card" in note.text.text
    assert core.keys[0] in note.text.text
    assert (len(core.keys), len(set(core.keys))) == (UNANSWERED_TRIES, 1)
    assert new_cards(world) == 1


def test_what_is_unknown_is_not_called_off(stage: Stage) -> None:
    """Whoever gives it up elsewhere is not told that it was left: a person finds out."""
    world, customer, core = at_the_yes(stage, late=99)
    customer.say("yes")
    other = world.customer()
    other.say("hello")
    other.say("no")
    assert other.state() == "waiting"
    assert (len(core.keys), new_cards(world)) == (1, 1)


def test_a_person_who_took_over_sees_what_came_of_it(stage: Stage, in_time: Any) -> None:
    """It is found out all the same, once; the bot is silent, and the run is over."""
    world, customer, core = at_the_yes(stage, late=1)
    customer.say("yes")
    customer.say("I want to talk to a person")
    before = len(customer.bot_lines())
    in_time(11)
    assert customer.state() == "waiting"
    assert len(customer.bot_lines()) == before
    acted = [one.entry.data["outcome"] for one in customer.ledger() if one.entry.kind == "procedure.acted"]
    assert acted == ["unanswered", "done"]
    assert (len(set(core.keys)), new_cards(world)) == (1, 1)
    assert kept_of(stage, customer).run.outcome == "resolved"


def test_a_person_who_took_over_is_told_when_nobody_finds_out(stage: Stage, in_time: Any) -> None:
    """It is tried as often as ever while they have the conversation, and the note is theirs; the bot stays silent."""
    _, customer, core = at_the_yes(stage, late=99)
    customer.say("yes")
    customer.say("I want to talk to a person")
    before = len(customer.bot_lines())
    for _ in range(UNANSWERED_TRIES):
        in_time(200)
    assert (len(core.keys), len(set(core.keys))) == (UNANSWERED_TRIES, 1)
    (note,) = [one.entry for one in customer.ledger() if one.entry.kind == "note.written"]
    assert note.text is not None
    assert core.keys[0] in note.text.text
    assert len(customer.bot_lines()) == before
    assert [one.entry.kind for one in customer.ledger()].count("handoff.requested") == 1
    assert (customer.state(), kept_of(stage, customer).run.reason) == ("waiting", "outcome_unknown")


def kept_of(stage: Stage, customer: Customer) -> KeptRun:
    """Return the newest run of a conversation."""
    return stage.read(lambda tx: keeping.runs_of(tx, stage.scope, customer.conversation_id))[0]


def test_what_would_be_asked_while_people_have_it_is_asked_later() -> None:
    """No code is mailed then, and a yes that comes later is none to a question that nobody heard."""
    asks = Run(id="run", procedure="p", version=1, awaits="verification", mailed=True)
    over = Run(id="old", procedure="p", version=1, awaits="nothing", outcome="resolved")
    quiet = unasked(Advanced(moves=(Move(run=over), Move(run=asks)), code=True))
    assert not quiet.code
    assert [(one.run.suspended, one.run.mailed) for one in quiet.moves] == [(False, False), (True, False)]


def test_only_what_may_have_been_done_is_unanswered() -> None:
    """A call that is still under way, or broke down; not one that was refused or never asked."""
    calls, go_on = CoreCalls(), Event()
    tenant = TenantId("t")

    def fail(error: Exception) -> None:
        raise error

    with pytest.raises(Unanswered):
        calls.ask(tenant, lambda: go_on.wait(60), patience=Patience(0.01))
    go_on.set()
    with pytest.raises(Unanswered):
        calls.ask(tenant, lambda: fail(ConnectionResetError()), patience=Patience())
    with pytest.raises(Unavailable):
        calls.ask(tenant, lambda: fail(Unavailable("away")), patience=Patience())
    with pytest.raises(Unavailable):
        calls.ask(tenant, lambda: fail(Malformed("never declared")), patience=Patience())
    with pytest.raises(Unavailable):
        calls.ask(tenant, lambda: None, patience=Patience(0))
    calls.close()


def test_only_waiting_for_the_core_system_is_counted() -> None:
    """Between two calls any time may go by; what both take together is the budget, and then nobody is asked."""
    calls, tenant = CoreCalls(), TenantId("patient")
    now = [0.0]
    patience = Patience(3.0, clock=lambda: now[0])

    def slow() -> str:
        now[0] += 2.0
        return "told"

    assert calls.ask(tenant, slow, patience=patience) == "told"
    now[0] += 60.0
    assert patience.left == 1.0
    assert calls.ask(tenant, slow, patience=patience) == "told"
    assert patience.left == 0.0
    with pytest.raises(Unavailable):
        calls.ask(tenant, slow, patience=patience)
    calls.close()
