"""Acts that wait for a second person: how the machine waits, and how what is asked is kept, on both databases."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.answering.procedures import agreements, keeping
from doorward.answering.procedures.agreements import Agreement, Asks, digest_of
from doorward.answering.procedures.loading import load_procedure
from doorward.answering.procedures.machine import advance, begin_run
from doorward.answering.procedures.run import (
    Act,
    Agree,
    Agreed,
    Ask,
    Cancelled,
    Chose,
    Disagreed,
    End,
    Found,
    HandOver,
    Resumed,
    Run,
    Said,
    Started,
    Succeeded,
    Turn,
    Verified,
    Waits,
)
from doorward.answering.procedures.state import want_of
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from tests.support.transactions import CONVERSATION, OTHER_SCOPE, PARTY, SCOPE
from tests.unit.answering.procedures.examples import CREDIT, DEBIT, KNOWN, changed, example, raw
from tests.unit.answering.procedures.test_loading import problems, step
from tests.unit.answering.procedures.walking import YES, walk

BLOCK, ORDER = example("block_card"), example("order_paper")
TO_ACT = (Started(level=1), Found(things=(DEBIT, CREDIT)), Chose(key="9012"), Chose(key="stolen"), Chose(key="yes"))


def waiting(run_id: str = "R1", *, beneath: Run | None = None) -> Turn:
    """Return a run that waits for a second person."""
    turn = advance(BLOCK, begin_run(BLOCK, run_id, beneath=beneath), TO_ACT[0])
    for event in (*TO_ACT[1:], Waits()):
        turn = advance(BLOCK, turn.run, event)
    return turn


def test_while_it_waits_nothing_moves_it_but_a_second_persons_word() -> None:
    """No message, proof, result or pause: it stands at the same act, with the same arguments, under the same key."""
    turn = waiting()
    assert isinstance(turn.want, Agree)
    for event in (
        Said(heard=YES),
        Chose(key="yes"),
        Verified(level=3),
        Succeeded(),
        Resumed(level=0),
        Found(),
        Waits(),
    ):
        after = advance(BLOCK, turn.run, event)
        assert after.want == turn.want
        assert after.says == ()
    agreed = advance(BLOCK, turn.run, Agreed())
    assert isinstance(agreed.want, Act)
    assert (agreed.want.call, agreed.want.idempotency_key) == (turn.want.call, turn.want.idempotency_key)
    assert want_of(BLOCK, msgspec.json.decode(msgspec.json.encode(turn.run), type=Run)) == turn.want


def test_a_refusal_ends_it_and_the_yes_is_spent() -> None:
    """Without a way of its own for that a procedure ends as declined, and says why it did."""
    turn = advance(BLOCK, waiting().run, Disagreed())
    assert turn.want == End(how="declined")
    assert (turn.run.reason, turn.run.confirmed) == ("refused", ())
    assert advance(BLOCK, waiting().run, Disagreed(why="expired")).run.reason == "expired"
    assert advance(BLOCK, turn.run, Agreed()).want == turn.want


def test_nobody_agrees_to_what_was_not_asked() -> None:
    """At a question an agreement is nothing."""
    asking = walk(BLOCK, list(TO_ACT[:2]))
    for event in (Agreed(), Disagreed(), Waits()):
        assert isinstance(advance(BLOCK, asking.run, event).want, Ask)


def test_a_way_on_while_it_waits_may_only_say_something(tmp_path: Path) -> None:
    """It is refused at load that something is asked or done before the second person decided."""
    content = raw("block_card")
    step(content, "block")["failed"] = {"not_possible": "already", "waiting": "reason", "refused": "kept"}
    found = problems(changed(tmp_path, "block_card", content))
    assert any("failed.waiting: 'reason' asks or does something" in one for one in found)
    content = raw("block_card")
    step(content, "block")["failed"] = {"not_possible": "already", "waiting": "kept", "refused": "kept"}
    folder = changed(tmp_path / "b", "block_card", content)
    assert load_procedure(folder, languages=("en", "de"), known=KNOWN).id == "block_card"


def test_what_waits_leaves_the_conversation_to_others(transactions: Transactions) -> None:
    """The run beneath goes on, and another may begin; what was agreed to is carried out beside them."""

    def work(tx: Tx) -> Outcome[None]:
        outer = walk(BLOCK, list(TO_ACT[:2]), run_id="R0").run
        keeping.begin(tx, SCOPE, outer, conversation_id=CONVERSATION, party_id=PARTY)
        run = waiting(beneath=outer).run
        begun = msgspec.structs.replace(run, awaits="act", waited=False, events=1)
        keeping.begin(tx, SCOPE, begun, conversation_id=CONVERSATION, party_id=PARTY)
        keeping.keep(tx, SCOPE, run, before=begun)
        assert keeping.find(tx, SCOPE, run.id).state == "waiting"
        active = keeping.active_run(tx, SCOPE, conversation_id=CONVERSATION)
        assert active is not None
        assert active.run.id == "R0"
        agreed = advance(BLOCK, run, Agreed()).run
        keeping.keep(tx, SCOPE, agreed, before=run)
        assert keeping.find(tx, SCOPE, run.id).state == "waiting"
        over = advance(BLOCK, agreed, Cancelled()).run
        keeping.keep(tx, SCOPE, over, before=agreed)
        assert [keeping.find(tx, SCOPE, one).state for one in ("R0", "R1")] == ["active", "ended"]
        return Outcome(None)

    transactions.write(SCOPE, work)


def test_where_a_person_takes_over_meanwhile_nothing_waits_beneath(transactions: Transactions) -> None:
    """What waited beneath is over with the conversation in other hands; what a second person decides about is not."""

    def work(tx: Tx) -> Outcome[None]:
        outer = walk(BLOCK, list(TO_ACT[:2]), run_id="R0").run
        keeping.begin(tx, SCOPE, outer, conversation_id=CONVERSATION, party_id=PARTY)
        run = msgspec.structs.replace(waiting(beneath=outer).run, reason="account_closing")
        begun = msgspec.structs.replace(run, awaits="act", waited=False, reason="", events=1)
        keeping.begin(tx, SCOPE, begun, conversation_id=CONVERSATION, party_id=PARTY)
        keeping.keep(tx, SCOPE, run, before=begun)
        want = want_of(BLOCK, run)
        assert isinstance(want, Agree)
        assert (want.hand_over, want.resumes) == ("account_closing", "")
        assert [keeping.find(tx, SCOPE, one).state for one in ("R0", "R1")] == ["ended", "waiting"]
        return Outcome(None)

    transactions.write(SCOPE, work)


def act() -> tuple[Run, Act]:
    """Return a run at its act."""
    run = walk(BLOCK, list(TO_ACT)).run
    want = want_of(BLOCK, run)
    assert isinstance(want, Act)
    return run, want


def ask(transactions: Transactions, *, hours: int = 72) -> Agreement:
    """Ask a second person."""
    run, want = act()
    asks = Asks(conversation_id=CONVERSATION, party_id=PARTY, acting=PARTY, level=2, lasts=timedelta(hours=hours))
    return transactions.write(SCOPE, lambda tx: Outcome(agreements.ask_second_person(tx, SCOPE, run, want, asks=asks)))


def decide(transactions: Transactions, agreement: Agreement, state: Any) -> Agreement:
    """Decide about it."""
    return transactions.write(
        SCOPE, lambda tx: Outcome(agreements.decide_agreement(tx, SCOPE, agreement, state=state, by="s" * 26))
    )


def use(transactions: Transactions, agreement: Agreement) -> bool:
    """Carry out what was agreed to."""
    return transactions.write(SCOPE, lambda tx: Outcome(agreements.use_agreement(tx, SCOPE, agreement)))


def forget(transactions: Transactions, party_id: PartyId) -> int:
    """Forget somebody."""
    return transactions.write(SCOPE, lambda tx: Outcome(keeping.forget_runs(tx, SCOPE, party_id)))


def test_it_is_asked_once_and_decided_once(transactions: Transactions, clock: FixedClock) -> None:
    """Asked again it is the same, with the time that it had; of two who decide the second is told."""
    asked = ask(transactions)
    clock.advance(timedelta(hours=5))
    assert ask(transactions, hours=1) == asked
    agreed = decide(transactions, asked, "agreed")
    assert (agreed.state, agreed.decided_by) == ("agreed", "s" * 26)
    for state in ("refused", "agreed", "expired"):
        with pytest.raises(Conflict):
            decide(transactions, asked, state)
    assert transactions.read(lambda tx: agreements.agreements_asked(tx, SCOPE)) == ()
    assert transactions.read(lambda tx: agreements.agreements_in(tx, SCOPE, CONVERSATION)) == (agreed,)


def test_it_is_used_by_its_act_alone(transactions: Transactions) -> None:
    """Only what was agreed to may be used; the same act may after a crash, what was refused never."""
    asked = ask(transactions)
    assert not use(transactions, asked)
    agreed = decide(transactions, asked, "agreed")
    assert use(transactions, agreed)
    used = transactions.read(lambda tx: agreements.find_agreement(tx, SCOPE, asked.id))
    assert used.state == "used"
    assert use(transactions, used)


def test_the_digest_is_of_everything_that_the_act_is() -> None:
    """Another argument, step, visit, run, version or operation is another act."""
    run, want = act()
    other_call = msgspec.structs.replace(want.call, arguments={**want.call.arguments, "card": "1234"})
    digests = {
        digest_of(SCOPE, run, want),
        digest_of(OTHER_SCOPE, run, want),
        digest_of(SCOPE, msgspec.structs.replace(run, id="R2"), want),
        digest_of(SCOPE, msgspec.structs.replace(run, version=2), want),
        digest_of(SCOPE, msgspec.structs.replace(run, at="sure"), want),
        digest_of(SCOPE, run, msgspec.structs.replace(want, call=other_call)),
        digest_of(SCOPE, run, msgspec.structs.replace(want, idempotency_key="R1:block:2")),
    }
    assert len(digests) == 7
    agree = want_of(BLOCK, waiting().run)
    assert isinstance(agree, Agree)
    assert digest_of(SCOPE, waiting().run, agree) == digest_of(SCOPE, run, want)


def test_what_nobody_decided_about_is_found_and_what_is_old_goes(transactions: Transactions, clock: FixedClock) -> None:
    """In its time, and in its own company."""
    asked = ask(transactions, hours=1)
    assert transactions.read(lambda tx: agreements.overdue_agreements(tx, SCOPE)) == ()
    clock.advance(timedelta(hours=1))
    assert transactions.read(lambda tx: agreements.overdue_agreements(tx, SCOPE)) == (asked,)
    assert transactions.read(lambda tx: agreements.overdue_agreements(tx, OTHER_SCOPE)) == ()
    assert transactions.read(lambda tx: agreements.count_asked(tx, SCOPE)) == 1
    decide(transactions, asked, "expired")
    assert transactions.read(lambda tx: agreements.count_asked(tx, SCOPE)) == 0
    clock.advance(agreements.KEPT)
    assert transactions.write(SCOPE, lambda tx: Outcome(agreements.forget_decided(tx, SCOPE))) == 1
    with pytest.raises(NotFound):
        transactions.read(lambda tx: agreements.find_agreement(tx, SCOPE, asked.id))


def test_what_was_asked_about_somebody_goes_with_them(transactions: Transactions) -> None:
    """And nobody else's does."""
    asked = ask(transactions)
    assert forget(transactions, PartyId("q" * 26)) == 0
    assert forget(transactions, PARTY) == 1
    with pytest.raises(NotFound):
        transactions.read(lambda tx: agreements.find_agreement(tx, SCOPE, asked.id))


def test_a_person_may_go_on_meanwhile() -> None:
    """Where the way on while it waits hands over, the reason goes with it; it is no end."""
    run = msgspec.structs.replace(waiting().run, reason="account_closing")
    want = want_of(BLOCK, run)
    assert isinstance(want, Agree)
    assert not isinstance(want, HandOver)
    assert not run.is_over
