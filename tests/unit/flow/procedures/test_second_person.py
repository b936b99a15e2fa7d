"""Second persons: what one of them agrees to is exactly that act, once, in time, and by nobody who had a hand in it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from doorward import record
from doorward.answering.procedures import Run, keeping
from doorward.answering.procedures.agreements import Agreement, agreements_in
from doorward.answering.procedures.machine import UNANSWERED_TRIES
from doorward.answering.procedures.run import Act
from doorward.answering.procedures.state import want_of
from doorward.answering.procedures.tables import agreement_table
from doorward.flow.agreeing import AskedAgreement, DecisionWish
from doorward.flow.procedures import TenantProcedures
from doorward.flow.procedures.agreed import GoingOn
from doorward.flow.procedures.core_calls import Patience
from doorward.flow.procedures.executor import Executor
from doorward.flow.procedures.gate import Asked
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.second_person import SecondPerson, Word
from doorward.flow.procedures.work import ProcedureWork
from doorward.identity import MemberSeed
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.plugins.companies.halden.worlds import CUSTOMER
from doorward.vocabulary.errors import Conflict, Malformed
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope
from doorward.vocabulary.text import WildText
from tests.support.playing import Customer, Stage, World
from tests.unit.flow.procedures.test_attacks import age
from tests.unit.flow.procedures.test_conversations import ONE_CARD, TWO_CARDS, began, cards, told
from tests.unit.flow.procedures.test_unanswered import Late, in_time

__all__ = ["in_time"]

ACCOUNT: dict[str, Any] = {"account": [{"last4": "0815", "balance_cents": 12000}]}


def account(world: World) -> str:
    """Return how the account stands."""
    return str(world.snapshot()[CUSTOMER]["account"][0]["state"])


def closing(stage: Stage) -> tuple[World, Customer]:
    """Return a customer who wants an account closed, proved who they are, and said yes."""
    world = stage.people(ACCOUNT, language="en")
    return world, at_the_agreement(stage, world)


def at_the_agreement(stage: Stage, world: World) -> Customer:
    """Return a customer of a world whose account is closed when a second person agrees."""
    customer, _ = began(stage, world, "close my account", "account.close")
    customer.say(customer.code())
    assert told(customer.say("yes")) == "One of our people checks it first."
    return customer


def asked_of(stage: Stage, customer: Customer) -> Agreement:
    """Return what a second person was asked last in a conversation."""
    return stage.read(lambda tx: agreements_in(tx, stage.scope, customer.conversation_id))[0]


def seen(stage: Stage, scope: Scope, agreement: Agreement) -> AskedAgreement:
    """Return what a member of staff sees of it."""
    return asyncio.run(stage.house.agreeing.one(scope, agreement.id, language="en"))


def decide(stage: Stage, scope: Scope, agreement: Agreement, *, agrees: bool = True, reason: str = "") -> None:
    """Say something as a second person, and let come of it what comes."""
    wish = DecisionWish(agrees=agrees, reason=WildText(reason))
    asyncio.run(stage.house.agreeing.decide(scope, agreement.id, wish))
    stage.settle()


def why_refused(work: Callable[[], object]) -> str:
    """Return why something is refused."""
    with pytest.raises(Conflict) as refused:
        work()
    return str(refused.value.facts["why"])


@pytest.fixture(scope="module")
def people(stage: Stage) -> tuple[Scope, Scope]:
    """Two members of staff."""

    def hire(username: str) -> Scope:
        seed = MemberSeed(username=username, display_name=username.title(), role="supervisor")
        member = stage.house.transactions.write(
            stage.scope, lambda tx: stage.house.identity.staff.add(tx, stage.scope, seed)
        )
        return Scope(tenant_id=stage.tenant.id, actor=Actor(kind="staff", id=member.id))

    return hire("wanda"), hire("viktor")


@pytest.fixture
def wanda(people: tuple[Scope, Scope]) -> Scope:
    """One of them."""
    return people[0]


@pytest.fixture
def viktor(people: tuple[Scope, Scope]) -> Scope:
    """The other."""
    return people[1]


def test_nothing_is_done_before_somebody_agreed_and_then_it_is(stage: Stage, wanda: Scope) -> None:
    """The customer hears that somebody looks at it, and then what came of it, without another word of theirs."""
    world, customer = closing(stage)
    assert account(world) == "open"
    asked = asked_of(stage, customer)
    assert (asked.state, asked.operation, asked.level) == ("asked", "close_account", 2)
    decide(stage, wanda, asked)
    assert account(world) == "closing"
    assert told(customer.bot_lines()[-1]) == "Your account ending in 0815 is being closed."
    kinds = [line.entry.kind for line in customer.ledger()]
    assert kinds.count("agreement.asked") == kinds.count("agreement.given") == kinds.count("procedure.acted") == 1
    assert asked_of(stage, customer).state == "used"
    kept = stage.read(lambda tx: keeping.find(tx, stage.scope, asked.run_id))
    assert (kept.state, kept.run.outcome) == ("ended", "resolved")


def test_whoever_decides_sees_exactly_what_would_be_done(stage: Stage, wanda: Scope) -> None:
    """The operation, its arguments in words, for whom, how surely they are known, and what they said yes to."""
    _, customer = closing(stage)
    shown = seen(stage, wanda, asked_of(stage, customer))
    assert shown.call is not None
    assert shown.call.operation == "close_account"
    assert [(one.name, one.value) for one in shown.call.arguments] == [("account", "account ending in 0815")]
    assert shown.call.question == "Shall I close your account ending in 0815?"
    assert shown.why_not == ""


def test_a_refusal_is_told_and_changes_nothing(stage: Stage, wanda: Scope) -> None:
    """It needs a reason, which no customer ever reads."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    with pytest.raises(Malformed):
        decide(stage, wanda, asked, agrees=False, reason="  ")
    decide(stage, wanda, asked, agrees=False, reason="the balance goes to a stranger, call 030 1234567")
    assert account(world) == "open"
    assert "nothing has been changed" in told(customer.bot_lines()[-1])
    said = " ".join(told(line) for line in customer.bot_lines())
    assert "stranger" not in said
    reason = seen(stage, wanda, asked).reason
    assert reason is not None
    assert "stranger" in reason.text
    assert "1234567" not in reason.text
    assert asked_of(stage, customer).state == "refused"


def test_who_had_the_conversation_decides_nothing(stage: Stage, wanda: Scope, viktor: Scope) -> None:
    """Nor who has it: the second person is another one. Who only looks on may."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    asyncio.run(stage.house.desk.take_over(wanda, customer.conversation_id))
    assert why_refused(lambda: decide(stage, wanda, asked)) == "yours"
    asyncio.run(stage.house.desk.hand_back(wanda, customer.conversation_id))
    assert why_refused(lambda: decide(stage, wanda, asked, agrees=False, reason="no")) == "yours"
    assert seen(stage, wanda, asked).why_not == "yours"
    assert account(world) == "open"
    decide(stage, viktor, asked)
    assert account(world) == "closing"


def test_what_was_decided_is_decided(stage: Stage, wanda: Scope, viktor: Scope) -> None:
    """Nobody agrees twice, nor agrees to what was refused."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    decide(stage, wanda, asked, agrees=False, reason="no")
    assert why_refused(lambda: decide(stage, viktor, asked)) == "decided"
    assert account(world) == "open"
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    decide(stage, wanda, asked)
    before = len(customer.ledger())
    assert why_refused(lambda: decide(stage, viktor, asked)) == "decided"
    assert len(customer.ledger()) == before


def overdue(stage: Stage, agreement: Agreement) -> None:
    """Let the time for an agreement be over."""

    def work(tx: Tx) -> Outcome[None]:
        mine = agreement_table.c.id == agreement.id
        tx.execute(update(agreement_table).where(mine).values(expires_at=tx.now - timedelta(seconds=1)))
        return Outcome(None)

    stage.house.transactions.write(stage.scope, work)


def test_time_runs_out(stage: Stage, wanda: Scope) -> None:
    """Then it is too late to agree; the customer is told, once."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    overdue(stage, asked)
    assert why_refused(lambda: decide(stage, wanda, asked)) == "expired"
    assert stage.house.agreeing.keep_time(stage.scope) == 1
    assert stage.house.agreeing.keep_time(stage.scope) == 0
    stage.settle()
    assert account(world) == "open"
    assert "nothing has been changed" in told(customer.bot_lines()[-1])
    assert asked_of(stage, customer).state == "expired"


def test_an_agreement_is_too_old_when_its_act_comes_too_late(stage: Stage, wanda: Scope) -> None:
    """What was agreed to and could not be carried out for days is not carried out any more."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    wish = DecisionWish(agrees=True, reason=WildText(""))
    asyncio.run(stage.house.agreeing.decide(wanda, asked.id, wish))
    overdue(stage, asked)
    stage.settle()
    assert account(world) == "open"
    assert "nothing has been changed" in told(customer.bot_lines()[-1])


def test_the_proof_of_when_it_was_asked_for_counts(stage: Stage, wanda: Scope) -> None:
    """Whoever proved who they are need not do it again because somebody took hours to agree."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)

    def work(tx: Tx) -> Outcome[None]:
        mine = agreement_table.c.id == asked.id
        tx.execute(update(agreement_table).where(mine).values(asked_at=tx.now - timedelta(days=1)))
        return Outcome(None)

    age(stage)
    stage.house.transactions.write(stage.scope, work)
    decide(stage, wanda, asked)
    assert account(world) == "closing"


def test_a_proof_that_was_stale_when_it_was_asked_for_does_not_count(stage: Stage, wanda: Scope) -> None:
    """The customer is handed over to a person: nobody is asked anything behind their back."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    age(stage)
    decide(stage, wanda, asked)
    assert account(world) == "open"
    assert customer.state() == "waiting"


def test_an_agreement_to_another_call_is_none(stage: Stage, wanda: Scope) -> None:
    """A run that stands at something else by now, however it came to it, is not carried out."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)

    def tamper(tx: Tx) -> Outcome[None]:
        run = keeping.find(tx, stage.scope, asked.run_id).run
        other = msgspec.structs.replace(run.slots["account"], value="4711")
        keeping.keep(tx, stage.scope, msgspec.structs.replace(run, slots={"account": other}), before=run)
        return Outcome(None)

    stage.house.transactions.write(stage.scope, tamper)
    shown = seen(stage, wanda, asked)
    assert (shown.why_not, shown.call) == ("changed", None)
    assert why_refused(lambda: decide(stage, wanda, asked)) == "changed"
    assert account(world) == "open"


def test_what_waits_in_a_version_that_is_gone_is_shown_as_changed(stage: Stage, wanda: Scope) -> None:
    """Another version has other steps: it can be looked at, and nobody agrees to it; tried again, a person has it."""
    _, customer = closing(stage)
    asked = asked_of(stage, customer)
    known = stage.house.procedure_book.of(stage.tenant.id)
    assert known is not None
    old = known.procedures["close_account"]
    new = msgspec.structs.replace(old, version=old.version + 1, slots={}, steps=old.steps[-1:])
    other = msgspec.structs.replace(known, procedures={**known.procedures, old.id: new})
    stage.house.procedure_book.put(stage.tenant.id, other)
    try:
        shown = seen(stage, wanda, asked)
        assert (shown.why_not, shown.call) == ("changed", None)
        kept = stage.read(lambda tx: keeping.find(tx, stage.scope, asked.run_id))
        _, _, here = at_the_act(stage, asked, known)
        advanced = stage.house.procedure_work.tried_again(here, kept)
        assert advanced is not None
        assert (advanced.handoff, advanced.moves[-1].run.is_over) == ("procedure_changed", True)
    finally:
        stage.house.procedure_book.put(stage.tenant.id, known)


def at_the_act(stage: Stage, asked: Agreement, procedures: TenantProcedures | None = None) -> tuple[Run, Act, Here]:
    """Return a run as it stands at its act, with what it wants and where."""
    kept = stage.read(lambda tx: keeping.find(tx, stage.scope, asked.run_id))
    procedures = procedures or stage.house.procedure_book.of(stage.tenant.id)
    assert procedures is not None
    procedure = procedures.of_run(kept.run)
    assert procedure is not None
    run = msgspec.structs.replace(kept.run, awaits="act", reason="")
    want = want_of(procedure, run)
    assert isinstance(want, Act)
    here = Here(
        scope=stage.scope,
        conversation_id=asked.conversation_id,
        party_id=kept.party_id,
        acting=asked.acting,
        moment="attack",
        language="en",
        today=stage.house.clock.now().date(),
    )
    return run, want, here


def at_the_gate(stage: Stage, run: Run, want: Act, here: Here) -> str:
    """Return what the gate answers to a run that wants to act."""
    procedures = stage.house.procedure_book.of(stage.tenant.id)
    assert procedures is not None
    gate = stage.house.procedure_work._rooms.gate
    asked = Asked(here, procedures, run, want, here.party_id, lambda _tx: None)
    event = gate.pass_through(asked, patience=Patience()).event
    return str(getattr(event, "code", type(event).__name__))


def test_the_gate_takes_nobodys_word_for_it(stage: Stage, wanda: Scope) -> None:
    """A run that says it was agreed to is asked about again; somebody else's agreement, or another call's, is none."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    run, want, here = at_the_act(stage, asked)
    assert at_the_gate(stage, run, want, here) == "Waits"
    _, other = closing(stage)
    decide(stage, wanda, asked_of(stage, other))
    assert at_the_gate(stage, run, want, here) == "Waits"
    wish = DecisionWish(agrees=True, reason=WildText(""))
    asyncio.run(stage.house.agreeing.decide(wanda, asked.id, wish))
    again = msgspec.structs.replace(run, visits={**run.visits, run.at: run.visits[run.at] + 1})
    procedures = stage.house.procedure_book.of(stage.tenant.id)
    assert procedures is not None
    fresh = want_of(procedures.procedures[run.procedure], again)
    assert isinstance(fresh, Act)
    assert at_the_gate(stage, again, fresh, here) == "Waits"
    stage.house.transactions.write(stage.scope, lambda tx: _digest(tx, asked))
    assert at_the_gate(stage, run, want, here) == "not_allowed"
    assert account(world) == "open"


def _digest(tx: Tx, asked: Agreement) -> Outcome[None]:
    tx.execute(update(agreement_table).where(agreement_table.c.id == asked.id).values(digest="0" * 64))
    return Outcome(None)


def test_without_asking_for_a_second_person_it_would_be_done(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: with the question taken out the account is closed at once. These tests would notice."""
    monkeypatch.setattr(SecondPerson, "word", lambda *_args: Word(needed=False))
    world = stage.people(ACCOUNT, language="en")
    customer, _ = began(stage, world, "close my account", "account.close")
    customer.say(customer.code())
    customer.say("yes")
    assert account(world) == "closing"


def test_a_crash_between_the_act_and_its_answer_does_it_once(
    stage: Stage, wanda: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same act is wanted again under the same key; the agreement counts for it, and for nothing else."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    wish = DecisionWish(agrees=True, reason=WildText(""))
    asyncio.run(stage.house.agreeing.decide(wanda, asked.id, wish))
    through, deaths = Executor._through_the_gate, [1]

    def dying(self: Executor, run: Run, want: Any) -> Any:
        event = through(self, run, want)
        if isinstance(want, Act) and deaths:
            deaths.pop()
            raise RuntimeError("the house died")
        return event

    monkeypatch.setattr(Executor, "_through_the_gate", dying)
    job = ClaimedJob(
        id="j" * 26,
        tenant_id=stage.tenant.id,
        kind=GoingOn.kind,
        key=f"{asked.id}:agreed",
        payload={"agreement_id": asked.id},
        attempts=1,
    )
    handler = stage.house.jobs._lanes["procedures"].handlers[GoingOn.kind]
    with pytest.raises(RuntimeError):
        handler(job)
    assert account(world) == "closing"
    assert stage.read(lambda tx: keeping.find(tx, stage.scope, asked.run_id)).run.awaits == "act"
    handler(job)
    handler(job)
    stage.settle()
    assert told(customer.bot_lines()[-1]) == "Your account ending in 0815 is being closed."
    lines = [line for line in customer.ledger() if line.entry.kind == "procedure.acted"]
    assert [line.entry.data["outcome"] for line in lines] == ["done"]


def test_the_customer_goes_on_meanwhile(stage: Stage, wanda: Scope) -> None:
    """What waits for a second person hears no message, and the conversation is free for something else."""
    world = stage.people({**ACCOUNT, **ONE_CARD}, language="en")
    customer, _ = began(stage, world, "close my account", "account.close")
    customer.say(customer.code())
    customer.say("yes")
    stage.hints = {"please freeze my card": "card.freeze"}
    assert told(customer.say("please freeze my card")) == "Your debit card ending in 4471 is frozen."
    assert account(world) == "open"
    decide(stage, wanda, asked_of(stage, customer))
    assert (account(world), cards(world)["4471"]) == ("closing", "frozen")


def test_a_company_may_want_a_second_person_where_its_core_system_does_not(
    stage: Stage, wanda: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the house says what the procedure does not."""
    second = stage.house.procedure_work._rooms.gate._second_person
    settings = TenantSettings(second_person_for=("freeze_card",), agreement_hours=1)
    monkeypatch.setattr(second, "_settings_of", lambda _tenant: settings)
    world = stage.people(ONE_CARD, language="en")
    customer, line = began(stage, world, "please freeze my card", "card.freeze")
    assert told(line).startswith("A second person has to agree to this first.")
    assert cards(world)["4471"] == "active"
    asked = asked_of(stage, customer)
    assert asked.expires_at - asked.asked_at == timedelta(hours=1)
    decide(stage, wanda, asked)
    assert cards(world)["4471"] == "frozen"
    assert told(customer.bot_lines()[-1]) == "Your debit card ending in 4471 is frozen."


def test_it_is_told_to_who_talks_with_people_too(stage: Stage, wanda: Scope, viktor: Scope) -> None:
    """The colleague who has the conversation sees it as well, and keeps it."""
    world, customer = closing(stage)
    asyncio.run(stage.house.desk.take_over(viktor, customer.conversation_id))
    decide(stage, wanda, asked_of(stage, customer))
    assert account(world) == "closing"
    assert told(customer.bot_lines()[-1]) == "Your account ending in 0815 is being closed."
    assert customer.state() == "human"


def test_who_talks_with_people_hears_that_they_go_on(stage: Stage, wanda: Scope, viktor: Scope) -> None:
    """Where what was agreed to cannot be carried out, it is said, and nobody is put into the queue again."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    asyncio.run(stage.house.desk.take_over(viktor, customer.conversation_id))
    age(stage)
    decide(stage, wanda, asked)
    assert account(world) == "open"
    assert customer.state() == "human"
    assert told(customer.bot_lines()[-1]).startswith("I could not do that by myself")


def test_what_is_forgotten_is_forgotten_here_too(stage: Stage) -> None:
    """A customer's agreements go with them."""
    _, customer = closing(stage)
    asked = asked_of(stage, customer)
    stage.house.destruction.shred(stage.scope, PartyId(asked.party_id))
    assert stage.read(lambda tx: agreements_in(tx, stage.scope, customer.conversation_id)) == ()
    assert stage.read(lambda tx: record.card_of(tx, stage.scope, customer.conversation_id)) is not None


def test_every_step_is_audited_without_a_value(stage: Stage, wanda: Scope) -> None:
    """Who agreed to what is in the audit, by ids and names."""
    _, customer = closing(stage)
    asked = asked_of(stage, customer)
    decide(stage, wanda, asked)
    seen(stage, wanda, asked)
    looked = stage.read(lambda tx: record.latest_audit(tx, stage.scope, object_id=asked.party_id))
    assert ("agreement.read", wanda.actor.id) in [(one.action, one.actor_id) for one in looked]
    mine = stage.read(lambda tx: record.latest_audit(tx, stage.scope, object_id=asked.id))
    assert [(one.action, one.actor_id, tuple(one.fields)) for one in mine] == [
        ("agreement.given", wanda.actor.id, ("close_account",))
    ]


@pytest.mark.parametrize("busy", [False, True])
def test_what_was_agreed_to_and_not_answered_is_tried_again(
    stage: Stage, wanda: Scope, in_time: Callable[[float], None], *, busy: bool
) -> None:
    """Under the same key, whatever the customer does meanwhile; they hear that it is being checked, and how it ends."""
    world = stage.people({**ACCOUNT, **TWO_CARDS}, language="en")
    core = Late(world.core, times=2)
    stage.use(core)
    customer = at_the_agreement(stage, world)
    decide(stage, wanda, asked_of(stage, customer))
    assert "I am checking" in told(customer.bot_lines()[-1])
    if busy:
        stage.hints = {"i want a card blocked": "card.block"}
        customer.say("i want a card blocked")
    before = len(customer.bot_lines())
    in_time(11)
    assert len(customer.bot_lines()) == before
    in_time(31)
    in_time(600)
    assert [told(one) for one in customer.bot_lines()[before:]] == ["Your account ending in 0815 is being closed."]
    assert account(world) == "closing"
    assert (len(core.keys), len(set(core.keys))) == (3, 1)
    kept = stage.read(lambda tx: keeping.find(tx, stage.scope, asked_of(stage, customer).run_id))
    assert (kept.state, kept.run.outcome) == ("ended", "resolved")


def test_in_the_end_a_person_finds_out_about_what_was_agreed_to(
    stage: Stage, wanda: Scope, in_time: Callable[[float], None]
) -> None:
    """They get a note with the key that the core system knows the act by."""
    world = stage.people(ACCOUNT, language="en")
    core = Late(world.core, times=99)
    stage.use(core)
    customer = at_the_agreement(stage, world)
    decide(stage, wanda, asked_of(stage, customer))
    for _ in range(UNANSWERED_TRIES):
        in_time(200)
    assert (len(core.keys), len(set(core.keys))) == (UNANSWERED_TRIES, 1)
    assert customer.state() == "waiting"
    (note,) = [one.entry for one in customer.ledger() if one.entry.kind == "note.written"]
    assert note.text is not None
    assert core.keys[0] in note.text.text
    kept = stage.read(lambda tx: keeping.find(tx, stage.scope, asked_of(stage, customer).run_id))
    assert (kept.state, kept.run.reason) == ("ended", "outcome_unknown")


@pytest.mark.parametrize("said", ["never mind", "no"])
def test_the_customer_calls_off_what_waits(stage: Stage, wanda: Scope, said: str) -> None:
    """Nobody can agree any more, the run is over, and the customer hears so once."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    line = customer.say(said)
    assert told(line) == "All right, I stop here. Nothing more will happen."
    refused = asked_of(stage, customer)
    assert (refused.state, refused.decided_by) == ("refused", None)
    kept = stage.read(lambda tx: keeping.find(tx, stage.scope, asked.run_id))
    assert (kept.state, kept.run.outcome, kept.run.reason) == ("ended", "declined", "cancelled")
    assert why_refused(lambda: decide(stage, wanda, asked)) == "decided"
    stage.settle()
    assert account(world) == "open"
    assert customer.bot_lines()[-1] == line
    assert [one.entry.kind for one in customer.ledger()].count("agreement.refused") == 1


def test_what_is_no_word_about_it_calls_nothing_off(stage: Stage, wanda: Scope) -> None:
    """Another wish, thanks, and a no to something else leave what waits as it is."""
    world = stage.people({**ACCOUNT, **TWO_CARDS}, language="en")
    customer = at_the_agreement(stage, world)
    customer.say("thank you")
    customer.say("no")
    stage.hints = {"i want a card blocked": "card.block"}
    customer.say("i want a card blocked")
    customer.say("never mind")
    assert cards(world) == {"4471": "active", "9012": "active"}
    assert asked_of(stage, customer).state == "asked"
    decide(stage, wanda, asked_of(stage, customer))
    assert account(world) == "closing"


def test_what_is_decided_is_not_called_off(stage: Stage, wanda: Scope) -> None:
    """The word comes too late, and is answered as any other."""
    world, customer = closing(stage)
    wish = DecisionWish(agrees=True, reason=WildText(""))
    asyncio.run(stage.house.agreeing.decide(wanda, asked_of(stage, customer).id, wish))
    customer.say("never mind")
    assert asked_of(stage, customer).state == "used"
    assert account(world) == "closing"


def test_what_is_called_off_and_decided_at_once_is_decided_once(
    stage: Stage, wanda: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever agrees while the word is being worked on was first: the walk decides again."""
    world, customer = closing(stage)
    asked = asked_of(stage, customer)
    called_off, left = ProcedureWork._called_off, [asked]

    def agreeing(self: ProcedureWork, *args: Any) -> Any:
        if left:
            wish = DecisionWish(agrees=True, reason=WildText(""))
            asyncio.run(stage.house.agreeing.decide(wanda, left.pop().id, wish))
        return called_off(self, *args)

    monkeypatch.setattr(ProcedureWork, "_called_off", agreeing)
    customer.say("never mind")
    assert asked_of(stage, customer).state == "used"
    assert account(world) == "closing"
    assert not any("Nothing more will happen" in told(line) for line in customer.bot_lines())
