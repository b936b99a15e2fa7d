"""Campaigns are recognised by what they say, crowds are left alone, and nothing else of a message counts."""

import inspect
import tracemalloc
from datetime import timedelta

import msgspec
import numpy as np
import pytest

from doorward.admission.campaigns import Recogniser, Recognisers, groups, recent, recognising, terms
from doorward.admission.campaigns.terms import SECRET_BYTES
from doorward.vocabulary.ids import MessageId, TenantId
from doorward.vocabulary.reading import Reading
from tests.unit.admission.campaigns.made_up import (
    ENCODER,
    MATTERS,
    SECRET,
    START,
    campaign,
    crowd,
    head,
    look_at,
    message,
    mixed,
    ordinary,
    recogniser,
    usual,
)

BANK, SHOP = TenantId("bank"), TenantId("shop")


def test_a_campaign_among_ordinary_messages_is_flagged_and_they_are_not() -> None:
    """Once its first ten have come, each in its writer's own words."""
    one = recogniser()
    look_at(one, ordinary(100), start=START - timedelta(hours=1), name="before")
    stream = mixed(campaign(60), ordinary(60, seed=9))
    told = look_at(one, [reading for _, reading in stream])
    own = [likeness.is_flagged for (part, _), likeness in zip(stream, told, strict=True) if part == 0]
    others = [likeness.is_flagged for (part, _), likeness in zip(stream, told, strict=True) if part == 1]
    assert sum(own[10:]) >= 45
    assert sum(others) <= 1
    (found,) = [group for group in one.campaigns() if group.kind == "campaign"]
    assert found.count >= 40
    assert found.flagged >= 0.8 * found.count
    assert found.first_at < found.last_at <= START + timedelta(seconds=600)
    assert 2 < found.rate < 12
    assert found.languages == ("en",)
    assert 1 <= len(found.exemplars) <= 5
    assert all(name.startswith("m-") for name in found.exemplars)


def test_a_crowd_with_one_matter_is_told_as_one_and_nobody_of_it_is_flagged() -> None:
    """However alike its messages are: they demand nothing but help."""
    one = recogniser()
    stream = mixed(crowd(60), ordinary(60, seed=9))
    told = look_at(one, [reading for _, reading in stream])
    assert not any(likeness.is_flagged for likeness in told)
    kinds = [likeness.kind for (part, _), likeness in zip(stream, told, strict=True) if part == 0]
    assert kinds[-30:].count("crowd") >= 20
    assert [group.kind for group in one.campaigns() if group.count > 30] == ["crowd"]


def test_a_crowd_beside_a_campaign_is_left_alone() -> None:
    """The outage goes on while the campaign runs, as often as it, and either is told as what it is."""
    one = recogniser()
    look_at(one, ordinary(100), start=START - timedelta(hours=1), name="before")
    stream = mixed(campaign(60), crowd(60), ordinary(60, seed=9))
    told = look_at(one, [reading for _, reading in stream])
    flagged = [
        sum(mine.is_flagged for (part, _), mine in zip(stream, told, strict=True) if part == n) for n in range(3)
    ]
    assert flagged[0] >= 45
    assert flagged[1] == 0
    assert flagged[2] <= 1
    assert {group.kind for group in one.campaigns() if group.count > 30} == {"campaign", "crowd"}


def test_an_ordinary_day_has_neither() -> None:
    """A few may write about one of the company's matters."""
    one = recogniser()
    told = look_at(one, ordinary(400))
    assert sum(likeness.is_flagged for likeness in told) <= 4
    assert [group for group in one.campaigns() if group.kind == "campaign"] == []


def test_what_is_copied_is_recognised_without_an_encoder() -> None:
    """By words alone: when no embedding can be had, templates are seen all the same, as many that say one thing."""
    one = recogniser()
    text = tuple(f"t{number}" for number in range(20))
    copied = [
        Reading(language="en", language_score=1.0, words=(f"n{number}", *text), stems=(f"n{number}", *text))
        for number in range(30)
    ]
    told = look_at(one, copied)
    assert {likeness.signs.copied > 0.8 for likeness in told[5:]} == {True}
    assert told[0].signs.copied == 0


def test_only_what_is_said_can_be_given() -> None:
    """Neither a sender nor a label: the id keeps a message from being counted twice, and changes nothing else."""
    assert set(inspect.signature(Recogniser.look).parameters) == {"self", "reading", "message_id", "at"}
    assert set(inspect.signature(Recognisers.look).parameters) == {
        "self",
        "tenant_id",
        "reading",
        "message_id",
        "at",
    }
    stream = [reading for _, reading in mixed(campaign(40), ordinary(40, seed=9))]
    first, second = recogniser(), recogniser()
    other = np.random.default_rng(0).permutation(len(stream))
    for number, reading in enumerate(stream):
        at = START + timedelta(seconds=5 * number)
        left = first.look(reading, message_id=MessageId(f"a{number}"), at=at)
        right = second.look(reading, message_id=MessageId(f"b{other[number]}"), at=at)
        assert msgspec.structs.replace(left, campaign_id="") == msgspec.structs.replace(right, campaign_id="")
        assert (left.campaign_id == "") == (right.campaign_id == "")


def test_the_same_messages_give_the_same_answers() -> None:
    """To the last figure, and the same campaigns."""
    stream = [reading for _, reading in mixed(campaign(40), ordinary(40, seed=9))]
    first, second = recogniser(), recogniser()
    assert look_at(first, stream) == look_at(second, stream)
    assert first.campaigns() == second.campaigns()


def test_who_asks_twice_hears_the_same_and_nothing_is_counted_twice() -> None:
    """A walk that is resumed looks again."""
    once, twice = recogniser(), recogniser()
    for number, reading in enumerate(campaign(40)):
        at = START + timedelta(seconds=5 * number)
        expected = once.look(reading, message_id=MessageId(str(number)), at=at)
        assert twice.look(reading, message_id=MessageId(str(number)), at=at) == expected
        assert twice.look(reading, message_id=MessageId(str(number)), at=at) == expected
    assert twice.campaigns() == once.campaigns()


def test_nothing_is_flagged_where_nothing_is_known_of_what_is_usual() -> None:
    """Everything would be unusual."""
    told = look_at(recogniser([]), campaign(40))
    assert {likeness.because for likeness in told} == {("unlearnt",)}
    assert not any(likeness.is_flagged for likeness in told)


def test_an_attacker_who_warmed_up_for_days_is_recognised_all_the_same() -> None:
    """One message in twenty for five days gets into what is usual, and is far from what a flood is."""
    one = recogniser()
    random = np.random.default_rng(6)
    for number in range(480):
        warming = number % 20 == 0
        reading = (
            message(random, 40, demand=0.6, words=("abolish", "x2")) if warming else ordinary(1, seed=1000 + number)[0]
        )
        at = START - timedelta(days=5) + number * timedelta(minutes=15)
        one.look(reading, message_id=MessageId(f"w{number}"), at=at)
    stream = mixed(campaign(60), ordinary(60, seed=9))
    told = look_at(one, [reading for _, reading in stream])
    own = [likeness.is_flagged for (part, _), likeness in zip(stream, told, strict=True) if part == 0]
    assert sum(own[10:]) >= 40


def test_memory_does_not_grow_with_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each different from all before, in words that nobody used, about what nobody wrote about."""
    for room, name, least in (
        (recognising, "REMEMBERED", 64),
        (recent, "WINDOW", 64),
        (recent, "COPIES", 64),
        (groups, "MOST_TERMS", 8),
        (terms, "_REMEMBERED", 256),
    ):
        monkeypatch.setattr(room, name, least)
    one = recogniser()
    random = np.random.default_rng(7)

    def flood(first: int, count: int) -> None:
        for number in range(first, first + count):
            words = tuple(f"{number} {place}" for place in range(20))
            reading = message(random, int(random.integers(MATTERS, 60)), demand=0.6, words=words)
            one.look(reading, message_id=MessageId(str(number)), at=START + timedelta(seconds=number))

    tracemalloc.start()
    try:
        flood(0, 500)
        before = tracemalloc.get_traced_memory()[0]
        flood(500, 500)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after - before < 100_000  # 200 B a message would be seen
    assert len(one.campaigns()) <= 32


HOSTILE = [
    Reading(language="", language_score=0.0, words=(), stems=()),
    Reading(language="xx", language_score=0.0, words=("\ud800",), stems=("\ud800\udfff",), embedding=b"\x00\x01\x02"),
    Reading(language="en", language_score=1.0, words=("a",) * 512, stems=("a",) * 512, embedding=b"\x00" * 256),
    Reading(
        language="en",
        language_score=1.0,
        words=tuple(f"{n}" for n in range(512)),
        stems=tuple(f"{n}" * 64 for n in range(512)),
        embedding=np.full(64, np.nan, "<f4").tobytes(),
    ),
    Reading(
        language="en",
        language_score=1.0,
        words=("x",),
        stems=("x",),
        embedding=np.full(64, 3e38, "<f4").tobytes(),
    ),
    Reading(language="en", language_score=1.0, words=("y",), stems=("y",), embedding=np.ones(512, "<f4").tobytes()),
]


def test_no_reading_makes_it_fail() -> None:
    """Neither empty, nor half a character, nor an embedding that is none; and later ones are judged as before."""
    one = recogniser()
    for round_ in range(20):
        for number, reading in enumerate(HOSTILE):
            likeness = one.look(reading, message_id=MessageId(f"{round_} {number}"), at=START)
            assert 0 <= likeness.score <= 1
            assert all(np.isfinite(value) for value in msgspec.structs.astuple(likeness.signs))
    stream = mixed(campaign(60), ordinary(60, seed=9))
    told = look_at(one, [reading for _, reading in stream])
    assert sum(likeness.is_flagged for (part, _), likeness in zip(stream, told, strict=True) if part == 0) >= 40


def test_a_clock_that_goes_back_is_borne() -> None:
    """A time before the last one counts as the last one."""
    one = recogniser()
    look_at(one, campaign(30))
    likeness = one.look(campaign(1, seed=2)[0], message_id=MessageId("late"), at=START - timedelta(days=400))
    assert likeness.is_flagged


def test_a_campaign_is_forgotten_after_six_hours() -> None:
    """What comes the next day is compared with what comes then."""
    one = recogniser()
    look_at(one, campaign(40))
    assert [group.kind for group in one.campaigns()] == ["campaign"]
    later = one.look(campaign(1, seed=8)[0], message_id=MessageId("next"), at=START + timedelta(hours=20))
    assert not later.is_flagged
    assert one.campaigns() == ()


def test_tenants_have_nothing_in_common_and_are_not_too_many() -> None:
    """Each has its own recogniser, made when it is first asked; beyond the limit the oldest is made anew."""
    made = []

    def make(tenant_id: TenantId) -> Recogniser:
        made.append(tenant_id)
        return recogniser()

    port = Recognisers(make, most=1)
    for number, reading in enumerate(campaign(30)):
        port.look(BANK, reading, message_id=MessageId(str(number)), at=START)
    assert [group.kind for group in port.campaigns(BANK)] == ["campaign"]
    assert port.campaigns(SHOP) == ()
    assert not port.look(SHOP, campaign(1)[0], message_id=MessageId("0"), at=START).is_flagged
    assert made == [BANK, SHOP]
    assert port.campaigns(BANK) == ()


def test_the_secret_has_a_length_and_changes_what_is_kept() -> None:
    """Nobody can choose words that collide, nor tell words from what people are shown."""
    with pytest.raises(ValueError, match="32 bytes"):
        Recogniser([], secret=b"short", encoder_id=ENCODER)
    copied = [one for one in campaign(1) for _ in range(12)]
    shown = []
    for secret in (SECRET, bytes(SECRET_BYTES)):
        one = Recogniser(usual(), secret=secret, encoder_id=ENCODER, head=head())
        look_at(one, [*campaign(20), *copied])
        shown.append({run for group in one.campaigns() for run in group.runs})
    assert not shown[0] & shown[1]


def test_another_encoder_is_not_heard() -> None:
    """Demands are heard by the encoder that the head was taught with; with another one nobody is flagged by them."""
    one = Recogniser(usual(), secret=SECRET, encoder_id="another/1", head=head())
    told = look_at(one, campaign(60))
    assert {likeness.signs.demand for likeness in told} == {-1.0}
    assert sum(likeness.is_flagged for likeness in told) <= 6


def test_a_flood_of_copies_is_seen_for_as_long_as_it_lasts() -> None:
    """Also when what was copied first is long out of sight: what is never kept is forgotten while it goes on."""
    one = recogniser()
    copies = [campaign(3)[number % 3] for number in range(900)]
    told = look_at(one, [reading for _, reading in mixed(copies, ordinary(900, seed=9))])
    parts = [part for part, _ in mixed(copies, ordinary(900, seed=9))]
    late = [likeness.is_flagged for part, likeness in zip(parts, told, strict=True) if part == 0][450:]
    assert sum(late) >= 0.95 * len(late)
    assert sum(likeness.is_flagged for part, likeness in zip(parts, told, strict=True) if part == 1) <= 9


def test_in_a_plain_campaign_those_are_seen_who_hide_it_among_everyday_words() -> None:
    """Most of those who write so demand; one who does not, and says the same, is one of them."""
    one = recogniser()
    plain, hidden = campaign(120), campaign(60, seed=2)
    hidden = [message(np.random.default_rng(90 + n), 40, words=("abolish", "x2")) for n in range(len(hidden))]
    look_at(one, ordinary(100), start=START - timedelta(hours=1), name="before")
    look_at(one, plain, name="plain")
    told = look_at(one, hidden, start=START + timedelta(minutes=20), name="hidden")
    assert sum(likeness.is_flagged for likeness in told) >= 0.9 * len(told)


def test_a_persons_word_holds_over_what_is_weighed() -> None:
    """Of what a person calls a crowd nobody is flagged; called a campaign, it is; what is gone is not named."""
    one = recogniser()
    look_at(one, campaign(40))
    (found,) = [group for group in one.campaigns() if group.kind == "campaign"]
    assert not found.said
    assert one.say(found.id, "crowd")
    later = look_at(one, campaign(60)[40:], start=START + timedelta(minutes=5), name="later")
    assert {(likeness.kind, likeness.is_flagged) for likeness in later} == {("crowd", False)}
    assert [(group.kind, group.said) for group in one.campaigns() if group.id == found.id] == [("crowd", True)]
    assert one.say(found.id, "campaign")
    again = look_at(one, campaign(80)[60:], start=START + timedelta(minutes=8), name="again")
    assert sum(likeness.is_flagged for likeness in again) >= 15
    assert not one.say("0" * 16, "crowd")
