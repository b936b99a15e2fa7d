"""Handing over: who can have a conversation, and what happens when two things happen at once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from doorward import routing
from doorward.flow.colleagues import Colleagues
from doorward.flow.desk import LONGEST_NOTE, HandOver
from doorward.identity import Member, Staff
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, NotFound, TooLarge
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.scope import Actor, Scope
from doorward.vocabulary.text import WildText
from tests.support.identities import Office
from tests.support.transactions import CONVERSATION, staff_scope
from tests.support.walking import Flow

MIRA = staff_scope("m" * 26)
QUEUE = HandOver(to=None, note=WildText(""))


@pytest.fixture
def colleagues(office: Office) -> Colleagues:
    """Those at the office."""
    return Colleagues(office.identity.staff, office.identity.sessions)


def acting(office: Office, staff_id: StaffId) -> Scope:
    """Return the scope of somebody at the office."""
    return Scope(tenant_id=office.scope.tenant_id, actor=Actor(kind="staff", id=staff_id))


def test_who_is_there_is_told_the_free_ones_first(office: Office, colleagues: Colleagues) -> None:
    """Signed in and entitled, without the one who asks; available before away, few conversations before many."""
    mira = office.a_member("mira")
    for name in ("elif", "jonas", "nadia", "gone"):
        office.a_member(name, role="supervisor" if name == "nadia" else "agent")
    office.a_member("auditor", role="security")
    for name in ("mira", "elif", "jonas", "nadia", "auditor"):
        assert office.sign_in(name, address=f"192.0.2.{len(name)}") is not None
    ids = {row.username: StaffId(row.id) for row in office.rows("identity_staff")}
    for name in ("elif", "nadia"):
        set_available(office, ids[name])
    take(office, ids["elif"])
    here = office.read(lambda tx: colleagues.here(tx, acting(office, mira)))
    assert [(one.name, one.state, one.conversations, one.capacity) for one in here] == [
        ("Nadia", "available", 0, 3),
        ("Elif", "available", 1, 3),
        ("Jonas", "away", 0, None),
    ]


class OneAtATime(Staff):
    """Staff who may be asked for, but not read from first to last."""

    def everybody(self, tx: Tx, scope: Scope) -> tuple[Member, ...]:
        """Fail."""
        raise AssertionError("all staff were read")


def test_of_who_acts_one_is_read(office: Office) -> None:
    """One's own name costs one row however many work here; a program has none."""
    mira = office.a_member("mira")
    colleagues = Colleagues(OneAtATime(), office.identity.sessions)
    program = Scope(tenant_id=office.scope.tenant_id, actor=Actor(kind="machine", id="t" * 26))
    assert office.read(lambda tx: colleagues.names(tx, acting(office, mira))) == ("Mira",)
    assert office.read(lambda tx: colleagues.names(tx, program)) == ()


def set_available(office: Office, staff_id: StaffId) -> None:
    """Have somebody take conversations."""
    office.write(lambda tx: routing.set_presence(tx, office.scope, staff_id, state="available", capacity=3))


def take(office: Office, staff_id: StaffId) -> None:
    """Have somebody take a conversation."""
    party_id = office.a_visitor()
    office.write(lambda tx: routing.assign(tx, office.scope, CONVERSATION, party_id, staff_id=staff_id))


def _shut_out(office: Office, staff_id: StaffId) -> None:
    office.write(lambda tx: office.identity.staff.disable(tx, office.scope, staff_id))


def _leave(office: Office, _staff_id: StaffId) -> None:
    office.clock.advance(timedelta(hours=2))


def _change_role(office: Office, staff_id: StaffId) -> None:
    office.write(lambda tx: office.identity.staff.change_role(tx, office.scope, staff_id, role="privacy"))


@pytest.mark.parametrize(("change", "why"), [(_shut_out, "gone"), (_leave, "gone"), (_change_role, "not_allowed")])
def test_a_colleague_who_cannot_have_it_is_refused_with_a_reason(
    office: Office, colleagues: Colleagues, change: Callable[[Office, StaffId], None], why: str
) -> None:
    """Good a moment ago, then shut out, gone, or not entitled any more; never oneself, never somebody unknown."""
    office.a_member("boss", role="administrator")
    mira, selin = office.a_member("mira"), office.a_member()
    assert office.sign_in() is not None
    scope = acting(office, mira)

    def ask(staff_id: StaffId) -> None:
        office.read(lambda tx: colleagues.require(tx, scope, staff_id))

    ask(selin)
    change(office, selin)
    for staff_id, wanted in ((selin, why), (mira, "yourself")):
        with pytest.raises(Conflict) as refused:
            ask(staff_id)
        assert refused.value.facts["why"] == wanted
    with pytest.raises(NotFound):
        ask(StaffId("x" * 26))
    elsewhere = Scope(tenant_id=office.other.tenant_id, actor=Actor(kind="staff", id="somebody"))
    with pytest.raises(NotFound):
        office.read(lambda tx: colleagues.require(tx, elsewhere, selin))


async def test_of_two_at_once_the_second_is_refused(flow: Flow) -> None:
    """Two tabs hand the same conversation over: it is handed over once, and the other is told."""
    flow.runner().walk_now(flow.say("a person please"))
    await flow.desk.take_over(MIRA, CONVERSATION)
    both = (flow.desk.hand_over(MIRA, CONVERSATION, QUEUE, key=key) for key in ("first", "second"))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Card", "Conflict"]
    assert [one.entry.kind for one in flow.ledger()].count("handoff.passed") == 1
    assert flow.card().state == "waiting"


async def test_a_note_that_is_too_long_changes_nothing(flow: Flow) -> None:
    """It is refused before anything is asked, and the conversation stays with its agent."""
    flow.runner().walk_now(flow.say("a person please"))
    await flow.desk.take_over(MIRA, CONVERSATION)
    long = HandOver(to=None, note=WildText("x" * (LONGEST_NOTE + 1)))
    with pytest.raises(TooLarge):
        await flow.desk.hand_over(MIRA, CONVERSATION, long, key="1")
    assert flow.card().assignee == MIRA.actor.id
