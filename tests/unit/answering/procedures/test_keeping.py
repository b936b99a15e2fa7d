"""Kept runs: found again on another channel and another day, never two at once, ended when nobody comes back."""

from datetime import timedelta

import pytest

from doorward.answering.procedures import keeping
from doorward.answering.procedures.keeping import KEPT, UNTOUCHED, KeptRun, UntouchedRuns
from doorward.answering.procedures.machine import advance, begin_run
from doorward.answering.procedures.run import Cancelled, Chose, Found, Run, Started
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict, NotFound
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from tests.support.transactions import CONVERSATION, OTHER_SCOPE, PARTY, SCOPE
from tests.unit.answering.procedures.examples import CREDIT, DEBIT, example
from tests.unit.answering.procedures.walking import walk

BLOCK, ORDER = example("block_card"), example("order_paper")
ELSEWHERE, VISITOR = ConversationId("d" * 26), PartyId("v" * 26)


class Desk:
    """Runs kept in a test's database."""

    def __init__(self, transactions: Transactions) -> None:
        """Take the database."""
        self.transactions = transactions

    def begin(self, run: Run, *, conversation_id: ConversationId = CONVERSATION, party_id: PartyId = PARTY) -> KeptRun:
        """Keep a new run."""
        return self.transactions.write(
            SCOPE,
            lambda tx: Outcome(keeping.begin(tx, SCOPE, run, conversation_id=conversation_id, party_id=party_id)),
        )

    def keep(self, run: Run, *, before: Run) -> None:
        """Keep where a run stands."""

        def write(tx: Tx) -> Outcome[None]:
            keeping.keep(tx, SCOPE, run, before=before)
            return Outcome(None)

        self.transactions.write(SCOPE, write)

    def move(self, run_id: str, to: ConversationId) -> None:
        """Let a run go on in another conversation."""

        def write(tx: Tx) -> Outcome[None]:
            keeping.move(tx, SCOPE, run_id, to=to)
            return Outcome(None)

        self.transactions.write(SCOPE, write)

    def find(self, run_id: str, scope: Scope = SCOPE) -> KeptRun:
        """Return a run."""
        return self.transactions.read(lambda tx: keeping.find(tx, scope, run_id))

    def active(
        self, *parties: PartyId, conversation_id: ConversationId = CONVERSATION, scope: Scope = SCOPE
    ) -> str | None:
        """Return the id of the active run."""
        found = self.transactions.read(
            lambda tx: keeping.active_run(tx, scope, conversation_id=conversation_id, parties=parties)
        )
        return None if found is None else found.run.id


@pytest.fixture
def desk(transactions: Transactions) -> Desk:
    """Runs on each kind of database."""
    return Desk(transactions)


def asking(run_id: str = "R1") -> Run:
    """Return a run that waits for an answer."""
    return walk(BLOCK, [Started(level=1), Found(things=(DEBIT, CREDIT))], run_id=run_id).run


def test_a_run_is_found_as_it_was_kept(desk: Desk) -> None:
    """By its id and by its conversation, with all that it knows."""
    kept = desk.begin(asking())
    assert desk.find("R1") == kept
    later = advance(BLOCK, kept.run, Chose(key="9012")).run
    desk.keep(later, before=kept.run)
    assert desk.find("R1").run == later
    assert desk.active() == "R1"


def test_it_goes_on_where_the_customer_is(desk: Desk) -> None:
    """Another conversation of the same customer finds it; its own comes first; strangers find nothing."""
    desk.begin(asking(), party_id=VISITOR)
    assert desk.active(PARTY, VISITOR, conversation_id=ELSEWHERE) == "R1"
    assert desk.active(PARTY, conversation_id=ELSEWHERE) is None
    assert desk.active(conversation_id=ELSEWHERE) is None
    desk.begin(asking("R2"), conversation_id=ELSEWHERE)
    assert desk.active(VISITOR, conversation_id=ELSEWHERE) == "R2"


def test_it_moves_with_what_waits_beneath(desk: Desk) -> None:
    """Whoever goes on elsewhere takes everything along, unless something else is under way there."""
    outer = desk.begin(asking()).run
    desk.begin(begin_run(ORDER, "R2", beneath=outer))
    desk.move("R2", ELSEWHERE)
    assert desk.active() is None
    assert desk.active(conversation_id=ELSEWHERE) == "R2"
    assert desk.find("R1").conversation_id == ELSEWHERE
    desk.begin(asking("R3"))
    with pytest.raises(Conflict):
        desk.move("R2", CONVERSATION)


def test_another_tenant_finds_nothing(desk: Desk) -> None:
    """Ids of one company mean nothing to another."""
    desk.begin(asking())
    assert desk.active(PARTY, scope=OTHER_SCOPE) is None
    with pytest.raises(NotFound):
        desk.find("R1", OTHER_SCOPE)


def test_two_that_go_on_from_the_same_place_do_not_both(desk: Desk) -> None:
    """Who comes second is told, and nothing is lost."""
    before = desk.begin(asking()).run
    desk.keep(advance(BLOCK, before, Chose(key="9012")).run, before=before)
    with pytest.raises(Conflict):
        desk.keep(advance(BLOCK, before, Chose(key="1234")).run, before=before)
    assert desk.find("R1").run.slots["card"].value == "9012"


def test_a_conversation_has_one_procedure_at_a_time(desk: Desk) -> None:
    """Another one begins only above it."""
    outer = desk.begin(asking()).run
    with pytest.raises(Conflict):
        desk.begin(begin_run(ORDER, "R2"))
    with pytest.raises(Conflict):
        desk.begin(asking("R1"), conversation_id=ELSEWHERE)
    desk.begin(begin_run(ORDER, "R3", beneath=outer))
    assert (desk.find("R1").state, desk.active()) == ("paused", "R3")
    with pytest.raises(Conflict):
        desk.begin(begin_run(ORDER, "R4", beneath=outer))


def test_what_waited_goes_on_when_the_other_is_over(desk: Desk) -> None:
    """The inner one ends; the outer one is active again, where it stood."""
    outer = desk.begin(asking()).run
    inner = desk.begin(begin_run(ORDER, "R2", beneath=outer)).run
    desk.keep(advance(ORDER, inner, Cancelled()).run, before=inner)
    ended = desk.find("R2")
    assert (ended.state, ended.ended_at is not None) == ("ended", True)
    assert desk.active() == "R1"
    assert desk.find("R1").run == outer


def test_nothing_waits_when_a_person_takes_over(desk: Desk) -> None:
    """The person has the whole conversation."""
    outer = desk.begin(asking()).run
    inner = desk.begin(begin_run(ORDER, "R2", beneath=outer)).run
    handed = advance(ORDER, advance(ORDER, inner, Started(level=1)).run, Found()).run
    assert handed.outcome == "handed_over"
    desk.keep(handed, before=inner)
    assert desk.active() is None
    assert (desk.find("R1").state, desk.find("R1").run.outcome) == ("ended", "handed_over")


def test_what_is_over_is_not_begun_again(desk: Desk) -> None:
    """No later event changes how it ended."""
    before = desk.begin(asking()).run
    over = advance(BLOCK, before, Cancelled()).run
    desk.keep(over, before=before)
    with pytest.raises(Conflict):
        desk.keep(over, before=over)


def test_what_nobody_goes_on_with_ends_and_is_forgotten_later(desk: Desk, clock: FixedClock) -> None:
    """Thirty days, then it is over; ninety more, then it is gone. A day less changes nothing."""
    untouched = UntouchedRuns(desk.transactions)
    desk.begin(asking())
    clock.advance(UNTOUCHED)
    assert untouched.sweep(SCOPE) == 0
    clock.advance(timedelta(seconds=1))
    assert untouched.sweep(OTHER_SCOPE) == 0
    assert untouched.sweep(SCOPE) == 1
    found = desk.find("R1")
    assert (found.state, found.run.outcome, found.run.is_over, found.run.offers) == ("ended", "abandoned", True, {})
    assert untouched.sweep(SCOPE) == 0
    clock.advance(KEPT + timedelta(seconds=1))
    untouched.sweep(SCOPE)
    with pytest.raises(NotFound):
        desk.find("R1")


def test_a_party_is_forgotten_with_its_runs(desk: Desk) -> None:
    """Others' stay."""
    desk.begin(asking())
    desk.begin(asking("R2"), conversation_id=ELSEWHERE, party_id=VISITOR)
    assert desk.transactions.write(SCOPE, lambda tx: Outcome(keeping.forget_runs(tx, SCOPE, PARTY))) == 1
    assert desk.active(PARTY, VISITOR) == "R2"


def test_the_runs_of_a_conversation_are_listed(desk: Desk) -> None:
    """The newest first."""
    outer = desk.begin(asking()).run
    desk.begin(begin_run(ORDER, "R2", beneath=outer))
    found = desk.transactions.read(lambda tx: keeping.runs_of(tx, SCOPE, CONVERSATION))
    assert [one.run.id for one in found] == ["R2", "R1"]
