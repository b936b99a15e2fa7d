"""What travels with a message, and admission's second look: nobody who is verified or in need ever loses anything."""

from datetime import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.admission.flood import (
    CLASSES,
    LEVELS,
    Alert,
    Arriving,
    Caller,
    CapacityRules,
    Counted,
    Level,
    Occupancy,
    Override,
    admit,
)
from doorward.flow.flood import EVERYTHING, Admitted, FloodControl, Likeness, SecondLook, words
from doorward.flow.flood.admitted import admitted_as
from doorward.flow.flood.control import Standing, rules_of
from doorward.kit.clock import FixedClock
from doorward.kit.i18n import Translator
from doorward.kit.settings import Flood
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions
from doorward.vocabulary.arrival import Message
from doorward.vocabulary.decision import IN_NEED, Emotion
from doorward.vocabulary.ids import MessageId, TenantId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Understanding
from tests.support.transactions import CONVERSATION, NOON, PARTY, SCOPE
from tests.support.words import packs

RULES = CapacityRules()
FULL_HOUSE = Occupancy(people=10, busy=10, bot_places=10, bot_busy=10, waiting={"known": 9000.0}, promised=1e6)
READ = Reading(language="en", language_score=1.0, words=("close", "it"), stems=())
MESSAGE = Message(
    id=MessageId("m" * 26),
    conversation_id=CONVERSATION,
    party_id=PARTY,
    channel="webchat",
    number=1,
    text=MaskedText("close it"),
    received_at=NOON,
)


class Alike:
    """Finds what the test says in every message."""

    def __init__(self, likeness: Likeness) -> None:
        """Find this."""
        self.likeness = likeness

    def look(self, tenant_id: TenantId, reading: Reading, *, message_id: MessageId, at: datetime) -> Likeness:
        """Return it."""
        return self.likeness


def alert_at(level: Level, *, off: bool = False) -> Alert:
    """How things stand by somebody's word."""
    return Alert(since=NOON, override=Override(level=level, by="mira", note="x"), off=off)


callers = st.builds(
    Caller,
    owner=st.just("one"),
    platform=st.just("webchat"),
    signed=st.booleans(),
    mandate=st.booleans(),
    verified=st.booleans(),
    vulnerable=st.booleans(),
    known=st.booleans(),
    open_case=st.booleans(),
    flagged=st.booleans(),
)
occupancies = st.builds(
    Occupancy,
    people=st.integers(0, 50),
    busy=st.integers(0, 50),
    bot_places=st.integers(0, 5),
    bot_busy=st.integers(0, 5),
    waiting=st.dictionaries(st.sampled_from(["known", "anonymous", "flagged"]), st.floats(0, 1e5)),
    promised=st.floats(0, 1e6),
)
counts = st.one_of(st.just(Counted(within=True)), st.just(Counted(within=False, retry_after=300.0)))


@given(callers, occupancies, st.sampled_from(LEVELS), counts)
def test_whatever_the_state_nobody_verified_or_vulnerable_is_demoted(
    caller: Caller, occupancy: Occupancy, level: Level, counted: Counted
) -> None:
    """Not at the door, and not by what was kept of it when they are admitted again as one of a campaign."""
    alert = alert_at(level)

    def decide(who: Caller) -> Admitted:
        made = admit(
            Arriving(caller=who, at=NOON, handling=252.0),
            occupancy=occupancy,
            alert=alert,
            counted=counted,
            rules=RULES,
        )
        return admitted_as(made, who)

    admitted = decide(caller)
    again = decide(admitted.caller(flagged=True, vulnerable=caller.vulnerable))
    if caller.is_protected:
        assert not admitted.demoted
        assert not again.demoted
    assert admitted.demoted == bool(admitted.further)


@given(callers, occupancies, st.sampled_from(LEVELS))
def test_what_is_written_down_never_says_that_somebody_is_vulnerable(
    caller: Caller, occupancy: Occupancy, level: Level
) -> None:
    """It is the same as for somebody who is not and finds people free."""
    caller = msgspec.structs.replace(caller, verified=False)
    told = [
        admitted_as(
            admit(
                Arriving(caller=who, at=NOON, handling=252.0),
                occupancy=seen,
                alert=alert_at(level),
                counted=Counted(within=True),
                rules=RULES,
            ),
            who,
        )
        for who, seen in (
            (msgspec.structs.replace(caller, vulnerable=True), occupancy),
            (msgspec.structs.replace(caller, vulnerable=False), Occupancy(people=50, busy=0, bot_places=5, bot_busy=0)),
        )
    ]
    if told[1].way == "full":
        assert told[0] == told[1]


def test_what_travels_is_small_and_read_as_it_was() -> None:
    """Of most messages nothing is written at all, and whoever resumes a walk obeys what is."""
    assert msgspec.to_builtins(EVERYTHING) == {}
    demoted = Admitted(way="bot_only", because="quota", level="red", retry_after=120.0, further=("sign_in", "appeal"))
    assert msgspec.convert(msgspec.to_builtins(demoted), Admitted) == demoted
    assert demoted.counted() == Counted(within=False, retry_after=120.0)
    assert Admitted(caller_class="known", verified=True).rank == 0
    assert Admitted(caller_class="known").rank == 2


def look(
    transactions: Transactions, control: FloodControl, admitted: Admitted, *, found: Likeness, emotion: Emotion = ""
) -> Admitted:
    """Take the second look at a message; return what comes of it."""
    second = SecondLook(transactions, control, Alike(found))
    understood = Understanding(intent=None, emotion=emotion)
    return second.take(SCOPE, MESSAGE, admitted, reading=READ, understood=understood).admitted


FLAGGED = Likeness(flagged=True, score=0.9, campaign="c1", because=("shared_demand",), version="1")


def standing_at(control: FloodControl, level: Level, now: datetime) -> None:
    """Have things stand like this."""
    control._note(SCOPE.tenant_id, Standing(at=now, alert=alert_at(level), occupancy=FULL_HOUSE), since=0)


def test_one_of_a_campaign_has_the_bot_while_people_are_taken(
    transactions: Transactions, clock: FixedClock, control: FloodControl
) -> None:
    """What the door gave is taken back; a customer who proved who they are keeps it, and so does a signed machine."""
    standing_at(control, "red", clock.now())
    assert look(transactions, control, EVERYTHING, found=FLAGGED).way == "bot_only"
    assert look(transactions, control, Admitted(caller_class="known"), found=FLAGGED).caller_class == "flagged"
    assert look(transactions, control, Admitted(caller_class="known", verified=True), found=FLAGGED).way == "full"
    assert look(transactions, control, EVERYTHING, found=Likeness()) == EVERYTHING


@pytest.mark.parametrize("emotion", sorted(IN_NEED))
def test_who_is_in_need_gets_a_person_however_many_come(
    transactions: Transactions, clock: FixedClock, control: FloodControl, emotion: Emotion
) -> None:
    """Though the door knew nothing of it, and the words are like those of a campaign."""
    standing_at(control, "red", clock.now())
    demoted = Admitted(way="bot_only", because="exhausted", level="red", further=("sign_in", "appeal"))
    assert look(transactions, control, demoted, found=Likeness(), emotion=emotion).way == "full"
    assert look(transactions, control, demoted, found=FLAGGED, emotion=emotion).way == "full"
    assert look(transactions, control, demoted, found=Likeness(), emotion="confusion") == demoted


@pytest.mark.parametrize("language", ["en", "de", "tr", "id", "ru"])
@pytest.mark.parametrize("because", ["quota", "crowded", "exhausted", "flagged"])
def test_whoever_gets_less_hears_why_and_how_to_get_further(language: str, because: str) -> None:
    """Why, what they have, to confirm who they are, when to come again, and how people look at it."""
    way = "call_back" if because == "crowded" else "bot_only"
    admitted = Admitted(
        way=way,  # type: ignore[arg-type]
        because=because,  # type: ignore[arg-type]
        retry_after=1800.0,
        further=("sign_in", "come_back", "appeal"),
    )
    translator, settings = Translator(packs()), TenantSettings(time_zone="Europe/Berlin")
    reply = words.deferral(translator, language, admitted, settings=settings, now=NOON)
    assert translator.say(language, "flood.said.sign_in") in reply.text
    assert translator.say(language, "flood.said.appeal") in reply.text
    assert "13:30 (Europe/Berlin)" in reply.text
    assert ("17:00 (Europe/Berlin)" in reply.text) == (way == "call_back")
    assert [one.says for one in reply.choices] == [translator.say(language, "reply.person_says")]


def test_a_time_that_is_far_away_is_not_told_as_a_time_of_day() -> None:
    """Nobody would know which day is meant."""
    admitted = Admitted(way="bot_only", because="quota", retry_after=13 * 3600.0, further=("come_back", "appeal"))
    reply = words.deferral(Translator(packs()), "en", admitted, settings=TenantSettings(), now=NOON)
    assert "01:00" not in reply.text


def test_a_call_back_is_promised_within_the_time_that_is_reckoned_with(control: FloodControl) -> None:
    """What customers hear and what capacity is planned by are one."""
    assert words.CALLED_WITHIN.total_seconds() == RULES.callback_within == control.rules.callback_within


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.02, 0.08, 0.24])
def test_whatever_an_operator_may_keep_from_strangers_is_a_rule(kept: float) -> None:
    """Customers are never kept out of more places than strangers are."""
    rules = rules_of(Flood(kept_from_strangers=kept))
    shares = [rules.reserved[one] for one in CLASSES]
    assert rules.reserved["anonymous"] == kept
    assert shares == sorted(shares)
