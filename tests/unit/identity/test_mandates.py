"""Promises of mandates: what an owner granted and nothing else, while it holds, counted whatever comes at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from doorward.identity import Allowed, Limits, Mandate, Refused, Terms, Wanted, Wish, sweep_mandates
from doorward.identity.repository import mandates as repository
from doorward.identity.service.mandate_terms import MOST_AMOUNT, checked_terms, is_amount, period_start
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound, Outdated, StepUpRequired
from doorward.vocabulary.machines import MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel
from tests.support.identities import AYSE, BORIS, Office, on_one_database
from tests.support.mandates import FRIDGE, LIMITS, PRINTER, TERMS, a_mandate, code_of, order, prove, right, wants

BERLIN = ZoneInfo("Europe/Berlin")


def test_only_who_has_just_proven_to_be_the_owner_grants(office: Office) -> None:
    """A claim is not enough, an old proof is not, and the right to something else is not."""
    owner = office.a_customer()
    acting = prove(office, owner)
    office.clock.advance(timedelta(minutes=31))
    with pytest.raises(StepUpRequired):
        right(office, acting)
    fresh = prove(office, owner)
    other = office.read(lambda tx: office.identity.require(tx, office.scope, fresh, action="data.export"))
    wish = Wish(name="Printer", terms=TERMS)
    with pytest.raises(NotAllowed):
        office.write(lambda tx: office.identity.mandates.grant(tx, office.scope, other, wish=wish))
    mandate = a_mandate(office, fresh)
    assert (mandate.owner_id, mandate.level, mandate.state) == (owner.id, AssuranceLevel.VERIFIED, "active")
    assert mandate.valid_until == office.clock.now() + timedelta(days=90)


def test_a_machine_acts_for_its_owner_and_with_no_more_than_a_claim(office: Office) -> None:
    """The gate knows it as the owner for what takes nothing away, and as nobody for what wants a proof."""
    owner = office.a_customer()
    mandate = a_mandate(office, prove(office, owner))
    granted = office.read(lambda tx: office.identity.require(tx, office.scope, mandate.acting_id, action="paper.order"))
    assert (granted.party_id, granted.level) == (owner.id, AssuranceLevel.CLAIMED)
    for action in ("address.change", "order.read", "mandate.grant", "data.export", "portal.read"):
        with pytest.raises(StepUpRequired):
            office.read(
                lambda tx, action=action: office.identity.require(  # type: ignore[misc]  # because of the default
                    tx, office.scope, mandate.acting_id, action=action
                )
            )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "allowed"),
        ({"kind": "gold"}, "owner_asked"),
        ({"amount": 2001}, "owner_asked"),
        ({"amount": 2000}, "allowed"),
        ({"currency": "USD"}, "currency_mismatch"),
        ({"currency": ""}, "currency_mismatch"),
        ({"amount": -1}, "amount_not_valid"),
        ({"amount": True}, "amount_not_valid"),
        ({"amount": 15.0}, "amount_not_valid"),
        ({"amount": float("nan")}, "amount_not_valid"),
        ({"amount": float("inf")}, "amount_not_valid"),
        ({"amount": "1500"}, "amount_not_valid"),
        ({"amount": 10**30}, "amount_not_valid"),
    ],
)
@on_one_database
def test_what_is_beyond_is_refused_or_asked(office: Office, changes: dict[str, Any], code: str) -> None:
    """Limits hold to the cent; what is no amount is none; another currency is not reckoned up."""
    a_mandate(office, prove(office, office.a_customer()))
    assert code_of(wants(office, order(**changes))) == code


def test_acts_are_counted_in_the_period(office: Office) -> None:
    """The third order of a month goes through, the fourth asks; so does the one that would cost too much."""
    mandate = a_mandate(office, prove(office, office.a_customer()))
    said = [code_of(wants(office, order(f"o{number}", amount=2000))) for number in range(2)]
    assert said == ["allowed", "allowed"]
    beyond = wants(office, order("o2", amount=1001))
    assert isinstance(beyond, Refused)
    assert beyond.approval is not None
    assert beyond.approval.why == "over_period_amount"
    assert code_of(wants(office, order("o3", amount=1000))) == "allowed"
    fourth = wants(office, order("o4", amount=0))
    assert isinstance(fourth, Refused)
    assert fourth.approval is not None
    assert fourth.approval.why == "over_period_count"
    used = office.read(lambda tx: office.identity.mandate_uses.used(tx, office.scope, mandate))
    assert (used.count, used.amount) == (3, 5000)


def test_the_same_request_counts_once_and_another_under_its_key_is_refused(office: Office) -> None:
    """A repetition is the same act; with another amount, thing or kind it is a forgery."""
    a_mandate(office, prove(office, office.a_customer()))
    first, again = wants(office, order()), wants(office, order())
    assert isinstance(first, Allowed)
    assert isinstance(again, Allowed)
    assert (first.repeated, again.repeated, first.use.id) == (False, True, again.use.id)
    for changes in ({"amount": 1}, {"parameters": {"thing": "T-2"}}, {"kind": "gold"}):
        assert code_of(wants(office, order(**changes))) == "key_reused"
    assert len(office.rows("identity_mandate_use")) == 1


def test_what_came_to_nothing_counts_for_nothing_and_what_is_done_stays_done(office: Office) -> None:
    """A declined act is given back; nobody gives back one that is done, or done as far as anybody knows."""
    mandate = a_mandate(office, prove(office, office.a_customer()))
    uses = office.identity.mandate_uses
    for number, state in enumerate(("declined", "failed", "done", "unanswered", "waiting")):
        said = wants(office, order(f"o{number}", amount=1))
        assert isinstance(said, Allowed)
        office.write(lambda tx, one=said, end=state: uses.finish(tx, office.scope, one.use.id, state=end))  # type: ignore[misc]
        if state == "done":
            assert not office.write(lambda tx, one=said: uses.finish(tx, office.scope, one.use.id, state="failed"))  # type: ignore[misc]
    assert office.read(lambda tx: uses.used(tx, office.scope, mandate)).count == 3


def test_other_tenants_and_other_machines_find_nothing(office: Office) -> None:
    """The same machine has no mandate elsewhere; another key of another platform is another machine."""
    a_mandate(office, prove(office, office.a_customer()))
    assert code_of(wants(office, order(), scope=office.other)) == "no_mandate"
    assert code_of(wants(office, order(), machine=FRIDGE)) == "no_mandate"
    named_alike = MachineIdentity(platform="evil.example", key_id="k1", agent_id="printer-7")
    assert code_of(wants(office, order(), machine=named_alike)) == "no_mandate"
    key_as_name = MachineIdentity(platform="printers.example", key_id="printer-7")
    assert code_of(wants(office, order(), machine=key_as_name)) == "no_mandate"
    rotated = replace(PRINTER, key_id="k2")
    assert code_of(wants(office, order(), machine=rotated)) == "allowed"


def test_a_mandate_ends_at_once_when_it_is_revoked_or_suspended(office: Office) -> None:
    """Nothing is granted any more, not even a repetition, and the gate knows the machine's party as nobody."""
    owner = office.a_customer()
    acting = prove(office, owner)
    mandate, mandates = a_mandate(office, acting), office.identity.mandates
    assert code_of(wants(office, order())) == "allowed"
    office.write(lambda tx: mandates.suspend(tx, office.scope, owner.id, mandate_id=mandate.id))
    assert code_of(wants(office, order())) == "suspended"
    _is_nobody(office, mandate.acting_id)
    office.write(lambda tx: mandates.resume(tx, office.scope, right(office, acting), mandate_id=mandate.id))
    assert code_of(wants(office, order())) == "allowed"
    office.write(lambda tx: mandates.revoke(tx, office.scope, mandate.id, owner_id=owner.id))
    assert code_of(wants(office, order())) == "revoked"
    _is_nobody(office, mandate.acting_id)
    again = office.write(lambda tx: mandates.revoke(tx, office.scope, mandate.id, owner_id=owner.id))
    assert again.state == "revoked"
    assert office.actions().count("mandate.revoked") == 1


def _is_nobody(office: Office, party_id: Any) -> None:
    with pytest.raises(StepUpRequired):
        office.read(lambda tx: office.identity.require(tx, office.scope, party_id, action="paper.order"))


def test_a_mandate_ends_with_its_time(office: Office) -> None:
    """At its last moment it is over, before any sweep; the sweep closes it, and its machine may get another one."""
    acting = prove(office, office.a_customer())
    mandate = a_mandate(office, acting)
    office.clock.advance(timedelta(days=90) - timedelta(microseconds=1))
    assert code_of(wants(office, order("a"))) == "allowed"
    office.clock.advance(timedelta(microseconds=1))
    assert code_of(wants(office, order("b"))) == "expired"
    assert office.read(lambda tx: office.identity.mandates.find(tx, office.scope, mandate.id)).state == "expired"
    office.write(sweep_mandates)
    _is_nobody(office, mandate.acting_id)
    fresh = a_mandate(office, prove(office, office.a_customer()))
    assert fresh.state == "active"
    assert code_of(wants(office, order("c"))) == "allowed"


def test_an_act_that_nobody_heard_of_again_counts_as_unknown_after_a_day(office: Office) -> None:
    """It stays counted; later rows than 400 days are forgotten, and nothing that is younger."""
    mandate = a_mandate(office, prove(office, office.a_customer()))
    wants(office, order("a"))
    office.clock.advance(timedelta(days=1))
    office.write(sweep_mandates)
    assert [row.state for row in office.rows("identity_mandate_use")] == ["unanswered"]
    used = office.read(lambda tx: office.identity.mandate_uses.used(tx, office.scope, mandate))
    assert used.count == 1
    office.clock.advance(timedelta(days=399))
    office.write(sweep_mandates)
    assert [row.state for row in office.rows("identity_mandate")] == ["expired"]
    assert len(office.rows("identity_mandate_use")) == 1
    office.clock.advance(timedelta(days=91, seconds=1))
    office.write(sweep_mandates)
    for table in ("identity_mandate", "identity_mandate_use"):
        assert office.rows(table) == []


def test_nobody_ends_or_changes_somebody_elses(office: Office) -> None:
    """For another owner the mandate is not there."""
    mine, other = office.a_customer(AYSE), office.a_customer(BORIS)
    mandate, mandates = a_mandate(office, prove(office, mine)), office.identity.mandates
    theirs = right(office, prove(office, other))
    wish = Wish(name="Printer", terms=TERMS)
    for attempt in (
        lambda tx: mandates.revoke(tx, office.scope, mandate.id, owner_id=other.id),
        lambda tx: mandates.suspend(tx, office.scope, other.id, mandate_id=mandate.id),
        lambda tx: mandates.change(tx, office.scope, theirs, seen=(mandate.id, mandate.revision), wish=wish),
        lambda tx: mandates.revoke(tx, office.other, mandate.id, owner_id=None),
    ):
        with pytest.raises(NotFound):
            office.write(attempt)
    with pytest.raises(Conflict):
        a_mandate(office, prove(office, other))  # the machine acts for somebody already
    assert code_of(wants(office, order())) == "allowed"


def test_changes_hold_from_then_on_and_outdated_ones_do_not(office: Office) -> None:
    """What was counted stays counted under the new limits; who saw an older mandate changes nothing."""
    acting = prove(office, office.a_customer())
    mandate, mandates = a_mandate(office, acting), office.identity.mandates
    assert code_of(wants(office, order("a"))) == "allowed"
    lower = Wish(name="Printer", terms=replace(TERMS, limits=replace(LIMITS, period_count=1)), days=30)
    grant, seen = right(office, acting), (mandate.id, mandate.revision)
    changed = office.write(lambda tx: mandates.change(tx, office.scope, grant, seen=seen, wish=lower))
    assert changed.valid_until == office.clock.now() + timedelta(days=30)
    assert code_of(wants(office, order("b"))) == "owner_asked"
    with pytest.raises(Outdated):
        office.write(lambda tx: mandates.change(tx, office.scope, grant, seen=seen, wish=lower))


@pytest.mark.parametrize(
    "terms",
    [
        Terms(capabilities=()),
        Terms(capabilities=("everything",)),  # type: ignore[arg-type]  # because it is what must be refused
        Terms(capabilities=("order.place",)),
        Terms(capabilities=("order.place",), kinds=("paper",)),
        replace(TERMS, kinds=("PAPER!",)),
        replace(TERMS, limits=replace(LIMITS, act_amount=-1)),
        replace(TERMS, limits=replace(LIMITS, period_amount=MOST_AMOUNT + 1)),
        replace(TERMS, limits=replace(LIMITS, period_count=0)),
        replace(TERMS, limits=replace(LIMITS, period_count=10**6)),
        replace(TERMS, limits=replace(LIMITS, currency="euro")),
        replace(TERMS, limits=replace(LIMITS, period="year")),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: Terms) -> None:
    """Nobody grants nothing, something unknown, or orders without a limit."""
    with pytest.raises(Malformed):
        checked_terms(terms)


@on_one_database
def test_no_mandate_outlasts_a_year(office: Office) -> None:
    """A year is the most, and a day the least."""
    acting, mandates = prove(office, office.a_customer()), office.identity.mandates
    for days in (0, -1, 366, 10**9, True):
        wish = Wish(name="Printer", terms=TERMS, days=days)
        with pytest.raises(Malformed):
            office.write(lambda tx, one=wish: mandates.grant(tx, office.scope, right(office, acting), wish=one))  # type: ignore[misc]


def test_periods_begin_by_the_clock_of_the_company() -> None:
    """Midnight is Berlin's, a week begins on Monday, and the day of a change of clocks has another length."""
    just_before = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
    assert period_start(just_before, "month", BERLIN) == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert period_start(just_before + timedelta(minutes=1), "month", BERLIN) == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
    sunday = datetime(2026, 3, 29, 21, 0, tzinfo=UTC)  # clocks went forward that morning
    assert period_start(sunday, "day", BERLIN) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert period_start(sunday, "week", BERLIN) == datetime(2026, 3, 22, 23, 0, tzinfo=UTC)


def test_a_new_period_begins_at_midnight_where_the_company_is(office: Office) -> None:
    """One second before, the old period counts; at midnight of the tenant's zone a new one begins."""
    tenants = office.identity.tenants
    office.write(lambda tx: tenants.change_setting(tx, office.scope, name="time_zone", value="Europe/Berlin"))
    daily = replace(TERMS, limits=replace(LIMITS, period="day", period_count=1))
    a_mandate(office, prove(office, office.a_customer()), terms=daily)
    office.clock.advance(datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC) - office.clock.now())
    assert code_of(wants(office, order("a"))) == "allowed"
    assert code_of(wants(office, order("b"))) == "owner_asked"
    office.clock.advance(timedelta(seconds=1))
    assert code_of(wants(office, order("c"))) == "allowed"


def test_of_a_thousand_acts_at_once_no_more_go_through_than_are_allowed(office: Office) -> None:
    """Each sees the others, on both databases: the limits of count and amount hold."""
    limits = replace(LIMITS, act_amount=10, period_amount=400, period_count=50)
    mandate = a_mandate(office, prove(office, office.a_customer()), terms=replace(TERMS, limits=limits))
    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(lambda number: code_of(wants(office, order(f"o{number % 900}", amount=9))), range(1000)))
    used = office.read(lambda tx: office.identity.mandate_uses.used(tx, office.scope, mandate))
    assert (used.count, used.amount) == (44, 396)
    assert len(office.rows("identity_mandate_use")) == 44
    assert set(said) <= {"allowed", "owner_asked", "too_many_waiting"}
    assert len(office.rows("identity_mandate_approval")) == 5


def test_what_owners_and_machines_are_leaves_with_the_owner(office: Office) -> None:
    """Nothing of mandates, acts, questions, codes or notices is left of a forgotten owner; others keep theirs."""
    mine, other = office.a_customer(AYSE), office.a_customer(BORIS)
    acting = prove(office, mine)
    mandate = a_mandate(office, acting)
    a_mandate(office, prove(office, other), machine=FRIDGE)
    waiting = a_mandate(office, acting, machine=None)
    office.write(lambda tx: office.identity.pairing.offer(tx, office.scope, mine.id, mandate_id=waiting.id))
    wants(office, order("a"))
    wants(office, order("b", amount=9999))
    office.write(lambda tx: _notice(tx, office, mandate))
    parties = office.identity.parties
    family = office.read(lambda tx: (mine.id, *parties.linked(tx, office.scope, mine.id)))
    assert mandate.acting_id in family
    office.write(lambda tx: Outcome(parties.forget(tx, office.scope, family)))
    for table in ("identity_mandate_use", "identity_mandate_approval", "identity_pairing", "identity_mandate_notice"):
        assert office.rows(table) == []
    assert [row.owner_id for row in office.rows("identity_mandate")] == [other.id]


def test_notices_end_with_their_capability_and_their_mandate(office: Office) -> None:
    """An owner who takes the capability away, revokes, or lets the mandate run out is told of nothing more."""
    owner = office.a_customer()
    acting = prove(office, owner)
    mandate, mandates = a_mandate(office, acting), office.identity.mandates
    for end in ("narrow", "revoke", "time"):
        office.write(lambda tx, one=mandate: _notice(tx, office, one))  # type: ignore[misc]
        assert len(office.rows("identity_mandate_notice")) == 1
        if end == "narrow":
            wish = Wish(name="Printer", terms=Terms(capabilities=("help",)))
            grant, seen = right(office, acting), (mandate.id, mandate.revision)
            office.write(lambda tx, w=wish, g=grant, s=seen: mandates.change(tx, office.scope, g, seen=s, wish=w))  # type: ignore[misc]
        elif end == "revoke":
            office.write(lambda tx, one=mandate: mandates.revoke(tx, office.scope, one.id, owner_id=owner.id))  # type: ignore[misc]
            mandate = a_mandate(office, acting)
        else:
            office.clock.advance(timedelta(days=90))
            office.write(sweep_mandates)
        assert office.rows("identity_mandate_notice") == []


def _notice(tx: Tx, office: Office, mandate: Mandate) -> Outcome[None]:
    repository.replace_notice(
        tx,
        office.scope,
        {
            "mandate_id": mandate.id,
            "owner_id": mandate.owner_id,
            "kinds": [],
            "created_at": tx.now,
            "looked_at": tx.now,
        },
    )
    return Outcome(None)


def test_amounts_are_whole_and_small_enough() -> None:
    """A flag, a fraction, nothing and a string are no amounts."""
    assert [is_amount(one) for one in (0, 1, MOST_AMOUNT)] == [True, True, True]
    for value in (-1, MOST_AMOUNT + 1, True, 1.0, float("nan"), "1", None):
        assert not is_amount(value)


def test_a_capability_that_was_not_granted_is_refused(office: Office) -> None:
    """It asks nobody: what the owner left out they left out."""
    a_mandate(office, prove(office, office.a_customer()), terms=Terms(capabilities=("help",)))
    assert code_of(wants(office, order())) == "not_granted"
    assert code_of(wants(office, Wanted(capability="help", key="h1"))) == "allowed"
    assert office.rows("identity_mandate_approval") == []


def test_limits_are_whole_numbers_whatever_a_form_sends() -> None:
    """Not a flag, not a fraction."""
    with pytest.raises(Malformed):
        checked_terms(replace(TERMS, limits=Limits(currency="EUR", act_amount=True, period_count=1)))
