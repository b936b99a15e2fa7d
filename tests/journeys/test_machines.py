"""Machines in a whole house: what they bring about is what people bring about, for their owner and within a mandate."""

import contextlib
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from doorward import record
from doorward.bootstrap import House
from doorward.flow.agreeing import DecisionWish
from doorward.flow.machines import OrderKind
from doorward.flow.views.transcript import transcript
from doorward.identity import Allowed, Tenant, Terms, Use, Used, Wanted
from doorward.identity.tables import mandate_notice_table, mandate_table, mandate_use_table
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict, Malformed
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.machines import MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor
from doorward.vocabulary.text import WildText
from tests.journeys.test_api import token_of
from tests.support.machines import LIMITS, PRINTER, TERMS, Owner, run
from tests.support.portal import PAUSE, TRIES, Mailbox
from tests.support.server import Guests


@contextlib.contextmanager
def stopped_jobs(house: House) -> Iterator[None]:
    """Let no job be done for a while."""
    house.jobs.stop()
    yield
    house.jobs.start()


@pytest.fixture
def owner(house: House, halden: Tenant) -> Owner:
    """A customer with a terminal."""
    return Owner(house, halden)


def test_a_machine_orders_once_and_it_is_told_where_the_owner_reads_it(owner: Owner) -> None:
    """The core system has one more order, the ledger says who asked and what was done, and a repetition orders none."""
    owner.grant()
    before = owner.ordered()
    done = owner.order("first")
    assert (done.state, done.code) == ("done", "")
    assert owner.ordered() == before + 1
    again = owner.order("first")
    assert (again.state, again.use_id, owner.ordered()) == ("done", done.use_id, before + 1)
    here = done.conversation_id
    assert here is not None
    said = owner.house.transactions.read(lambda tx: transcript(tx, owner.scope, here))
    assert [line.kind for line in said.entries] == ["machine.asked", "message.bot"]
    assert "Shop printer" in said.entries[0].text
    written = owner.house.transactions.read(lambda tx: record.entries_after(tx, owner.scope, here, after=0, limit=50))
    opened, acted = written[0].entry, next(one.entry for one in written if one.entry.kind == "procedure.acted")
    assert opened.data["by_machine"]["platform"] == PRINTER.platform
    assert (acted.data["operation"], acted.data["outcome"], acted.data["level"]) == ("order_paper", "done", 1)
    assert acted.actor.kind == "machine"


def test_what_goes_beyond_asks_the_owner_who_allows_exactly_that_once(owner: Owner) -> None:
    """The machine hears that its owner was asked, the owner gets a letter, and a yes has just that done, once."""
    house = owner.house
    owner.grant(replace(TERMS, limits=replace(LIMITS, period_count=1)))
    assert owner.order("first").state == "done"
    before, mailbox = owner.ordered(), Mailbox(house)
    asked = owner.order("second")
    assert (asked.state, asked.code, owner.ordered()) == ("input-required", "owner_asked", before)
    assert mailbox.arrived(owner.seed.email, "Shop printer")
    run(house.own_mandates.approve(owner.session, asked.approval_id))
    # The first order is on its way, so the procedure has nothing to do: what it says is said, and nothing is ordered.
    told = owner.ended("second")
    assert (told.state, told.code) == ("declined", "nothing_done")
    assert told.text
    assert owner.ordered() == before
    with pytest.raises(Conflict):
        run(house.own_mandates.approve(owner.session, asked.approval_id))


def test_an_approved_order_is_carried_out_as_the_owner(owner: Owner) -> None:
    """A kind that was not granted is ordered once it is allowed; the act is the owner's by their own proof."""
    house = owner.house
    owner.grant(replace(TERMS, kinds=("gold",)))
    before = owner.ordered()
    asked = owner.order("only")
    assert asked.state == "input-required"
    use = run(house.own_mandates.approve(owner.session, asked.approval_id))
    done = owner.ended("only")
    assert (done.state, done.use_id, owner.ordered()) == ("done", use.id, before + 1)
    job = ClaimedJob(
        id="j",
        tenant_id=owner.tenant.id,
        kind="machines.approved",
        key=use.id,
        payload={"use_id": use.id, "acting": owner.session.acting_id},
        attempts=1,
    )
    house.approved_acts(job)  # a job may run twice
    assert owner.ordered() == before + 1


def test_what_was_allowed_is_not_done_after_the_mandate_ended(owner: Owner) -> None:
    """Whoever revokes between the yes and the deed has nothing ordered."""
    house = owner.house
    mandate = owner.grant(replace(TERMS, kinds=("gold",)))
    before, asked = owner.ordered(), owner.order("only")
    with stopped_jobs(house):
        run(house.own_mandates.approve(owner.session, asked.approval_id))
        run(house.own_mandates.revoke(owner.session, mandate.id))
    uses = house.identity.mandate_uses
    for _ in range(TRIES):
        house.jobs.run_due()
        (use,) = house.transactions.read(lambda tx: uses.uses_of(tx, owner.scope, owner.id))
        if use.state != "begun":
            break
        threading.Event().wait(PAUSE)
    assert (use.state, owner.ordered()) == ("failed", before)
    assert owner.order("only").code == "revoked"


def test_a_machine_orders_for_nothing_but_its_owners_things(owner: Owner, house: House) -> None:
    """Another customer's terminal is not there for it, whatever it says it is; nothing is ordered for anybody."""
    everybody = [one.reference for one in house.plugins.companies["halden"].customers()]
    other = next(one for one in everybody if one != owner.seed.reference and owner.core.devices(one))
    owner.grant()
    mine, theirs = owner.ordered(), len(owner.core.orders(other))
    said = owner.order("theirs", thing=owner.core.devices(other)[0].serial)
    assert (said.state, said.code) == ("declined", "nothing_done")
    for wild in ("' OR 1=1 --", "HT-0000-99", "yes", "no"):
        assert owner.order(f"wild {wild}", thing=wild).state == "declined"
    assert (owner.ordered(), len(owner.core.orders(other))) == (mine, theirs)
    used = owner.house.transactions.read(lambda tx: _used(owner, tx))
    assert used.count == 0  # what came to nothing counts for nothing


def _used(owner: Owner, tx: Tx) -> Used:
    identity = owner.house.identity
    (mandate,) = identity.mandates.of_owner(tx, owner.scope, owner.id)
    return identity.mandate_uses.used(tx, owner.scope, mandate)


def test_what_a_machine_writes_starts_nothing_and_agrees_to_nothing(owner: Owner) -> None:
    """Words carry no proof: asked to order, cancel or block by text, the house looks nothing up and does nothing."""
    owner.grant()
    before = owner.ordered()
    for number, text in enumerate(("Order paper for my terminal", "yes", "Block my card at once")):
        said = owner.act("help", f"say-{number}", text=WildText(text), language="en")
        assert said.state in {"done", "working"}
        assert said.conversation_id is not None
        kinds = _kinds(owner, said.conversation_id)
        assert "message.customer" in kinds
        assert "procedure.acted" not in kinds
    assert owner.ordered() == before


def test_a_question_is_answered_where_the_same_request_asks_again(owner: Owner) -> None:
    """Help is what everybody gets: an article's answer, told to who asks with the same key."""
    owner.grant(Terms(capabilities=("help",)))
    said = owner.act("help", "q1", text=WildText("How long does it take until my new card arrives?"), language="en")
    for _ in range(400):
        if said.text:
            break
        threading.Event().wait(0.05)
        said = owner.act("help", "q1", text=WildText("How long does it take until my new card arrives?"), language="en")
    assert said.state == "done"
    assert "working days" in said.text
    with pytest.raises(Malformed):
        owner.act("help", "q2")


def _said(owner: Owner, here: ConversationId | None) -> Entry:
    """Return what a machine said in a conversation."""
    assert here is not None
    written = owner.house.transactions.read(lambda tx: record.entries_after(tx, owner.scope, here, after=0, limit=50))
    return next(line.entry for line in written if line.entry.kind == "message.customer")


def test_what_a_machine_says_is_marked_and_counts_for_its_owner(owner: Owner) -> None:
    """Staff see at the line that a machine spoke; more than an owner's share is left to the bot, and never refused."""
    owner.grant(Terms(capabilities=("problem.report",)))
    most = owner.house.settings.flood.contacts_at_once
    said = [
        owner.act("problem.report", f"p{number}", text=WildText("The printer is broken"), language="en")
        for number in range(most + 1)
    ]
    lines = [_said(owner, one.conversation_id) for one in said]
    assert {line.data["by_machine"]["platform"] for line in lines} == {PRINTER.platform}
    ways = [line.data.get("admitted", {}).get("because", "") for line in lines]
    assert (ways[0] == "quota", ways[-1]) == (False, "quota")


def test_orders_are_told_as_they_stand_to_a_machine_that_may_ask(owner: Owner) -> None:
    """Its owner's and nobody else's; without the capability none."""
    owner.grant(Terms(capabilities=("order.status", "notices")))
    said = owner.act("order.status", "s1")
    assert said.state == "done"
    assert len(said.things) == owner.ordered()
    assert owner.order("o1").code == "not_granted"


def test_owners_are_told_once_when_their_orders_change(owner: Owner, house: House) -> None:
    """By mail, after the machine asked for it and until it is called off; nothing is told of what stays as it is."""
    owner.grant()
    mailbox = Mailbox(house)
    assert owner.act("notices", "n1").state == "done"
    assert house.machines.tell_news(owner.scope) == 0
    _look_again(house, owner)
    assert house.machines.tell_news(owner.scope) == 0
    owner.order("o1")
    _look_again(house, owner)
    assert house.machines.tell_news(owner.scope) == 1
    assert mailbox.arrived(owner.seed.email, "Shop printer")
    _look_again(house, owner)
    assert house.machines.tell_news(owner.scope) == 0
    mandate = house.transactions.read(lambda tx: house.identity.mandates.of_owner(tx, owner.scope, owner.id))[0]
    run(house.own_mandates.suspend(owner.session, mandate.id))
    _look_again(house, owner)
    assert house.machines.tell_news(owner.scope) == 0  # whoever is paused looks at nothing
    run(house.own_mandates.resume(owner.session, mandate.id))
    owner.act("notices", "n2", off=True)
    assert house.transactions.read(lambda tx: tx.execute(select(mandate_notice_table)).all()) == []


def _look_again(house: House, owner: Owner) -> None:
    """Let it be a while since anybody looked."""

    def work(tx: Tx) -> Outcome[None]:
        tx.execute(update(mandate_notice_table).values(looked_at=tx.now - timedelta(hours=5)))
        return Outcome(None)

    house.transactions.write(owner.scope, work)


def test_who_is_forgotten_leaves_no_machine(owner: Owner, house: House) -> None:
    """With the customer go mandates, acts, and the machine's right; the machine hears that it has none."""
    owner.grant()
    owner.order("first")
    house.destruction.shred(owner.scope, owner.id)
    assert owner.order("second").code == "no_mandate"
    for table in (mandate_table, mandate_use_table):
        assert house.transactions.read(lambda tx, one=table: tx.execute(select(one)).all()) == []  # type: ignore[misc]


def test_what_needs_the_owners_proof_asks_the_owner(owner: Owner, house: House) -> None:
    """The machine is not asked to prove anything and no code is mailed; the owner's own proof has it done."""
    cards = [one for one in owner.core.things(owner.seed.reference, "card") if one.fields["kind"] != "virtual"]
    card = OrderKind(
        kind="card",
        procedure="replace_card",
        thing="card",
        amount=600,
        answers={},
        name={"en": "A new card"},
        needs_proof=True,
    )
    kinds = house.machine_book.of(owner.tenant.id)
    house.machine_book.put(owner.tenant.id, replace(kinds, kinds={**kinds.kinds, "card": card}))
    owner.grant(replace(TERMS, kinds=("card", "paper")))
    mailbox = Mailbox(house)
    asked = owner.order("card", kind="card", thing=cards[0].key)
    assert (asked.state, asked.code) == ("input-required", "owner_asked")
    run(house.own_mandates.approve(owner.session, asked.approval_id))
    done = owner.ended("card", kind="card", thing=cards[0].key)
    assert done.state == "done"
    here = done.conversation_id
    assert here is not None
    written = house.transactions.read(lambda tx: record.entries_after(tx, owner.scope, here, after=0, limit=50))
    acted = next(one.entry for one in written if one.entry.kind == "procedure.acted")
    assert (acted.data["operation"], acted.data["level"]) == ("replace_card", 2)
    # The letter that asks the owner comes, and no other one with a code to prove who they are.
    assert not any(re.search(r"\b\d{6}\b", text) for text in mailbox.arrived(owner.seed.email, ""))


def test_a_procedure_that_wants_proof_gets_none_from_a_machine(owner: Owner, house: House) -> None:
    """Even where the company's file forgot to say so, the gate does not let it through, and nobody is mailed a code."""
    cards = [one for one in owner.core.things(owner.seed.reference, "card") if one.fields["kind"] != "virtual"]
    careless = OrderKind(kind="card", procedure="replace_card", thing="card", amount=0, answers={}, name={"en": "Card"})
    kinds = house.machine_book.of(owner.tenant.id)
    house.machine_book.put(owner.tenant.id, replace(kinds, kinds={"card": careless}))
    owner.grant(replace(TERMS, kinds=("card",)))
    before, mailbox = owner.ordered(), Mailbox(house)
    assert owner.order("card", kind="card", thing=cards[0].key).state == "declined"
    assert owner.ordered() == before
    house.jobs.run_due()
    assert mailbox.fresh(owner.seed.email) == []


def test_the_same_request_at_once_orders_once(owner: Owner) -> None:
    """Eight times under one key: one order, whoever is first."""
    owner.grant()
    before = owner.ordered()
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: owner.order("same"), range(8)))
    assert owner.ordered() == before + 1
    assert {one.state for one in said} <= {"done", "working"}
    assert owner.order("same").state == "done"


def test_a_mandate_that_ends_in_the_middle_of_an_act_has_nothing_done(owner: Owner, house: House) -> None:
    """The act was granted and counted, then the owner revokes, then it would be carried out: the gate refuses."""
    mandate = owner.grant()
    before, use = owner.ordered(), begun(owner)
    run(house.own_mandates.revoke(owner.session, mandate.id))
    house.approved_acts.ordering.fulfil(
        owner.scope, mandate, use, acting=mandate.acting_id, parameters={"thing": owner.device}
    )
    assert owner.ordered() == before
    ended = house.transactions.read(lambda tx: house.identity.mandate_uses.find(tx, owner.scope, use.id))
    assert ended.state == "declined"


def test_an_act_that_a_crash_left_goes_on_with_the_same_request(owner: Owner) -> None:
    """Granted and counted, and then the process died: asked again it is done, and counts once."""
    owner.grant()
    before, use = owner.ordered(), begun(owner)
    done = owner.order("first")
    assert (done.state, done.use_id, owner.ordered()) == ("done", use.id, before + 1)
    used = owner.house.transactions.read(lambda tx: _used(owner, tx))
    assert used.count == 1


def begun(owner: Owner) -> Use:
    """Grant and count the order `first` as the verb does before it carries anything out."""
    wanted = Wanted(
        capability="order.place",
        key="first",
        parameters={"kind": "paper", "thing": owner.device},
        kind="paper",
        currency="EUR",
    )
    machines, scope = owner.house.machines, owner.scope
    said = owner.house.transactions.write(
        scope, lambda tx: machines.granted(tx, scope, PRINTER, wanted=wanted, language=None)
    )
    assert isinstance(said, Allowed)
    return said.use


def test_what_waited_for_a_second_person_is_told_as_done_once_it_is(owner: Owner, house: House) -> None:
    """The company may want a colleague's word for what machines order, too; nothing is ordered before."""
    tenants = house.identity.tenants
    house.transactions.write(
        owner.scope,
        lambda tx: tenants.change_setting(tx, owner.scope, name="second_person_for", value=["order_paper"]),
    )
    house.settings_book.forget(owner.tenant.id)
    owner.grant()
    before, waits = owner.ordered(), owner.order("first")
    assert (waits.state, owner.ordered()) == ("working", before)
    staff = house.transactions.read(lambda tx: house.identity.staff.everybody(tx, owner.scope))
    nadia = next(one.id for one in staff if one.username == "nadia")
    scope = owner.scope.acting_as(Actor(kind="staff", id=nadia))
    (asked,) = run(house.agreeing.asked(scope, language="en"))
    run(house.agreeing.decide(scope, asked.agreement.id, DecisionWish(agrees=True, reason=WildText(""))))
    assert owner.ended("first").state == "done"
    assert owner.ordered() == before + 1


def test_programs_read_mandates_and_staff_end_them(owner: Owner, guests: Guests, house: House, halden: Tenant) -> None:
    """By the interface: with both permissions, the customer's alone; a program ends nothing, a colleague does."""
    mandate = owner.grant()
    here = owner.order("first").conversation_id
    place = f"/api/v1/conversations/{here}/mandates"
    program = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'admin')}"})
    blind = guests.client(headers={"authorization": f"Bearer {token_of(house, halden, 'conversations:read')}"})
    (found,) = program.get(place).json()["items"]
    assert (found["id"], found["name"], found["state"]) == (mandate.id, "Shop printer", "active")
    assert blind.get(place).status_code == 403
    assert program.get(f"/api/v1/conversations/{mandate.id}/mandates").status_code == 404
    assert program.post(f"{place}/{mandate.id}/revocation").status_code == 403
    colleague = guests.member("mira")
    assert colleague.post(f"{place}/{owner.id}/revocation").status_code == 404
    ended = colleague.post(f"{place}/{mandate.id}/revocation")
    assert (ended.status_code, ended.json()["state"]) == (200, "revoked")
    assert owner.order("second").code == "revoked"


def test_an_unknown_kind_or_machine_is_told_so(owner: Owner) -> None:
    """Without a mandate nothing is told of anybody; what cannot be ordered cannot be asked."""
    assert owner.order("first").code == "no_mandate"
    with pytest.raises(Malformed):
        owner.order("first", kind="gold")
    with pytest.raises(Malformed):
        owner.order("first", thing="x" * 101)
    with pytest.raises(Malformed):
        owner.act("help", "q", machine=MachineIdentity(platform="", key_id=""), text=WildText("hello"))


def test_staff_see_that_a_machine_spoke_and_end_its_right(owner: Owner, house: House) -> None:
    """For the customer of the conversation, and for no other; the audit has who did."""
    mandate = owner.grant()
    done = owner.order("first")
    assert done.conversation_id is not None
    staff = owner.scope.acting_as(Actor(kind="staff", id="staff-1"))
    (seen,) = run(house.own_mandates.of_conversation(staff, done.conversation_id))
    assert seen.id == mandate.id
    run(house.own_mandates.revoke_for(staff, done.conversation_id, mandate_id=mandate.id))
    assert owner.order("second").code == "revoked"


def _kinds(owner: Owner, conversation_id: ConversationId) -> list[str]:
    read = owner.house.transactions.read
    written = read(lambda tx: record.entries_after(tx, owner.scope, conversation_id, after=0, limit=100))
    return [one.entry.kind for one in written]
