"""Reports over what conversations left in ledger, cards and audit, on both databases."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import literal, select, text

from doorward import routing
from doorward.flow.views.reports import Report, ReportWish, report
from doorward.identity import MemberSeed, Staff
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Tx
from doorward.measure import KINDS
from doorward.record.tables import HAPPENED, entry_table
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.report import ReportKind
from doorward.vocabulary.scope import Scope
from tests.support.transactions import CONVERSATION, NOON, OTHER_SCOPE, PARTY, SCOPE, staff_scope
from tests.support.walking import Flow

DAY = NOON.date()


def read(flow: Flow, kind: ReportKind, *, scope: Scope = SCOPE, **wishes: Any) -> Report:
    """Read a report of the day."""
    wish = ReportWish(kind=kind, since=DAY, until=wishes.get("until", DAY), step=wishes.get("step", "day"))
    zone = ZoneInfo("Europe/Berlin")
    return flow.transactions.read(lambda tx: report(tx, scope, wish, zone=zone, staff=Staff()))


@pytest.fixture
async def agent(flow: Flow, clock: FixedClock) -> Scope:
    """An agent who was there, took a conversation, ended it after ten minutes, and whose customer came back."""
    seed = MemberSeed(username="selin", display_name="Selin", role="agent")
    staff_id = flow.transactions.write(SCOPE, lambda tx: Staff().add(tx, SCOPE, seed)).id
    scope = staff_scope(staff_id)
    flow.transactions.write(
        scope, lambda tx: routing.set_presence(tx, scope, StaffId(staff_id), state="available", capacity=3)
    )
    flow.say("hello")
    await flow.desk.take_over(scope, CONVERSATION)
    clock.advance(timedelta(minutes=10))
    await flow.desk.resolve(scope, CONVERSATION)
    entry = Entry(
        kind="feedback.given",
        conversation_id=CONVERSATION,
        party_id=PARTY,
        key="feedback:1",
        at=clock.now(),
        actor=SCOPE.actor,
        data={"helpful": True},
    )
    flow.transactions.write(SCOPE, lambda _tx: Outcome(None, (entry,)))
    flow.say("one more thing")
    return scope


def values(found: Report) -> dict[str, dict[str, Any]]:
    """A report's figures by row and column."""
    names = [one.name for one in found.columns]
    return {row.name: dict(zip(names, row.values, strict=True)) for row in found.rows}


async def test_each_report_tells_what_happened(flow: Flow, agent: Scope, clock: FixedClock) -> None:
    """Arrived, ended, come back; by whom; how long they were there; whether it helped; by channel."""
    clock.advance(timedelta(minutes=20))
    assert values(read(flow, "volume"))[str(DAY)] == {"arrived": 1, "handed_over": 0, "resolved": 1, "reopened": 1}
    assert values(read(flow, "satisfaction"))[str(DAY)] == {"judged": 1, "satisfaction": 1.0}
    assert values(read(flow, "agents"))["Selin"] == {"given": 1, "resolved": 1, "available": 1800, "away": 0}
    assert values(read(flow, "channels"))["test"]["arrived"] == 1
    assert read(flow, "labels").rows == ()


async def test_presence_is_told_by_reason_and_lasts_until_now(flow: Flow, agent: Scope, clock: FixedClock) -> None:
    """Ten minutes available, then half an hour at lunch that has not ended; nobody is counted who has left."""
    staff_id = StaffId(agent.actor.id)
    flow.transactions.write(agent, lambda tx: routing.step_away(tx, agent, staff_id, capacity=3, reason="lunch"))
    clock.advance(timedelta(minutes=30))
    expected = {"available": 600, "away": 0, "away.lunch": 1800}
    found = read(flow, "presence", until=DAY + timedelta(days=1))
    assert values(found) == {str(DAY): expected, str(DAY + timedelta(days=1)): dict.fromkeys(expected)}

    def leave(tx: Tx) -> Outcome[int]:
        return routing.retire_absent(tx, SCOPE, present=())

    flow.transactions.write(SCOPE, leave)
    clock.advance(timedelta(minutes=30))
    assert values(read(flow, "presence"))[str(DAY)] == expected


async def test_each_company_has_its_own(flow: Flow, agent: Scope) -> None:
    """Another company's reports hold nothing of it."""
    for kind in KINDS:
        found = read(flow, kind, scope=OTHER_SCOPE)
        assert not any(any(row.values) for row in found.rows), kind


async def test_a_year_is_told_by_weeks(flow: Flow, agent: Scope) -> None:
    """53 weeks at most; a period that is none, or longer than a year, is refused."""
    found = read(flow, "volume", until=DAY + timedelta(days=364), step="week")
    assert (len(found.rows), found.rows[0].key, found.rows[1].key) == (53, str(DAY), str(DAY + timedelta(days=7)))
    for until in (DAY - timedelta(days=1), DAY + timedelta(days=366), date(9000, 1, 1)):
        with pytest.raises(Malformed):
            read(flow, "volume", until=until)


async def test_what_happened_is_found_by_its_index(flow: Flow, agent: Scope) -> None:
    """On SQLite a partial index is used only where a query says exactly what the index does."""

    def plan(tx: Tx) -> str:
        if tx.connection.dialect.name != "sqlite":
            return "ix_record_entry_happened"  # PostgreSQL proves it by itself, and reads small tables whole
        asked = select(literal(1)).select_from(entry_table).where(entry_table.c.tenant_id == "t", text(HAPPENED))
        statement = str(
            asked.where(entry_table.c.at > NOON).compile(tx.connection, compile_kwargs={"literal_binds": True})
        )
        return str(tx.execute(text("EXPLAIN QUERY PLAN " + statement)).all())

    assert "ix_record_entry_happened" in flow.transactions.read(plan)
