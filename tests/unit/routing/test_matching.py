"""Who gets whom: capacity, order, skills, languages, and who is kept for whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.routing.claims import Claims
from doorward.routing.matching import Agent, Assignment, Contact, QueueRule, Reserve, Rules, able, match, ordered
from doorward.vocabulary.ids import ConversationId, StaffId
from doorward.vocabulary.reply import Need

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WEIGHTS = {"chat": 2, "mail": 1}


def contact(name: str, *, waited: int = 60, **more: Any) -> Contact:
    """Return somebody who has waited so many seconds at noon."""
    return Contact(conversation_id=ConversationId(name), entered_at=NOON - timedelta(seconds=waited), **more)


def agent(name: str, capacity: int = 1, **more: Any) -> Agent:
    """Return somebody who takes contacts."""
    return Agent(staff_id=StaffId(name), capacity=capacity, **more)


def given_out(*waiting: Contact, agents: list[Agent], rules: Rules | None = None) -> dict[str, str]:
    """Return who gets whom at noon."""
    found = match(waiting, agents, NOON, rules=rules or Rules())
    return {one.conversation_id: one.staff_id for one in found}


def test_an_urgent_contact_goes_first_and_nobody_starves() -> None:
    """A new urgent one goes before all whose patience lasts; an ordinary one who waited far longer goes before it."""
    waiting = [contact("ordinary", waited=590), contact("urgent", waited=0, priority=2)]
    assert [one.conversation_id for _, one in ordered(waiting, NOON, Claims())] == ["urgent", "ordinary"]
    waiting = [contact("forgotten", waited=3000), contact("urgent", waited=0, priority=2)]
    assert [one.conversation_id for _, one in ordered(waiting, NOON, Claims())] == ["forgotten", "urgent"]


def test_nobody_gets_what_they_cannot() -> None:
    """Below the required level of a skill, or without the language, one waits on."""
    need = (Need(skill="cards", level=2),)
    assert given_out(contact("a", needs=need), agents=[agent("mira", skills={"cards": 1})]) == {}
    assert given_out(contact("a", needs=need), agents=[agent("mira", skills={"cards": 2})]) == {"a": "mira"}
    assert given_out(contact("a", language="id"), agents=[agent("mira", languages={"de": 3})]) == {}
    assert given_out(contact("a", language="id"), agents=[agent("mira")]) == {"a": "mira"}


def test_the_better_match_is_preferred() -> None:
    """Of two who may, the one at the wanted level gets it."""
    need = (Need(skill="cards", level=1, wanted=3),)
    both = [agent("elif", skills={"cards": 1}), agent("mira", skills={"cards": 3})]
    assert given_out(contact("a", needs=need), agents=both) == {"a": "mira"}
    spoken = [agent("elif", languages={"tr": 1}), agent("mira", languages={"tr": 2})]
    assert given_out(contact("a", language="tr"), agents=spoken) == {"a": "mira"}


def test_who_can_what_few_can_is_kept_for_it() -> None:
    """An English contact goes to who speaks English alone, while lately there was demand for the other's language."""
    both = [agent("budi", languages={"en": 2, "id": 3}), agent("mira", languages={"en": 2})]
    rules = Rules(demand={"language:en": 0.9, "language:id": 0.1})
    assert given_out(contact("a", language="en"), agents=both, rules=rules) == {"a": "mira"}


def test_a_chat_costs_more_than_a_mail() -> None:
    """Units are counted by channel, and a most of a channel is kept."""
    waiting = [contact(name, channel="chat") for name in "ab"] + [contact(name, channel="mail") for name in "cd"]
    rules = Rules(weights=WEIGHTS)
    assert sorted(given_out(*waiting, agents=[agent("mira", 4)], rules=rules)) == ["a", "b"]
    limited = [agent("mira", 4, most={"chat": 1})]
    assert sorted(given_out(*waiting, agents=limited, rules=rules)) == ["a", "c", "d"]


def test_who_had_the_customer_last_is_preferred_and_waited_for_as_long_as_the_queue_says() -> None:
    """Without a time to hold nobody waits for them."""
    both = [agent("elif"), agent("mira")]
    waits = contact("a", last_agent=StaffId("mira"))
    (one,) = match([waits], both, NOON)
    assert (one.staff_id, one.because) == ("mira", ("sticky",))
    busy = [agent("elif"), agent("mira", has={"": 1})]
    assert given_out(waits, agents=busy) == {"a": "elif"}
    held = Rules(queues={"default": QueueRule(hold_seconds=90)})
    assert given_out(waits, agents=busy, rules=held) == {}
    assert given_out(waits, agents=[agent("elif")], rules=held) == {"a": "elif"}, "who is not there is not waited for"
    longer = msgspec.structs.replace(waits, entered_at=NOON - timedelta(seconds=90))
    assert given_out(longer, agents=busy, rules=held) == {"a": "elif"}


def test_while_too_many_come_the_first_ranks_go_first_among_the_equally_urgent() -> None:
    """However long the others have waited; before that, waiting alone counts."""
    waiting = [contact("stranger", waited=900, rank=3), contact("known", waited=5, rank=2)]
    urgent = contact("urgent stranger", waited=5, rank=3, priority=2)
    one = [agent("mira")]
    assert given_out(*waiting, agents=one) == {"stranger": "mira"}
    by_rank = Rules(reserve=Reserve(by_rank=True))
    assert given_out(*waiting, agents=one, rules=by_rank) == {"known": "mira"}
    assert given_out(*waiting, urgent, agents=one, rules=by_rank) == {"urgent stranger": "mira"}


def test_the_last_places_are_kept_free_of_low_ranks() -> None:
    """Strangers wait while as many places are free as are kept from them; ranks beyond the last count as the last."""
    rules = Rules(reserve=Reserve(kept=(0, 0, 0, 2)))
    two = [agent("mira"), agent("budi")]
    strangers = [contact(str(number), rank=3) for number in range(3)]
    assert given_out(*strangers, agents=two, rules=rules) == {}
    assert given_out(contact("x", rank=9), agents=two, rules=rules) == {}
    assert set(given_out(*strangers, contact("known", rank=2), agents=two, rules=rules)) == {"known"}
    assert len(given_out(*strangers, agents=[*two, agent("elif")], rules=rules)) == 1


def test_a_queue_overflows_when_its_time_has_come() -> None:
    """Before, those of the other queue do not get it; then they do, and it is said."""
    rules = Rules(queues={"cards": QueueRule(overflow_to="default", overflow_seconds=120)})
    helper = agent("mira", queues=frozenset({"default"}))
    assert match([contact("a", queue="cards", waited=119)], [helper], NOON, rules=rules) == ()
    (one,) = match([contact("a", queue="cards", waited=120)], [helper], NOON, rules=rules)
    assert (one.staff_id, one.because) == ("mira", ("overflow",))


def test_a_group_that_waited_longer_lately_goes_first() -> None:
    """Claims of its language count more; without a past all count the same."""
    waiting = [contact("a", language="en", waited=61), contact("b", language="id", waited=60)]
    assert given_out(*waiting, agents=[agent("mira")]) == {"a": "mira"}
    fair = Claims(waited={"en": 0.10, "id": 0.12}, mean_waited=0.11)
    assert given_out(*waiting, agents=[agent("mira")], rules=Rules(claims=fair)) == {"b": "mira"}


NEEDS = st.sampled_from([(), (Need(skill="cards"),), (Need(skill="cards", level=2, wanted=3),)])
CONTACTS = st.lists(
    st.builds(
        Contact,
        conversation_id=st.uuids().map(lambda one: ConversationId(one.hex)),
        entered_at=st.integers(0, 900).map(lambda seconds: NOON - timedelta(seconds=seconds)),
        priority=st.integers(-1, 2),
        queue=st.sampled_from(["default", "cards"]),
        channel=st.sampled_from(["chat", "mail"]),
        language=st.sampled_from(["", "en", "id"]),
        needs=NEEDS,
        last_agent=st.sampled_from([None, StaffId("0")]),
        put_back_by=st.sampled_from([None, StaffId("1")]),
    ),
    max_size=25,
    unique_by=lambda one: one.conversation_id,
)
LEVELS = st.integers(1, 3)
AGENTS = st.lists(
    st.builds(
        Agent,
        staff_id=st.integers(0, 5).map(lambda one: StaffId(str(one))),
        capacity=st.integers(0, 5),
        has=st.dictionaries(st.sampled_from(["chat", "mail"]), st.integers(0, 2)),
        most=st.dictionaries(st.sampled_from(["chat", "mail"]), st.integers(0, 3)),
        queues=st.sampled_from([frozenset(), frozenset({"default"}), frozenset({"cards"})]),
        languages=st.dictionaries(st.sampled_from(["en", "id"]), LEVELS),
        skills=st.dictionaries(st.just("cards"), LEVELS),
    ),
    max_size=6,
    unique_by=lambda one: one.staff_id,
)
RULES = Rules(
    weights=WEIGHTS,
    claims=Claims(patience={"mail": 4.0}, waited={"en": 0.1, "id": 0.12}, mean_waited=0.11),
    queues={"cards": QueueRule(overflow_to="default", overflow_seconds=300)},
    demand={"language:en": 0.7, "language:id": 0.3, "skill:cards": 0.4},
)


def after(agents: list[Agent], found: tuple[Assignment, ...], waiting: list[Contact]) -> dict[str, dict[str, int]]:
    """Return what each has of each channel when all has been given out."""
    channels = {one.conversation_id: one.channel for one in waiting}
    has = {one.staff_id: dict(one.has) for one in agents}
    for one in found:
        channel = channels[one.conversation_id]
        has[one.staff_id][channel] = has[one.staff_id].get(channel, 0) + 1
    return {str(staff_id): counts for staff_id, counts in has.items()}


def has_room(one: Agent, has: dict[str, int], channel: str) -> bool:
    """Whether another of the channel fits."""
    used = sum(WEIGHTS[name] * number for name, number in has.items())
    return used + WEIGHTS[channel] <= one.capacity and has.get(channel, 0) < one.most.get(channel, 99)


@given(CONTACTS, AGENTS)
def test_nobody_is_given_twice_or_gets_too_many(waiting: list[Contact], agents: list[Agent]) -> None:
    """Each contact goes to one agent at most, and units and mosts are kept by whoever gets something."""
    found = match(waiting, agents, NOON, rules=RULES)
    assert len({one.conversation_id for one in found}) == len(found)
    has = after(agents, found, waiting)
    got = {one.staff_id for one in found}
    for one in agents:
        if one.staff_id in got:
            assert sum(WEIGHTS[name] * number for name, number in has[one.staff_id].items()) <= one.capacity


@given(CONTACTS, AGENTS)
def test_nobody_waits_whom_somebody_with_room_may_have(waiting: list[Contact], agents: list[Agent]) -> None:
    """What can be given out is given out at once, and only to who may have it."""
    found = {one.conversation_id: one.staff_id for one in match(waiting, agents, NOON, rules=RULES)}
    has = after(agents, match(waiting, agents, NOON, rules=RULES), waiting)
    for one in waiting:
        may = {them.staff_id for them in agents if may_have(them, one)}
        if one.conversation_id in found:
            assert found[one.conversation_id] in may
        else:
            assert not [x for x in agents if x.staff_id in may and has_room(x, has[x.staff_id], one.channel)]


def may_have(one: Agent, waits: Contact) -> bool:
    """Whether somebody may have a contact, room aside: queue and overflow, language, skills, not put back by them."""
    queues = {waits.queue}
    if waits.queue == "cards" and waits.entered_at <= NOON - timedelta(seconds=300):
        queues.add("default")
    in_queue = not one.queues or bool(queues & one.queues)
    return in_queue and able(one, waits) and one.staff_id != waits.put_back_by


@given(CONTACTS, AGENTS)
def test_nobody_overtakes_who_needs_the_same(waiting: list[Contact], agents: list[Agent]) -> None:
    """Of two with equal class and needs who came first is never the one left waiting while the later one is not."""
    found = {one.conversation_id for one in match(waiting, agents, NOON, rules=RULES)}
    for first in waiting:
        for later in waiting:
            alike = msgspec.structs.replace(
                later,
                conversation_id=first.conversation_id,
                entered_at=first.entered_at,
                last_agent=first.last_agent,
            )
            if alike == first and first.entered_at < later.entered_at and later.conversation_id in found:
                assert first.conversation_id in found


@given(CONTACTS, AGENTS, st.randoms(use_true_random=False))
def test_the_order_of_what_goes_in_does_not_matter(waiting: list[Contact], agents: list[Agent], chance: Any) -> None:
    """The same question has the same answer, however it is put."""
    before = match(waiting, agents, NOON, rules=RULES)
    shuffled, others = list(waiting), list(agents)
    chance.shuffle(shuffled)
    chance.shuffle(others)
    assert match(shuffled, others, NOON, rules=RULES) == before


@pytest.mark.parametrize("number", [0, 1, 5])
def test_a_claim_grows_with_the_wait_and_with_the_class(number: int) -> None:
    """Longer waits and higher classes never have the smaller claim."""
    claims = Claims()
    waits = [claims.of(number, "", "", timedelta(seconds=seconds)) for seconds in (0, 1, 60, 6000)]
    assert waits == sorted(waits)
    assert claims.of(number, "", "", timedelta(0)) > claims.of(number - 1, "", "", timedelta(0))
