"""Attendance: conversations go to people who are there."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from doorward import routing
from doorward.bootstrap import load_plugins
from doorward.flow.attendance import Attendance
from doorward.kit.clock import SystemClock
from doorward.kit.i18n import Translator
from doorward.kit.settings import Settings
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from tests.support.identities import Office


@pytest.fixture(scope="module")
def translator() -> Translator:
    """Return the sentences of all languages."""
    return Translator(load_plugins(Settings(), clock=SystemClock(), kinds=("language",)).packs)


@pytest.fixture
def attendance(office: Office, translator: Translator) -> Attendance:
    """Attendance at the office."""
    return Attendance(office.transactions, office.identity.sessions, translator)


def available(office: Office, staff_id: StaffId) -> None:
    """Have somebody take conversations."""
    office.write(lambda tx: routing.set_presence(tx, office.scope, staff_id, state="available", capacity=3))


def state(office: Office, staff_id: StaffId) -> str:
    """Return somebody's presence."""
    presence = office.read(lambda tx: routing.presence_of(tx, office.scope, staff_id))
    return "never" if presence is None else presence.state


async def test_signing_out_of_the_last_session_is_leaving(office: Office, attendance: Attendance) -> None:
    """Two browsers: after the first sign-out the agent is still there, after the second they are away."""
    selin = office.a_member()
    first, second = office.sign_in(), office.sign_in(address="192.0.2.2")
    assert first is not None
    assert second is not None
    available(office, selin)
    await attendance.sign_out(office.scope, first.session_id)
    assert state(office, selin) == "available"
    await attendance.sign_out(office.scope, second.session_id)
    assert state(office, selin) == "away"
    assert office.actions()[-2:] == ["staff.signed_out", "presence.lapsed"]


async def test_signing_out_ends_a_break(office: Office, attendance: Attendance) -> None:
    """Who is at lunch and signs out is gone, and what they have goes to others as it does for who dropped out."""
    selin = office.a_member()
    session = office.sign_in()
    assert session is not None
    office.write(lambda tx: routing.step_away(tx, office.scope, selin, capacity=3, reason="lunch"))
    await attendance.sign_out(office.scope, session.session_id)
    presence = office.read(lambda tx: routing.presence_of(tx, office.scope, selin))
    assert presence is not None
    assert (presence.state, presence.reason) == ("away", "gone")


def _wait(office: Office, _staff_id: StaffId) -> None:
    office.clock.advance(timedelta(hours=1))


def _disable(office: Office, staff_id: StaffId) -> None:
    office.write(lambda tx: office.identity.staff.disable(tx, office.scope, staff_id))


def test_who_is_away_without_a_reason_and_leaves_is_gone(office: Office, attendance: Attendance) -> None:
    """Nobody waits on somebody who is signed in nowhere, whatever they said before."""
    selin = office.a_member()
    assert office.sign_in() is not None
    office.write(lambda tx: routing.step_away(tx, office.scope, selin, capacity=3, reason=""))
    assert attendance.retire_absent(office.scope) == 0
    _wait(office, selin)
    assert attendance.retire_absent(office.scope) == 1
    presence = office.read(lambda tx: routing.presence_of(tx, office.scope, selin))
    assert presence is not None
    assert presence.reason == "gone"


@pytest.mark.parametrize("end", [_wait, _disable], ids=["idle", "disabled"])
def test_whose_session_ends_otherwise_is_found_away(
    office: Office, attendance: Attendance, end: Callable[[Office, StaffId], None]
) -> None:
    """The sweep finds them, writes it down once, and leaves others alone."""
    office.a_member("mira", role="supervisor")
    selin = office.a_member()
    assert office.sign_in() is not None
    available(office, selin)
    assert attendance.retire_absent(office.scope) == 0
    end(office, selin)
    assert office.sign_in("mira") is not None
    mira = next(row.id for row in office.rows("identity_staff") if row.username == "mira")
    available(office, StaffId(mira))
    assert attendance.retire_absent(office.scope) == 1
    assert attendance.retire_absent(office.scope) == 0
    assert (state(office, selin), state(office, StaffId(mira))) == ("away", "available")
    assert office.actions().count("presence.lapsed") == 1


def test_other_tenants_agents_are_not_looked_at(office: Office, attendance: Attendance) -> None:
    """Presence of one tenant says nothing about sessions of another."""
    stranger = StaffId("s" * 26)
    office.write(
        lambda tx: Outcome(routing.set_presence(tx, office.other, stranger, state="available", capacity=1).value),
        office.other,
    )
    assert attendance.retire_absent(office.scope) == 0
    assert attendance.retire_absent(office.other) == 1


def test_what_somebody_has_who_dropped_out_goes_to_others_after_a_while(office: Office, attendance: Attendance) -> None:
    """Within the plan's minutes it stays theirs; then it waits at its place and whoever is there gets it."""
    selin, mira = office.a_member(), office.a_member("mira", role="supervisor")
    available(office, selin)
    conversation_id, party_id = ConversationId("c" * 26), PartyId("p" * 26)
    handoff = Handoff(reason="asked_for_person")
    office.write(lambda tx: routing.enter_queue(tx, office.scope, conversation_id, party_id, handoff=handoff))
    office.write(lambda tx: routing.retire_absent(tx, office.scope, present=()))
    available(office, mira)
    assert attendance.reroute(office.scope) == 0
    assert office.read(lambda tx: routing.staff_load(tx, office.scope)) == {selin: 1}
    office.clock.advance(timedelta(minutes=10))
    assert attendance.reroute(office.scope) == 1
    assert office.read(lambda tx: routing.staff_load(tx, office.scope)) == {mira: 1}
    assert attendance.reroute(office.scope) == 0
