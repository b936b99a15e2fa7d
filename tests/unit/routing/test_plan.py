"""A company's plan: where contacts go, who serves what, and that it is checked before it holds."""

from datetime import timedelta
from typing import Any

import pytest

from doorward import routing
from doorward.kit.clock import FixedClock
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.routing import (
    AgentProfile,
    Lane,
    PlannedQueue,
    RoutingPlan,
    Team,
    check_plan,
    direct,
    hours_of,
    repository,
)
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Malformed, Outdated
from doorward.vocabulary.ids import ConversationId, PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Handoff, Need
from tests.support.transactions import OTHER_SCOPE, SCOPE

MIRA, JONAS = StaffId("mira"), StaffId("jonas")
PLAN = RoutingPlan(
    queues=(PlannedQueue(name="cards", overflow_to="default", overflow_seconds=120),),
    teams=(
        Team(name="cards", queues=("cards",), members=(MIRA,)),
        Team(name="rest", queues=("default",), members=(JONAS,)),
    ),
    skills=("fraud",),
    lanes=(
        Lane(intents=("card_stolen",), queue="cards", priority=2, needs=(Need(skill="fraud", level=2),)),
        Lane(intents=("card_limit",), languages=("de",), queue="cards"),
    ),
)


def test_the_first_lane_that_takes_a_contact_directs_it() -> None:
    """Everything that a lane names has to be so; what no lane takes stays as it was."""
    stolen = direct(PLAN, Handoff(reason="asked_for_person", intent="card_stolen", language="tr"))
    assert (stolen.queue, stolen.priority, stolen.needs) == ("cards", 2, (Need(skill="fraud", level=2),))
    assert direct(PLAN, Handoff(reason="r", intent="card_limit", language="de")).queue == "cards"
    other = Handoff(reason="r", intent="card_limit", language="tr")
    assert direct(PLAN, other) == other


@pytest.mark.parametrize(
    ("plan", "place"),
    [
        (RoutingPlan(queues=(PlannedQueue(name="a"), PlannedQueue(name="a"))), "queues"),
        (RoutingPlan(queues=(PlannedQueue(name="a", overflow_to="b"),)), "queues[0].overflow_to"),
        (RoutingPlan(queues=(PlannedQueue(name="a", overflow_to="a"),)), "queues[0].overflow_to"),
        (RoutingPlan(teams=(Team(name="a", queues=("b",)),)), "teams[0].queues"),
        (RoutingPlan(teams=(Team(name="a", hours={"mon": ("9-5",)}),)), "teams[0]"),
        (RoutingPlan(lanes=(Lane(queue="b"),)), "lanes[0].queue"),
        (RoutingPlan(lanes=(Lane(needs=(Need(skill="b"),)),)), "lanes[0].needs"),
        (RoutingPlan(skills=("b",), lanes=(Lane(needs=(Need(skill="b", level=4),)),)), "lanes[0].needs"),
    ],
)
def test_a_plan_that_names_what_there_is_not_is_refused(plan: RoutingPlan, place: str) -> None:
    """The sentence begins with the place."""
    with pytest.raises(Malformed) as refused:
        check_plan(plan)
    assert str(refused.value).startswith(place)


def test_a_team_has_hours_of_its_own_or_the_companys() -> None:
    """What a team does not say is the company's."""
    company = TenantSettings(time_zone="Europe/Berlin", hours={"mon": ("09:00-17:00",)})
    assert hours_of(Team(name="a"), company) == company
    night = hours_of(Team(name="a", time_zone="Asia/Jakarta", hours={"sun": ("20:00-24:00",)}), company)
    assert (night.time_zone, night.hours) == ("Asia/Jakarta", {"sun": ("20:00-24:00",)})


class Centre:
    """Routing's verbs with a plan, each in a transaction of its own, with what was assigned."""

    def __init__(self, transactions: Transactions, clock: FixedClock) -> None:
        """Begin with the plan of the test."""
        self.transactions, self.clock = transactions, clock
        self.assigned: list[tuple[str, str, tuple[str, ...]]] = []
        self.write(lambda tx: routing.save_plan(tx, SCOPE, PLAN, expected=0))

    def write(self, work: Any) -> Any:
        """Do something; remember who got whom and why."""

        def heard(tx: Tx) -> Outcome[Any]:
            outcome = work(tx)
            self.assigned += [
                (one.conversation_id, one.data["staff_id"], tuple(one.data.get("because", ())))
                for one in outcome.entries
                if isinstance(one, Entry)
            ]
            return Outcome(outcome.value)

        self.clock.advance(timedelta(seconds=1))
        return self.transactions.write(SCOPE, heard)

    def enter(self, name: str, party: str = "", **known: Any) -> None:
        """Let a contact enter by the plan."""

        def work(tx: Tx) -> Outcome[int]:
            handoff = routing.direct_by_plan(tx, SCOPE, Handoff(reason="asked_for_person", **known))
            return routing.enter_queue(tx, SCOPE, ConversationId(name), PartyId(party or name), handoff=handoff)

        self.write(work)

    def present(self, staff_id: StaffId, capacity: int = 1) -> None:
        """Let somebody take conversations."""
        self.write(lambda tx: routing.set_presence(tx, SCOPE, staff_id, state="available", capacity=capacity))


@pytest.fixture
def centre(transactions: Transactions, clock: FixedClock) -> Centre:
    """A centre with a plan and nobody there."""
    return Centre(transactions, clock)


def test_teams_serve_their_queues_and_help_out_when_time_has_come(centre: Centre) -> None:
    """Jonas gets nothing of the cards' queue for two minutes, then he does."""
    centre.enter("a", intent="card_limit", language="de")
    centre.present(JONAS)
    assert centre.assigned == []
    centre.clock.advance(timedelta(seconds=120))
    centre.write(lambda tx: routing.hand_out(tx, SCOPE))
    assert centre.assigned == [("a", JONAS, ("overflow",))]


def test_skills_and_languages_are_kept(centre: Centre) -> None:
    """Mira gets the stolen card when it is said that she can; whoever waits is given out at that moment."""
    centre.present(MIRA)
    centre.enter("a", intent="card_stolen", language="tr")
    assert centre.assigned == []
    able = AgentProfile(skills={"fraud": 2}, languages={"tr": 2})
    centre.write(lambda tx: routing.save_profile(tx, SCOPE, MIRA, able))
    assert centre.assigned == [("a", MIRA, ())]
    assert centre.transactions.read(lambda tx: routing.read_profiles(tx, SCOPE)) == {MIRA: able}


def test_who_had_the_customer_last_has_them_again_for_a_while(centre: Centre) -> None:
    """Within a week the same agent is preferred, after that nobody is."""
    helper = StaffId("adam")
    for staff_id in (helper, JONAS):
        centre.present(staff_id, capacity=5)
    centre.enter("a", party="p")
    centre.write(lambda tx: routing.pass_to(tx, SCOPE, ConversationId("a"), PartyId("p"), staff_id=JONAS))
    centre.enter("b", party="p")
    assert centre.assigned[-1] == ("b", JONAS, ("sticky",))
    centre.clock.advance(timedelta(days=8))
    centre.enter("c", party="p")
    assert list(centre.assigned[-1]) == ["c", helper, ()]


def test_a_plan_is_changed_by_who_saw_the_latest(centre: Centre) -> None:
    """The second of two who began with the same plan is refused; another tenant has a plan of its own."""
    assert centre.write(lambda tx: routing.save_plan(tx, SCOPE, RoutingPlan(), expected=1)).number == 2
    with pytest.raises(Outdated):
        centre.write(lambda tx: routing.save_plan(tx, SCOPE, PLAN, expected=1))
    assert centre.transactions.read(lambda tx: routing.read_plan(tx, OTHER_SCOPE)).number == 0
    with pytest.raises(Malformed):
        centre.write(lambda tx: routing.save_profile(tx, SCOPE, MIRA, AgentProfile(skills={"juggling": 1})))


def test_waits_are_counted_by_language(centre: Centre) -> None:
    """Answered or not, each contact counts once under its language."""
    centre.enter("a", language="de")
    centre.enter("b", language="de")
    centre.write(lambda tx: routing.leave_queue(tx, SCOPE, ConversationId("a")))
    centre.present(JONAS)
    lately = centre.transactions.read(lambda tx: repository.find_lately(tx, SCOPE))
    assert {name: row.contacts for name, row in lately.items()} == {"all": 2.0, "language:de": 2.0}
    assert 0 < lately["all"].waited < 0.02
