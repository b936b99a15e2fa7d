"""Promises of what owners are asked, and of pairing: exactly this, once, in time, by the owner and nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from doorward.identity import Allowed, Approval, Refused
from doorward.identity.service.mandate_uses import MOST_WAITING
from doorward.vocabulary.errors import Conflict, NotAllowed, NotFound, StepUpRequired
from tests.support.identities import AYSE, BORIS, Office, on_one_database
from tests.support.mandates import FRIDGE, LIMITS, PRINTER, TERMS, a_mandate, code_of, order, prove, right, wants


def asked(office: Office, key: str = "big", amount: int = 9000) -> Approval:
    """Let the printer ask for too much, and return what its owner is asked."""
    said = wants(office, order(key, amount=amount))
    assert isinstance(said, Refused)
    assert said.approval is not None
    return said.approval


def test_the_owner_is_asked_once_and_allows_exactly_that(office: Office) -> None:
    """The machine hears that its owner was asked; once allowed, the same request is an act, another one a forgery."""
    acting = prove(office, office.a_customer())
    a_mandate(office, acting)
    first, uses = asked(office), office.identity.mandate_uses
    again = wants(office, order("big", amount=9000))
    assert isinstance(again, Refused)
    assert (again.code, again.is_new) == ("owner_asked", False)
    assert code_of(wants(office, order("big", amount=9001))) == "key_reused"
    use = office.write(lambda tx: uses.approve(tx, office.scope, right(office, acting), approval_id=first.id))
    assert (use.amount, use.kind, use.approval_id) == (9000, "paper", first.id)
    done = wants(office, order("big", amount=9000))
    assert isinstance(done, Allowed)
    assert (done.repeated, done.use.id) == (True, use.id)
    assert code_of(wants(office, order("big", amount=9001))) == "key_reused"
    assert code_of(wants(office, order("big", parameters={"thing": "T-2"}))) == "key_reused"


def test_an_approval_is_good_once(office: Office) -> None:
    """Nobody replays one, refuses what was allowed, or allows what was refused."""
    owner = office.a_customer()
    acting = prove(office, owner)
    a_mandate(office, acting)
    one, two, uses = asked(office, "a"), asked(office, "b"), office.identity.mandate_uses
    grant = right(office, acting)
    office.write(lambda tx: uses.approve(tx, office.scope, grant, approval_id=one.id))
    office.write(lambda tx: uses.refuse(tx, office.scope, owner.id, approval_id=two.id))
    for attempt in (one.id, two.id):
        with pytest.raises(Conflict):
            office.write(lambda tx, wanted=attempt: uses.approve(tx, office.scope, grant, approval_id=wanted))  # type: ignore[misc]
        with pytest.raises(Conflict):
            office.write(lambda tx, wanted=attempt: uses.refuse(tx, office.scope, owner.id, approval_id=wanted))  # type: ignore[misc]
    assert len(office.rows("identity_mandate_use")) == 1
    assert code_of(wants(office, order("b", amount=9000))) == "owner_refused"


def test_nobody_else_answers_for_the_owner(office: Office) -> None:
    """Another owner finds no question, the machine's own party may not grant, and a claim is not enough."""
    acting = prove(office, office.a_customer(AYSE))
    mandate = a_mandate(office, acting)
    other = right(office, prove(office, office.a_customer(BORIS)))
    question, uses = asked(office), office.identity.mandate_uses
    with pytest.raises(NotFound):
        office.write(lambda tx: uses.approve(tx, office.scope, other, approval_id=question.id))
    with pytest.raises(NotFound):
        office.write(lambda tx: uses.approve(tx, office.other, right(office, acting), approval_id=question.id))
    with pytest.raises(StepUpRequired):
        right(office, mandate.acting_id)
    weaker = office.read(lambda tx: office.identity.require(tx, office.scope, acting, action="portal.change"))
    with pytest.raises(NotAllowed):
        office.write(lambda tx: uses.approve(tx, office.scope, weaker, approval_id=question.id))


def test_questions_run_out_after_a_day_and_with_their_mandate(office: Office) -> None:
    """Who answers too late, or after revoking, allows nothing; the machine is told that nobody answered."""
    owner = office.a_customer()
    mandate = a_mandate(office, prove(office, owner))
    late, uses, mandates = asked(office, "late"), office.identity.mandate_uses, office.identity.mandates
    office.clock.advance(timedelta(hours=24))
    grant = right(office, prove(office, owner))
    with pytest.raises(Conflict):
        office.write(lambda tx: uses.approve(tx, office.scope, grant, approval_id=late.id))
    assert code_of(wants(office, order("late", amount=9000))) == "owner_silent"
    other = asked(office, "other")
    office.write(lambda tx: mandates.suspend(tx, office.scope, owner.id, mandate_id=mandate.id))
    with pytest.raises(Conflict):
        office.write(lambda tx: uses.approve(tx, office.scope, grant, approval_id=other.id))
    office.write(lambda tx: mandates.revoke(tx, office.scope, mandate.id, owner_id=owner.id))
    with pytest.raises(Conflict):
        office.write(lambda tx: uses.approve(tx, office.scope, grant, approval_id=other.id))
    assert office.rows("identity_mandate_use") == []


@on_one_database
def test_a_machine_cannot_flood_its_owner_with_questions(office: Office) -> None:
    """After a few that nobody answered it is told so, and nothing more is kept."""
    a_mandate(office, prove(office, office.a_customer()))
    said = [code_of(wants(office, order(f"o{number}", amount=9000))) for number in range(MOST_WAITING + 3)]
    assert said == ["owner_asked"] * MOST_WAITING + ["too_many_waiting"] * 3
    assert len(office.rows("identity_mandate_approval")) == MOST_WAITING


def test_an_owners_code_pairs_one_machine_once(office: Office) -> None:
    """Typed in any way it is good; used, replaced, late or of another tenant it is not; no row holds it."""
    owner = office.a_customer()
    mandate, pairing = a_mandate(office, prove(office, owner), machine=None), office.identity.pairing
    assert code_of(wants(office, order())) == "no_mandate"

    def offered() -> str:
        made = office.write(lambda tx: pairing.offer(tx, office.scope, owner.id, mandate_id=mandate.id))
        return made.code

    old, code = offered(), offered()
    assert code.encode() not in office.everything_stored()
    assert code.replace("-", "").encode() not in office.everything_stored()
    for wrong in (old, "BCDF-BCDF-BCDF", "", "x" * 10_000):
        with pytest.raises(NotAllowed):
            office.write(lambda tx, one=wrong: pairing.present(tx, office.scope, PRINTER, code=one))  # type: ignore[misc]
    with pytest.raises(NotAllowed):
        office.write(lambda tx: pairing.present(tx, office.other, PRINTER, code=code), office.other)
    paired = office.write(lambda tx: pairing.present(tx, office.scope, PRINTER, code=code.lower().replace("-", " ")))
    assert (paired.id, paired.machine, paired.state) == (mandate.id, PRINTER, "active")
    with pytest.raises(NotAllowed):
        office.write(lambda tx: pairing.present(tx, office.scope, FRIDGE, code=code))
    assert code_of(wants(office, order())) == "allowed"
    assert code_of(wants(office, order(), machine=FRIDGE)) == "no_mandate"
    with pytest.raises(Conflict):
        offered()


def test_of_two_codes_presented_at_once_a_machine_gets_one_mandate(office: Office) -> None:
    """Whoever comes second hears that it acts for somebody already; nothing breaks, on either database."""
    owner, pairing = office.a_customer(), office.identity.pairing
    acting = prove(office, owner)
    codes = []
    for _ in range(4):
        waiting = a_mandate(office, acting, machine=None)
        made = office.write(lambda tx, one=waiting: pairing.offer(tx, office.scope, owner.id, mandate_id=one.id))  # type: ignore[misc]
        codes.append(made.code)

    def present(code: str) -> str:
        try:
            office.write(lambda tx: pairing.present(tx, office.scope, PRINTER, code=code))
        except Conflict:
            return "conflict"
        return "paired"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(present, codes)) == ["conflict", "conflict", "conflict", "paired"]


@on_one_database
def test_codes_run_out(office: Office) -> None:
    """A quarter of an hour, and not a moment more."""
    owner = office.a_customer()
    mandate, pairing = a_mandate(office, prove(office, owner), machine=None), office.identity.pairing
    made = office.write(lambda tx: pairing.offer(tx, office.scope, owner.id, mandate_id=mandate.id))
    office.clock.advance(timedelta(minutes=15))
    with pytest.raises(NotAllowed):
        office.write(lambda tx: pairing.present(tx, office.scope, PRINTER, code=made.code))


def test_a_machine_that_has_a_mandate_gets_no_second_one(office: Office) -> None:
    """Neither by a code nor by asking; the owner's code stays good for the right machine."""
    acting = prove(office, office.a_customer(AYSE))
    a_mandate(office, acting)
    other = office.a_customer(BORIS)
    waiting, pairing = a_mandate(office, prove(office, other), machine=None), office.identity.pairing
    made = office.write(lambda tx: pairing.offer(tx, office.scope, other.id, mandate_id=waiting.id))
    with pytest.raises(Conflict):
        office.write(lambda tx: pairing.present(tx, office.scope, PRINTER, code=made.code))
    with pytest.raises(Conflict):
        office.write(lambda tx: pairing.ask(tx, office.scope, PRINTER, capabilities=("help",)))
    paired = office.write(lambda tx: pairing.present(tx, office.scope, FRIDGE, code=made.code))
    assert paired.owner_id == other.id


def test_a_machine_asks_and_whoever_types_its_code_in_is_asked(office: Office) -> None:
    """The code tells which machine asks for what, and is used up by granting; it grants nothing by itself."""
    pairing = office.identity.pairing
    made = office.write(lambda tx: pairing.ask(tx, office.scope, FRIDGE, capabilities=("help", "order.place")))
    assert code_of(wants(office, order(), machine=FRIDGE)) == "no_mandate"
    asking = office.read(lambda tx: pairing.asking(tx, office.scope, made.code))
    assert asking is not None
    assert (asking.machine, asking.capabilities) == (FRIDGE, ("help", "order.place"))
    with pytest.raises(NotAllowed):
        office.write(lambda tx: pairing.present(tx, office.scope, PRINTER, code=made.code))
    assert office.read(lambda tx: pairing.asking(tx, office.other, made.code)) is None


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d", "e"]),
        st.integers(min_value=-5, max_value=60),
        st.sampled_from(["paper", "gold"]),
        st.sampled_from(["EUR", "USD"]),
        st.sampled_from(["done", "declined", "failed", "unanswered", "", "hours", "revoke"]),
    ),
    max_size=25,
)


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
@given(acts=ACTS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_acts_goes_beyond_a_mandate(office: Office, acts: list[tuple[str, int, str, str, str]]) -> None:
    """Whatever is asked, repeated, failed and waited for: what counts stays within every limit, of what was granted."""
    owner = office.a_customer()
    limits = replace(LIMITS, act_amount=50, period="day", period_amount=90, period_count=3)
    mandate = a_mandate(office, prove(office, owner), terms=replace(TERMS, limits=limits))
    uses, mandates = office.identity.mandate_uses, office.identity.mandates
    revoked = False
    for number, (key, amount, kind, currency, then) in enumerate(acts):
        said = wants(office, order(key, amount=amount, kind=kind, currency=currency))
        if isinstance(said, Allowed):
            assert not revoked
            assert (said.use.kind, said.use.currency) == ("paper", "EUR")
            assert 0 <= said.use.amount <= 50
            if then in {"done", "declined", "failed", "unanswered"}:
                office.write(lambda tx, one=said, end=then: uses.finish(tx, office.scope, one.use.id, state=end))  # type: ignore[misc]
        used = office.read(lambda tx: uses.used(tx, office.scope, mandate))
        assert used.count <= 3
        assert used.amount <= 90
        if then == "hours":
            office.clock.advance(timedelta(hours=11))
        elif then == "revoke" and number > len(acts) // 2:
            office.write(lambda tx: mandates.revoke(tx, office.scope, mandate.id, owner_id=owner.id))
            revoked = True
    office.write(lambda tx: mandates.revoke(tx, office.scope, mandate.id, owner_id=owner.id))
