"""What is promised, as time goes by: warned of once, broken once, kept still by a status, counted for reports."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doorward import routing, workspace
from doorward.flow.filters import Wanted
from doorward.flow.promises import Promises
from doorward.flow.settle import Settlement
from doorward.flow.views.inbox import Asked, Counts, Inbox, count_views, inbox
from doorward.flow.views.pressing import news_of
from doorward.flow.views.reports import ReportWish, report
from doorward.flow.views.service_report import ServiceCount, as_csv, service_report
from doorward.identity import Staff
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import FixedClock
from doorward.kit.db import Database
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions
from doorward.routing import RoutingPlan, ServiceLevel, Team
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText
from doorward.workspace import PieceName, Status
from tests.support.transactions import CONVERSATION, NOON, OTHER_SCOPE, PARTY, SCOPE, staff_scope
from tests.support.walking import Flow

MIRA, JONAS = staff_scope("m" * 26), staff_scope("j" * 26)
LEVEL = ServiceLevel(name="all", first_minutes=10, next_minutes=20, resolution_minutes=120)
MINUTE = timedelta(minutes=1)


class Watch:
    """A flow whose promises are kept track of as the house does it."""

    def __init__(self, flow: Flow, clock: FixedClock, promises: Promises) -> None:
        """Take the flow, its clock, and who keeps track."""
        self.flow = flow
        self.clock = clock
        self.promises = promises

    def plan(self, plan: RoutingPlan) -> None:
        """Put a plan into the place of the one before."""

        def work(tx: Any) -> Outcome[Any]:
            return routing.save_plan(tx, SCOPE, plan, expected=routing.read_plan(tx, SCOPE).number)

        self.flow.transactions.write(SCOPE, work)

    def status(self, key: str, piece: Status) -> None:
        """Have the company set up a status."""
        self.flow.transactions.write(SCOPE, lambda tx: workspace.put_piece(tx, SCOPE, PieceName(key), piece))

    def ask(self) -> None:
        """Have the customer ask for a person."""

        def work(tx: Any) -> Outcome[None]:
            handoff = Handoff(reason="asked_for_person", channel="test", language="en")
            queued = routing.enter_queue(tx, SCOPE, CONVERSATION, PARTY, handoff=handoff)
            asked = Entry(
                kind="handoff.requested",
                conversation_id=CONVERSATION,
                party_id=PARTY,
                key=f"asked:{tx.now.isoformat()}",
                at=tx.now,
                actor=SCOPE.actor,
                data={"reason": handoff.reason, "queue": handoff.queue, "priority": 0},
            )
            return Outcome(None, (asked, *queued.entries))

        self.flow.say("hello", at=self.clock.now())
        self.flow.transactions.write(SCOPE, work)

    def pass_time(self, minutes: float) -> int:
        """Let time go by, and return how much was told of then."""
        self.clock.advance(minutes * MINUTE)
        return self.promises.keep_time(SCOPE)

    def told(self) -> list[tuple[str, str]]:
        """Return what the ledger says of promises, in order."""
        lines = (one.entry for one in self.flow.ledger())
        return [
            (one.kind.removeprefix("service."), one.data["clock"]) for one in lines if one.kind.startswith("service.")
        ]

    def states(self) -> dict[str, str]:
        """Return how what is promised still stands, by clock."""
        found = self.flow.transactions.read(lambda tx: routing.open_promises(tx, SCOPE, CONVERSATION))
        return {one.clock: one.state for one in found if one.ended_at is None}

    def counts(self, by: str = "all") -> dict[tuple[str, str], ServiceCount]:
        """Return the report's counts of a side, by value and clock."""
        until = self.clock.now() + MINUTE

        def read(tx: Any) -> Any:
            settings = TenantSettings(time_zone="Asia/Tokyo")
            return service_report(tx, SCOPE, since=NOON - MINUTE, until=until, settings=settings)

        report = self.flow.transactions.read(read)
        return {(one.value, one.clock): one for one in report.counts if one.by == by}


@pytest.fixture
def settlement(bus: ProcessBus) -> Settlement:
    """What is settled at the end of each transaction."""
    return Settlement(bus, ring=lambda: None)


@pytest.fixture
def transactions(database: Database, clock: FixedClock, settlement: Settlement) -> Iterator[Transactions]:
    """Transactions whose settlement the test knows."""
    opened = Transactions(database, clock=clock, settle=settlement)
    yield opened
    opened.close()


@pytest.fixture
def watch(flow: Flow, transactions: Transactions, clock: FixedClock, settlement: Settlement) -> Watch:
    """A company that promises ten minutes to the first answer, twenty to the next, two hours to the end."""
    promises = Promises(transactions, lambda _tx, _scope: TenantSettings())
    settlement.follow = promises.follow
    found = Watch(flow, clock, promises)
    found.plan(RoutingPlan(service_levels=(LEVEL,)))
    promises.keep_time(SCOPE)
    return found


def test_the_inbox_has_a_view_of_what_is_due_or_late(watch: Watch) -> None:
    """It has what was warned of, with its promise, and counts it; before that it is empty."""

    def view() -> tuple[list[str], int]:
        def read(tx: Any) -> tuple[Inbox, Counts]:
            asked = Asked(view="due")
            shown = inbox(tx, MIRA, asked, read=lambda *_, **__: Wanted())
            return shown, count_views(tx, MIRA, (), read=lambda *_, **__: Wanted())

        shown, counts = watch.flow.transactions.read(read)
        return [shown.pressing[card.conversation_id].state for card in shown.cards], counts.views["due"]

    watch.ask()
    assert view() == ([], 0)
    watch.pass_time(8)
    assert view() == (["warned"], 1)
    watch.pass_time(8)
    assert view() == (["breached"], 1)


def test_people_are_warned_once_and_a_broken_promise_is_told_once(watch: Watch) -> None:
    """Eight minutes warn, ten break; looking again and again adds nothing, and the conversation keeps its place."""
    watch.ask()
    assert watch.states() == {"first": "running", "resolution": "running"}
    assert (watch.pass_time(7), watch.told()) == (0, [])
    last_at = watch.flow.card().last_at
    assert (watch.pass_time(1), watch.pass_time(1), watch.told()) == (1, 0, [("warned", "first")])
    assert (watch.pass_time(1), watch.pass_time(5)) == (1, 0)
    assert watch.told() == [("warned", "first"), ("breached", "first")]
    assert watch.flow.card().last_at == last_at
    (warned, breached) = (one.entry.data for one in watch.flow.ledger() if one.entry.kind.startswith("service."))
    assert (warned["due_at"], warned["level"]) == ((NOON + 10 * MINUTE).isoformat(), "all")
    assert (breached["used_seconds"], breached["target_seconds"]) == (600, 600)


async def test_what_was_answered_late_between_two_looks_is_told_too(watch: Watch) -> None:
    """Nobody looked while the promise was broken; the ledger has it all the same, once."""
    watch.ask()
    watch.clock.advance(15 * MINUTE)
    await watch.flow.desk.take_over(MIRA, CONVERSATION)
    await watch.flow.desk.reply(MIRA, CONVERSATION, WildText("good morning"), key="1")
    assert (watch.pass_time(0), watch.pass_time(0), watch.told()) == (1, 0, [("breached", "first")])
    assert (watch.counts()["", "first"].missed, watch.counts()["", "first"].median_seconds) == (1, 900.0)


async def test_a_status_keeps_all_clocks_still(watch: Watch) -> None:
    """Due times move by the time in which the status stood; what the status says later changes no past."""
    watch.status("supplier", Status(name="With the supplier", pauses=True))
    watch.status("read", Status(name="Read"))
    watch.ask()
    watch.clock.advance(5 * MINUTE)
    await watch.flow.desk.marking.set_status(MIRA, (CONVERSATION,), status="supplier")
    assert watch.states() == {"first": "paused", "resolution": "paused"}
    watch.status("supplier", Status(name="With the supplier"))
    assert watch.pass_time(600) == 0
    await watch.flow.desk.marking.set_status(MIRA, (CONVERSATION,), status="read")
    assert watch.states() == {"first": "running", "resolution": "running"}
    assert (watch.pass_time(2.9), watch.pass_time(0.2), watch.told()) == (0, 1, [("warned", "first")])
    (found,) = watch.flow.transactions.read(lambda tx: routing.latest_told(tx, SCOPE, limit=9))
    assert found.due_at == NOON + 610 * MINUTE


@pytest.mark.parametrize("ending", ["resolve", "hand_back"])
async def test_a_status_that_pauses_goes_with_the_contact(watch: Watch, ending: str) -> None:
    """Nobody waits for anything any more: the line that ends it takes it away, and whoever asks again is promised."""
    desk, status = watch.flow.desk, watch.flow.desk.marking.set_status
    watch.status("supplier", Status(name="With the supplier", pauses=True))
    watch.ask()
    await desk.take_over(MIRA, CONVERSATION)
    await status(MIRA, (CONVERSATION,), status="supplier")
    watch.clock.advance(MINUTE)
    await (desk.resolve if ending == "resolve" else desk.hand_back)(MIRA, CONVERSATION)
    assert watch.flow.card().status == ""
    (left,) = [one.entry for one in watch.flow.ledger() if "staff_id" in one.entry.data and "status" in one.entry.data]
    assert left.kind in {"conversation.resolved", "handoff.returned"}
    watch.clock.advance(MINUTE)
    watch.ask()
    assert watch.states() == {"first": "running", "resolution": "running"}


async def test_a_status_that_does_not_pause_stays(watch: Watch) -> None:
    """It says what came of the contact, as *refunded* does; so does one that paused when nobody had said so yet."""
    watch.status("refunded", Status(name="Refunded"))
    watch.ask()
    await watch.flow.desk.take_over(MIRA, CONVERSATION)
    await watch.flow.desk.marking.set_status(MIRA, (CONVERSATION,), status="refunded")
    watch.status("refunded", Status(name="Refunded", pauses=True))
    await watch.flow.desk.resolve(MIRA, CONVERSATION)
    assert watch.flow.card().status == "refunded"


async def test_every_next_answer_is_a_promise_of_its_own(watch: Watch) -> None:
    """Two that were kept and one that was not are three in the report; the end closes the last one."""
    desk = watch.flow.desk
    watch.ask()
    await desk.take_over(MIRA, CONVERSATION)
    await desk.reply(MIRA, CONVERSATION, WildText("hello"), key="0")
    for number, minutes in enumerate((4, 6, 30)):
        watch.clock.advance(MINUTE)
        watch.flow.say(f"and then {number}", at=watch.clock.now())
        watch.pass_time(minutes)
        await desk.reply(MIRA, CONVERSATION, WildText("so"), key=f"so {number}")
    watch.clock.advance(MINUTE)
    await desk.resolve(MIRA, CONVERSATION)
    watch.pass_time(0)
    counted = watch.counts()
    following, first, solution = (counted["", clock] for clock in ("next", "first", "resolution"))
    assert (following.kept, following.missed, following.open) == (2, 1, 0)
    assert (following.median_seconds, following.p90_seconds) == (360.0, 1800.0)
    assert (first.kept, solution.kept) == (1, 1)
    assert watch.states() == {}


def test_reports_count_by_queue_class_language_and_day(watch: Watch) -> None:
    """The day is the company's own: four in the afternoon is the next day in Tokyo."""
    watch.clock.advance(timedelta(hours=4))
    watch.ask()
    watch.pass_time(30)
    assert set(watch.counts("queue")) == {("default", "first"), ("default", "resolution")}
    assert watch.counts("class")["0", "first"].missed == 1
    assert watch.counts("day")["2026-03-03", "first"].missed == 1
    assert set(watch.counts("language")) == {(watch.flow.card().language, "first")} | {
        (watch.flow.card().language, "resolution")
    }
    read = watch.flow.transactions.read
    whole = (NOON, NOON + timedelta(days=1))
    report = read(lambda tx: service_report(tx, SCOPE, since=whole[0], until=whole[1], settings=TenantSettings()))
    table = as_csv(report).split("\r\n")
    assert table[0] == "by,value,clock,kept,missed,open,median_seconds,p90_seconds"
    assert table[1] == "all,,first,0,1,0,,"
    other = read(lambda tx: service_report(tx, OTHER_SCOPE, since=whole[0], until=whole[1], settings=TenantSettings()))
    assert other.counts == ()


def test_levels_over_weeks_are_those_of_a_team_and_a_priority(watch: Watch) -> None:
    """What is open still is neither kept nor missed; a team has what its queues have; one that is none is refused."""
    cards = routing.PlannedQueue(name="cards")
    teams = (Team(name="day", queues=("default",)), Team(name="night", queues=("cards",)))
    watch.plan(RoutingPlan(queues=(cards,), teams=teams, service_levels=(LEVEL,)))
    watch.ask()
    watch.pass_time(30)

    def kept(scope: Scope = SCOPE, **wishes: Any) -> tuple[float | None, ...]:
        day = NOON.date()
        wish = ReportWish(kind="levels", since=day, until=day + timedelta(days=6), step="week", **wishes)
        (row,) = watch.flow.transactions.read(
            lambda tx: report(tx, scope, wish, zone=ZoneInfo("Europe/Berlin"), staff=Staff())
        ).rows
        return row.values

    broken, nothing = (0.0, None, None, 1, 0, 0), (None, None, None, 0, 0, 0)
    assert (kept(), kept(team="day", priority=0)) == (broken, broken)
    assert (kept(team="night"), kept(priority=2), kept(OTHER_SCOPE)) == (nothing, nothing, nothing)
    with pytest.raises(Malformed):
        kept(team="evening")


async def test_whoever_has_it_is_told_else_its_team_and_who_may_supervise(watch: Watch) -> None:
    """Somebody of another team hears nothing, and once an agent has it, nobody but them does."""
    night = Team(name="night", queues=("default",), members=(StaffId("m" * 26),))
    cards = routing.PlannedQueue(name="cards")
    day = Team(name="day", queues=("cards",), members=(StaffId("j" * 26),))
    watch.plan(RoutingPlan(queues=(cards,), teams=(night, day), service_levels=(LEVEL,)))
    watch.ask()
    watch.pass_time(9)

    def hears(scope: Any, *, supervises: bool = False) -> bool:
        return watch.flow.transactions.read(lambda tx: news_of(tx, scope, supervises=supervises)) is not None

    assert (hears(MIRA), hears(JONAS), hears(JONAS, supervises=True)) == (True, False, True)
    await watch.flow.desk.take_over(JONAS, CONVERSATION)
    assert (hears(MIRA), hears(JONAS), hears(MIRA, supervises=True)) == (False, True, False)
    await watch.flow.desk.reply(JONAS, CONVERSATION, WildText("hello"), key="1")
    assert not hears(JONAS)


async def test_a_change_of_the_plan_holds_for_what_is_open(watch: Watch) -> None:
    """Shorter promises are broken at once; without any, what is neither kept nor broken is forgotten."""
    watch.ask()
    watch.pass_time(5)
    watch.plan(RoutingPlan(service_levels=(ServiceLevel(name="quick", first_minutes=3),)))
    assert (watch.pass_time(0.1), watch.told()) == (1, [("breached", "first")])
    assert watch.states() == {"first": "breached"}
    watch.plan(RoutingPlan())
    assert (watch.pass_time(0.1), watch.states()) == (0, {})
    assert (watch.counts()["", "first"].missed, len(watch.counts())) == (1, 1)


def test_what_was_broken_let_go_and_promised_again_is_one_promise(watch: Watch) -> None:
    """A level that holds, holds no more and holds again breaks a promise once, and nothing stands still over it."""
    watch.ask()
    watch.pass_time(11)
    watch.plan(RoutingPlan())
    assert (watch.pass_time(1), watch.states()) == (0, {})
    watch.plan(RoutingPlan(service_levels=(LEVEL,)))
    watch.pass_time(1)
    assert watch.states() == {"first": "breached", "resolution": "running"}
    assert watch.told() == [("breached", "first")]
    watch.flow.say("is anybody there?", at=watch.clock.now())
    assert watch.counts()["", "first"].missed == 1


async def test_what_the_assistant_has_again_is_promised_nothing(watch: Watch) -> None:
    """A promise that nobody can keep any more is neither kept nor broken; asked again, it begins anew."""
    watch.ask()
    await watch.flow.desk.take_over(MIRA, CONVERSATION)
    watch.clock.advance(3 * MINUTE)
    await watch.flow.desk.hand_back(MIRA, CONVERSATION)
    assert (watch.states(), watch.counts()) == ({}, {})
    watch.ask()
    assert watch.pass_time(7) == 0
    assert watch.states() == {"first": "running", "resolution": "running"}
