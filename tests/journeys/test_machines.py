"""Machines in a whole house: what they bring about is what people bring about, for their owner and within a mandate."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from doorward import record
from doorward.bootstrap import House
from doorward.flow.views.transcript import transcript
from doorward.identity import Tenant, Terms, Used
from doorward.identity.tables import mandate_notice_table, mandate_table, mandate_use_table
from doorward.kit.jobs import ClaimedJob
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.machines import MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor
from doorward.vocabulary.text import WildText
from tests.support.machines import LIMITS, PRINTER, TERMS, Owner, run
from tests.support.portal import PAUSE, TRIES, Mailbox


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
    before = owner.ordered()
    asked = owner.order("second")
    assert (asked.state, asked.code, owner.ordered()) == ("input-required", "owner_asked", before)
    assert Mailbox(house).arrived(owner.seed.email, "Shop printer")
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
    owner.act("notices", "n2", off=True)
    assert house.transactions.read(lambda tx: tx.execute(select(mandate_notice_table)).all()) == []


def _look_again(house: House, owner: Owner) -> None:
    """Let it be a while since anybody looked."""

    def work(tx: Tx) -> Outcome[None]:
        tx.execute(update(mandate_notice_table).values(looked_at=tx.now - timedelta(hours=1)))
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
