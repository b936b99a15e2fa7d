"""How things stand is kept, on both databases: it outlives a process, and all processes of a tenant share it."""

from datetime import timedelta

import pytest

from doorward import record, routing
from doorward.admission.flood import Caller
from doorward.admission.kept import (
    Withheld,
    count_appeals,
    count_promised,
    decide_appeal,
    demotion_of,
    end_demotion,
    forget_demotions,
    list_appeals,
    list_changes,
    note_appeal,
    note_told,
    read_kept,
    sweep_demotions,
)
from doorward.flow.flood import Admitted, FloodControl, FloodWatch, Knock, Levers
from doorward.flow.flood.control import tick_of
from doorward.flow.flood.deferring import keep_told
from doorward.flow.flood.keeping import LEADS
from doorward.kit.clock import FixedClock
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.record import AuditQuery
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import MaskedText
from tests.support.transactions import CONVERSATION, OTHER_SCOPE, PARTY, SCOPE, TENANT, staff_scope
from tests.unit.flow.flood.conftest import control_of, watch_of

MIRA = staff_scope("m" * 26)
WHY = MaskedText("people call to flood us")
STRANGER = Withheld(party_id=PARTY, way="bot_only", because="exhausted", caller_class="anonymous")


def end(tx: Tx) -> Outcome[None]:
    """Keep that the conversation has a person after all."""
    end_demotion(tx, SCOPE, CONVERSATION)
    return Outcome(None)


def knock(owner: str, *, begins: bool = True) -> Knock:
    """A stranger at the door."""
    return Knock(caller=Caller(owner=owner, platform="webchat"), channel="webchat", language="en", begins=begins)


def let_in(transactions: Transactions, control: FloodControl, *, number: int, prefix: str = "o") -> None:
    """Let so many strangers in, each with a contact of their own."""
    standing = transactions.read(lambda tx: control.standing(tx, SCOPE))
    for one in range(number):
        control.admit_now(SCOPE, knock(f"{prefix}{one}"), standing)


def test_what_came_to_two_processes_is_judged_by_one(
    transactions: Transactions, clock: FixedClock, control: FloodControl, watch: FloodWatch, levers: Levers
) -> None:
    """Whoever watches counts what all have seen; the others learn from what is kept how things stand."""
    levers.tell_usual(MIRA, per_hour=360.0)
    other_control = control_of(transactions, clock)
    other = watch_of(transactions, other_control)
    watch.keep_time(SCOPE)
    for _ in range(6):
        let_in(transactions, control, number=6, prefix=f"a{clock.now()}")
        let_in(transactions, other_control, number=6, prefix=f"b{clock.now()}")
        clock.advance(timedelta(seconds=10))
        other.keep_time(SCOPE)
        watch.keep_time(SCOPE)
    clock.advance(timedelta(seconds=10))
    other.keep_time(SCOPE)
    kept = transactions.read(lambda tx: read_kept(tx, SCOPE))
    assert kept is not None
    assert sum(kept.learned.day.values()) == 72
    assert kept.alert.level == "amber"
    assert transactions.read(lambda tx: other_control.standing(tx, SCOPE)).alert.level == "amber"
    assert transactions.read(lambda tx: other_control.standing(tx, OTHER_SCOPE)).alert.level == "green"


def test_whoever_watched_and_died_is_replaced(transactions: Transactions, clock: FixedClock, watch: FloodWatch) -> None:
    """Nobody else judges while a lease holds; after it another process does."""
    watch.keep_time(SCOPE)
    other = watch_of(transactions, control_of(transactions, clock))

    def leader() -> str:
        kept = transactions.read(lambda tx: read_kept(tx, SCOPE))
        return "" if kept is None else kept.led_by

    first = leader()
    clock.advance(timedelta(seconds=40))
    other.keep_time(SCOPE)
    assert leader() == first
    clock.advance(LEADS)
    other.keep_time(SCOPE)
    assert leader() != first


def test_every_change_is_kept_with_its_evidence_and_named_by_the_audit(
    transactions: Transactions, clock: FixedClock, control: FloodControl, watch: FloodWatch, levers: Levers
) -> None:
    """A line of the audit names the row, and the row holds all signals, endless thresholds included."""
    levers.tell_usual(MIRA, per_hour=60.0)
    let_in(transactions, control, number=60)
    clock.advance(timedelta(seconds=10))
    assert watch.keep_time(SCOPE).level == "amber"
    (noted,) = transactions.read(lambda tx: list_changes(tx, SCOPE))
    assert (noted.change.cause, noted.change.after) == ("signals", "amber")
    assert {one.name: one.wants for one in noted.change.signals}["rate"] == "amber"
    lines = transactions.read(lambda tx: record.find_audit(tx, SCOPE, AuditQuery(object=noted.id)))
    assert [(one.action, one.reason) for one in lines] == [("flood.changed", "signals: green to amber")]


def test_a_persons_word_outlives_the_process(transactions: Transactions, clock: FixedClock, levers: Levers) -> None:
    """Whoever starts next, or runs beside, obeys it at once; it ends at its time, by anybody's watch."""
    levers.override(MIRA, "red", note=WHY, until=clock.now() + timedelta(hours=1))
    fresh = control_of(transactions, clock)
    assert fresh.level(SCOPE) == "red"
    assert transactions.read(lambda tx: routing.reserve_of(tx, SCOPE)).by_rank
    clock.advance(timedelta(hours=1))
    assert watch_of(transactions, fresh).keep_time(SCOPE).level == "green"
    causes = [one.change.cause for one in transactions.read(lambda tx: list_changes(tx, SCOPE))]
    assert causes == ["override_ended", "override"]


def test_levers_say_who_and_why(transactions: Transactions, clock: FixedClock, levers: Levers) -> None:
    """Releasing and switching are changes like all others; what changes nothing is none."""
    levers.release(MIRA)
    levers.override(MIRA, "amber", note=WHY, until=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(seconds=1))
    assert levers.release(MIRA).level == "green"
    clock.advance(timedelta(seconds=1))
    assert levers.switch(MIRA, off=True, note=WHY).off
    assert levers.switch(MIRA, off=True, note=WHY).off
    noted = transactions.read(lambda tx: list_changes(tx, SCOPE))
    assert [one.change.cause for one in noted] == ["switched_off", "override_ended", "override"]
    assert {one.change.by for one in noted} == {MIRA.actor.id}
    assert noted[0].change.note == WHY.text


def test_levers_refuse_what_makes_no_sense(clock: FixedClock, levers: Levers) -> None:
    """No other level, no silence about why, no end that has passed or is far away, no rate of nothing."""
    soon = clock.now() + timedelta(hours=1)
    with pytest.raises(Malformed, match="level"):
        levers.override(MIRA, "blue", note=WHY, until=soon)
    with pytest.raises(Malformed, match="note"):
        levers.override(MIRA, "red", note=MaskedText(" "), until=soon)
    with pytest.raises(Malformed, match="until"):
        levers.override(MIRA, "red", note=WHY, until=clock.now())
    with pytest.raises(Malformed, match="until"):
        levers.override(MIRA, "red", note=WHY, until=clock.now() + timedelta(days=8))
    with pytest.raises(Malformed, match="note"):
        levers.switch(MIRA, off=True, note=MaskedText("x" * 501))
    with pytest.raises(Malformed, match="per_hour"):
        levers.tell_usual(MIRA, per_hour=0.0)


def test_an_idle_house_keeps_the_writer_free(transactions: Transactions, clock: FixedClock, watch: FloodWatch) -> None:
    """Where nobody comes and all is green, what is kept is written once in half a minute."""

    def seen() -> object:
        kept = transactions.read(lambda tx: read_kept(tx, SCOPE))
        return None if kept is None else kept.seen_at

    watch.keep_time(SCOPE)
    first = seen()
    clock.advance(timedelta(seconds=10))
    watch.keep_time(SCOPE)
    assert seen() == first
    clock.advance(timedelta(seconds=20))
    watch.keep_time(SCOPE)
    assert seen() == clock.now()


def test_the_bot_answers_who_begins_too_many_contacts(
    transactions: Transactions, clock: FixedClock, control: FloodControl
) -> None:
    """What goes on in a conversation is no new contact; it has what it began with until the quota has room again."""
    standing = transactions.read(lambda tx: control.standing(tx, SCOPE))
    began = [control.admit_now(SCOPE, knock("one"), standing) for _ in range(7)]
    assert [one.because for one in began] == ["free"] * 6 + ["quota"]
    over = clock.now() + timedelta(seconds=began[-1].retry_after)
    goes_on = Knock(
        caller=Caller(owner="one", platform="webchat"), channel="webchat", language="en", begins=False, over_until=over
    )
    assert control.admit_now(SCOPE, goes_on, standing).because == "quota"
    assert control.admit_now(SCOPE, knock("one", begins=False), standing).way == "full"
    clock.advance(timedelta(seconds=began[-1].retry_after))
    assert control.admit_now(SCOPE, goes_on, standing).way == "full"


def test_those_just_handed_over_count_before_the_database_says_so(
    transactions: Transactions, clock: FixedClock, levers: Levers, control: FloodControl
) -> None:
    """A burst within the second in which nobody looks does not all get the one free place."""
    staff = StaffId("s" * 26)
    transactions.write(
        SCOPE,
        lambda tx: Outcome(None, routing.set_presence(tx, SCOPE, staff, state="available", capacity=1).entries),
    )
    levers.override(MIRA, "red", note=WHY, until=clock.now() + timedelta(hours=1))
    standing = transactions.read(lambda tx: control.standing(tx, SCOPE))
    assert control.admit_now(SCOPE, knock("first"), standing).way == "full"
    control.note_handed(SCOPE, "anonymous")
    assert control.admit_now(SCOPE, knock("second"), standing).way == "call_back"


def test_a_tick_begins_at_whole_ten_seconds(clock: FixedClock) -> None:
    """So that all processes mean the same."""
    clock.advance(timedelta(seconds=17, microseconds=5))
    assert (clock.now() - tick_of(clock.now())).total_seconds() == pytest.approx(7.000005)


def test_an_appeal_waits_until_somebody_decides(transactions: Transactions, clock: FixedClock) -> None:
    """It is never swept away and never counted twice; deciding twice is refused."""

    def appeal() -> None:
        transactions.write(SCOPE, lambda tx: Outcome(None, note_appeal(tx, SCOPE, CONVERSATION, STRANGER)))

    appeal()
    appeal()
    clock.advance(timedelta(days=40))
    transactions.write(SCOPE, lambda tx: Outcome(sweep_demotions(tx, SCOPE)))
    assert transactions.read(lambda tx: count_appeals(tx, SCOPE)) == 1
    assert transactions.read(lambda tx: count_appeals(tx, OTHER_SCOPE)) == 0
    (waits,) = transactions.read(lambda tx: list_appeals(tx, SCOPE))
    assert waits.waits
    transactions.write(MIRA, lambda tx: decide_appeal(tx, MIRA, CONVERSATION, granted=False))
    (decided,) = transactions.read(lambda tx: list_appeals(tx, SCOPE, waiting=False))
    assert (decided.granted, decided.decided_by) == (False, MIRA.actor.id)
    with pytest.raises(Conflict):
        transactions.write(MIRA, lambda tx: decide_appeal(tx, MIRA, CONVERSATION, granted=True))
    with pytest.raises(NotFound):
        transactions.write(OTHER_SCOPE, lambda tx: decide_appeal(tx, OTHER_SCOPE, CONVERSATION, granted=True))
    appeal()
    assert transactions.read(lambda tx: count_appeals(tx, SCOPE)) == 1
    transactions.write(SCOPE, end)
    assert transactions.read(lambda tx: count_appeals(tx, SCOPE)) == 0


def test_to_ask_again_is_an_appeal_for_half_a_day_and_until_there_was_a_person(
    transactions: Transactions, clock: FixedClock
) -> None:
    """In another flood, or after a person has helped, somebody hears first what they have."""

    def told() -> bool:
        demotion = transactions.read(lambda tx: demotion_of(tx, SCOPE, CONVERSATION))
        return demotion is not None and demotion.is_told(clock.now())

    def tell(tx: Tx) -> Outcome[None]:
        note_told(tx, SCOPE, CONVERSATION, STRANGER, promised=None)
        return Outcome(None)

    transactions.write(SCOPE, tell)
    assert told()
    transactions.write(SCOPE, end)
    assert not told()
    transactions.write(SCOPE, tell)
    clock.advance(timedelta(hours=12))
    assert not told()


def test_who_is_over_their_quota_stays_so_however_they_ask(transactions: Transactions, clock: FixedClock) -> None:
    """What was told keeps until when it holds: going on in the same conversation is no way around it."""
    over = Admitted(way="bot_only", because="quota", retry_after=300.0, further=("come_back", "appeal"))

    def tell(tx: Tx) -> Outcome[None]:
        keep_told(tx, SCOPE, CONVERSATION, PARTY, admitted=over)
        return Outcome(None)

    transactions.write(SCOPE, tell)
    demotion = transactions.read(lambda tx: demotion_of(tx, SCOPE, CONVERSATION))
    assert demotion is not None
    assert demotion.over_until == clock.now() + timedelta(seconds=300)


def test_promises_of_a_call_back_count_until_they_end(transactions: Transactions, clock: FixedClock) -> None:
    """Kept, or past their time, they take nothing of what people can do."""

    def promised() -> int:
        return transactions.read(lambda tx: count_promised(tx, SCOPE))

    four_hours = timedelta(hours=4)

    def promise(tx: Tx) -> Outcome[None]:
        note_told(tx, SCOPE, CONVERSATION, STRANGER, promised=four_hours)
        return Outcome(None)

    transactions.write(SCOPE, promise)
    assert promised() == 1
    transactions.write(SCOPE, end)
    assert promised() == 0
    transactions.write(SCOPE, promise)
    clock.advance(four_hours)
    assert promised() == 0
    assert transactions.write(SCOPE, lambda tx: Outcome(forget_demotions(tx, SCOPE, PARTY))) == 1
    assert transactions.read(lambda tx: demotion_of(tx, SCOPE, CONVERSATION)) is None


def test_the_tenant_is_in_every_count(control: FloodControl) -> None:
    """What came to one company is no business of another's."""
    assert control.take_counts(TENANT) == {}


def test_what_could_not_be_kept_is_counted_the_next_time(
    transactions: Transactions, clock: FixedClock, control: FloodControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever went wrong, nobody who came is forgotten; and judging twice in a moment is no mistake."""
    watch = FloodWatch(transactions, control, settings_of=lambda _tenant_id: TenantSettings())
    let_in(transactions, control, number=3)
    clock.advance(timedelta(seconds=10))
    with monkeypatch.context() as broken:
        broken.setattr(FloodWatch, "_judge", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            watch.keep_time(SCOPE)
    for _ in range(2):
        watch.keep_time(SCOPE)
    let_in(transactions, control, number=1)
    watch.keep_time(SCOPE)
    kept = transactions.read(lambda tx: read_kept(tx, SCOPE))
    assert kept is not None
    assert kept.learned.day == {"anonymous": 3}
