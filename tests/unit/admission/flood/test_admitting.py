"""What whoever comes may have."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood.admitting import Admittance, Way, admit
from doorward.admission.flood.alert import LEVELS, Alert, Level
from doorward.admission.flood.callers import CLASSES, Arriving, Caller, CallerClass, class_of, rank_of
from doorward.admission.flood.capacity import (
    PATIENCE,
    RESERVED,
    CapacityRules,
    Occupancy,
    can_call_back,
    expect_wait,
    may_serve,
    people_for,
)
from doorward.admission.flood.quotas import WITHIN, Counted

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = CapacityRules()
FREE = Occupancy(people=50, busy=10, bot_places=100, bot_busy=0)
TAKEN = Occupancy(people=50, busy=50, bot_places=100, bot_busy=100, waiting=dict.fromkeys(CLASSES, 20_000.0))
BEYOND = Counted(within=False, retry_after=600.0)
BETTER: tuple[Way, ...] = ("bot_only", "call_back", "full")
OF_CLASS: Mapping[CallerClass, Caller] = {
    "signed": Caller(owner="o", platform="siri", signed=True, mandate=True),
    "open_case": Caller(owner="o", platform="web", known=True, open_case=True),
    "known": Caller(owner="o", platform="web", known=True),
    "anonymous": Caller(owner="o", platform="web"),
    "flagged": Caller(owner="o", platform="web", known=True, flagged=True),
}

levels = st.sampled_from(LEVELS)
callers = st.builds(
    Caller,
    owner=st.just("o"),
    platform=st.just("web"),
    **dict.fromkeys(
        ("signed", "mandate", "verified", "vulnerable", "effort", "known", "open_case", "flagged"), st.booleans()
    ),
)
occupancies = st.builds(
    Occupancy,
    people=st.integers(0, 60),
    busy=st.integers(0, 60),
    bot_places=st.integers(0, 5),
    bot_busy=st.integers(0, 5),
    waiting=st.dictionaries(st.sampled_from(CLASSES), st.floats(0, 1e5)),
    promised=st.floats(0, 1e6),
)
counts = st.builds(Counted, within=st.booleans(), retry_after=st.floats(0, 3600))


def decided(
    caller: Caller, occupancy: Occupancy, level: Level = "green", *, counted: Counted = WITHIN, off: bool = False
) -> Admittance:
    """What a caller may have by the ordinary rules."""
    arriving = Arriving(caller=caller, at=NOW, handling=252.0)
    alert = Alert(measured=level, since=NOW, off=off)
    return admit(arriving, occupancy=occupancy, alert=alert, counted=counted, rules=RULES)


@given(caller=callers, occupancy=occupancies, level=levels, counted=counts)
def test_verified_and_vulnerable_are_never_shed(
    caller: Caller, occupancy: Occupancy, level: Level, counted: Counted
) -> None:
    """Whatever else is true, whoever is verified or vulnerable gets all there is, for as long as it takes."""
    for protected in ({"verified": True}, {"vulnerable": True}):
        made = decided(msgspec.structs.replace(caller, **protected), occupancy, level, counted=counted)
        assert (made.way, made.cap) == ("full", None)


@given(occupancy=occupancies, level=levels, counted=counts)
def test_work_helps_strangers_and_puts_them_before_nobody(occupancy: Occupancy, level: Level, counted: Counted) -> None:
    """With it a stranger has the same in red and in amber, never less than without, nor more than who is known."""
    stranger = OF_CLASS["anonymous"]
    worked = msgspec.structs.replace(stranger, effort=True)
    made, without = (decided(one, occupancy, level, counted=counted) for one in (worked, stranger))
    known = decided(OF_CLASS["known"], occupancy, level, counted=counted)
    assert BETTER.index(without.way) <= BETTER.index(made.way) <= BETTER.index(known.way)
    assert made.rank == without.rank
    if level == "green":
        assert made == without
    else:
        assert {decided(worked, occupancy, one, counted=counted).way for one in ("amber", "red")} == {made.way}


@given(occupancy=occupancies, level=levels)
def test_work_makes_nobody_less_suspicious(occupancy: Occupancy, level: Level) -> None:
    """Of whoever looks like a campaign it changes nothing."""
    flagged = OF_CLASS["flagged"]
    worked = msgspec.structs.replace(flagged, effort=True)
    assert decided(worked, occupancy, level) == decided(flagged, occupancy, level)


@given(caller=callers, occupancy=occupancies, level=levels, counted=counts)
def test_whoever_is_demoted_hears_how_to_get_further(
    caller: Caller, occupancy: Occupancy, level: Level, counted: Counted
) -> None:
    """Everybody gets one of the three ways, with a reason; where anything is withheld, one can appeal at the least."""
    made = decided(caller, occupancy, level, counted=counted)
    assert made.way in BETTER
    assert ("appeal" in made.further) == made.demoted
    assert ("come_back" in made.further) == (made.retry_after > 0)
    assert made.because in (
        {"quota", "flagged", "crowded", "exhausted"} if made.demoted else {"protected", "free", "queue"}
    )


@given(occupancy=occupancies, level=levels, counted=counts)
def test_a_higher_class_never_gets_less(occupancy: Occupancy, level: Level, counted: Counted) -> None:
    """Of those who come at the same moment, each class gets at least what the next one gets."""
    ways = [BETTER.index(decided(OF_CLASS[one], occupancy, level, counted=counted).way) for one in CLASSES]
    assert ways == sorted(ways, reverse=True)


@given(occupancy=occupancies, one=st.sampled_from(CLASSES), lower=levels, higher=levels)
def test_a_redder_level_never_gives_more(occupancy: Occupancy, one: CallerClass, lower: Level, higher: Level) -> None:
    """What a class may have in red it may have in amber, and what in amber in green."""
    if LEVELS.index(lower) <= LEVELS.index(higher):
        given_low, given_high = (decided(OF_CLASS[one], occupancy, level).way for level in (lower, higher))
        assert BETTER.index(given_low) >= BETTER.index(given_high)


@given(occupancy=occupancies, one=st.sampled_from(CLASSES[:4]))
def test_in_green_nobody_is_kept_from_the_queue(occupancy: Occupancy, one: CallerClass) -> None:
    """When nothing is the matter, only what looks like a campaign and owners who came too often get less."""
    assert decided(OF_CLASS[one], occupancy, "green").way == "full"


@given(caller=callers, occupancy=occupancies, level=levels, counted=counts)
def test_switched_off_everybody_gets_everything(
    caller: Caller, occupancy: Occupancy, level: Level, counted: Counted
) -> None:
    """The kill switch leaves no trace of flood control in what anybody may have."""
    made = decided(caller, occupancy, level, counted=counted, off=True)
    assert (made.way, made.because, made.cap, made.level) == ("full", "off", None, "green")


def test_people_are_kept_for_those_who_come_first() -> None:
    """Of 50 the last is for machines that sign, the last 4 are not for strangers, the last 12 not for the flagged."""
    assert [people_for(one, people=50, rules=RULES) for one in CLASSES] == [50, 49, 49, 46, 38]
    served_until = ((37, 5), (38, 4), (45, 4), (46, 3), (48, 3), (49, 1), (50, 0))
    for busy, served in ((busy, CLASSES[:many]) for busy, many in served_until):
        now = msgspec.structs.replace(FREE, busy=busy)
        assert tuple(one for one in CLASSES if may_serve(one, now, rules=RULES)) == served


def test_a_small_team_keeps_nobody_back_from_strangers() -> None:
    """With five people or one, strangers may have every one of them."""
    assert [people_for("anonymous", people=people, rules=RULES) for people in (1, 5, 7)] == [1, 5, 6]


def test_red_gives_strangers_free_people_and_calls_the_others_back() -> None:
    """In red a stranger gets a person who is free at once, else a call-back, and when those run out the bot."""
    stranger = OF_CLASS["anonymous"]
    assert (decided(stranger, FREE, "red").way, decided(stranger, FREE, "red").because) == ("full", "free")
    crowded = decided(stranger, TAKEN, "red")
    assert (crowded.way, crowded.because, crowded.further) == ("call_back", "crowded", ("sign_in", "appeal"))
    no_more = decided(stranger, msgspec.structs.replace(TAKEN, promised=200_000.0), "red")
    assert (no_more.way, no_more.because, no_more.bot_waits) == ("bot_only", "exhausted", True)
    assert no_more.retry_after == no_more.wait
    assert "come_back" in no_more.further


def test_the_known_wait_in_the_queue_while_it_is_short() -> None:
    """In amber somebody known waits ten minutes at the most; whose case is open, fifteen; then they are called back."""
    limits: Mapping[CallerClass, float] = {"known": 600.0, "open_case": 900.0}
    for one, most in limits.items():
        fits = msgspec.structs.replace(TAKEN, busy=50, waiting={"signed": (most - 2 * 252 / 50) * 49 - 1})
        beyond = msgspec.structs.replace(fits, waiting={"signed": most * 50})
        caller = OF_CLASS[one]
        assert (decided(caller, fits, "amber").because, decided(caller, beyond, "amber").way) == ("queue", "call_back")


def test_the_flagged_get_a_person_in_green_only_for_a_time_and_never_in_a_flood() -> None:
    """In green with people to spare they have three minutes of one; in amber and red the bot, and an appeal."""
    flagged = OF_CLASS["flagged"]
    assert (decided(flagged, FREE).way, decided(flagged, FREE).cap) == ("full", 180.0)
    for level in ("amber", "red"):
        made = decided(flagged, FREE, level)
        assert (made.way, made.because, made.cap) == ("bot_only", "flagged", None)


def test_an_owner_who_came_too_often_gets_the_bot() -> None:
    """Signed or not, and whatever is free, they get the bot, and hear when to come again."""
    signed = OF_CLASS["signed"]
    made = decided(signed, FREE, counted=BEYOND)
    assert (made.way, made.because, made.retry_after) == ("bot_only", "quota", 600.0)
    assert made.further == ("come_back", "appeal")


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (Caller(owner="o", platform="p", signed=True), "anonymous"),
        (Caller(owner="o", platform="p", mandate=True, known=True), "known"),
        (Caller(owner="o", platform="p", signed=True, mandate=True, flagged=True), "signed"),
        (Caller(owner="o", platform="p", open_case=True, flagged=True), "flagged"),
        (Caller(owner="o", platform="p", verified=True, flagged=True), "known"),
        (Caller(owner="o", platform="p", vulnerable=True, flagged=True), "anonymous"),
    ],
)
def test_a_class_follows_from_what_was_proved(caller: Caller, expected: CallerClass) -> None:
    """A signature counts under a mandate alone, and a flag outweighs neither that nor protection."""
    assert class_of(caller) == expected


def test_the_order_of_service_is_the_order_of_classes() -> None:
    """Signed machine customers first, the flagged last."""
    assert [rank_of(one) for one in CLASSES] == [0, 1, 2, 3, 4]
    assert [decided(OF_CLASS[one], FREE).rank for one in CLASSES] == [0, 1, 2, 3, 4]


def test_the_expected_wait_counts_what_is_ahead_and_what_is_kept() -> None:
    """Work of higher and equal classes is ahead, that of lower ones is not; nobody at work means no end."""
    now = Occupancy(people=10, busy=10, bot_places=1, bot_busy=0, waiting={"known": 600.0, "flagged": 9_000.0})
    assert expect_wait("signed", now, rules=RULES) == pytest.approx(25.2)
    assert expect_wait("known", now, rules=RULES) == pytest.approx(25.2 + 60)
    assert expect_wait("anonymous", now, rules=RULES) == pytest.approx(2 * 25.2 + 600 / 9)
    assert expect_wait("known", FREE, rules=RULES) == 0
    closed = Occupancy(people=0, busy=0, bot_places=1, bot_busy=0)
    assert expect_wait("signed", closed, rules=RULES) == math.inf
    assert decided(OF_CLASS["anonymous"], closed, "red").wait is None


def test_call_backs_are_promised_as_far_as_they_can_be_kept() -> None:
    """A quarter of four hours of all at work: ten people can promise ten hours."""
    now = Occupancy(people=10, busy=0, bot_places=1, bot_busy=0, promised=36_000.0 - 252)
    assert can_call_back(252.0, now, rules=RULES)
    assert not can_call_back(253.0, now, rules=RULES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reserved": {**RESERVED, "signed": 0.5}},
        {"reserved": {**RESERVED, "flagged": 1.0}},
        {"reserved": {"signed": 0.0}},
        {"patience": {**PATIENCE, "red": {**PATIENCE["red"], "known": 9_999.0}}},
        {"patience": {"green": PATIENCE["green"]}},
        {"patience": {**PATIENCE, "red": {**PATIENCE["red"], "known": math.nan}}},
        {"callback_share": 1.5},
        {"flagged_cap": 0.0},
    ],
)
def test_rules_that_favour_a_lower_class_are_refused(wrong: dict[str, object]) -> None:
    """Rules that lack a class, or turn the order round, are a mistake that shows at once."""
    with pytest.raises(ValueError, match=r"reserved|callback"):
        CapacityRules(**wrong)  # type: ignore[arg-type]


def test_an_occupancy_below_nothing_is_refused() -> None:
    """Negative work would make waits negative."""
    with pytest.raises(ValueError, match="negative"):
        Occupancy(people=1, busy=0, bot_places=0, bot_busy=0, waiting={"known": -1.0})
