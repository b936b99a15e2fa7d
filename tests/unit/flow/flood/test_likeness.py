"""Campaigns in the walk: what is usual is learnt from a company's phrases, beside whoever speaks meanwhile."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import cast

import pytest

from doorward.admission.campaigns import Likeness as Found
from doorward.admission.campaigns import recognising
from doorward.flow.flood import CampaignWatch, Likeness
from doorward.flow.flood.likeness import kept_of
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions, Tx
from doorward.understanding import Intents, KeptPhrase, Reader
from doorward.vocabulary.ids import MessageId, TenantId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import Scope
from tests.unit.admission.campaigns.made_up import ENCODER, campaign, head, ordinary, usual

BANK = TenantId("bank")


class Phrases:
    """A company's phrases, which are read once somebody lets them."""

    def __init__(self, clock: FixedClock) -> None:
        """Let them be read."""
        self.readings = {f"{number:05}": reading for number, reading in enumerate(usual())}
        self.now, self.open, self.fails = clock.now(), threading.Event(), 0
        self.open.set()

    def everything(self, _tx: Tx, _scope: Scope) -> tuple[KeptPhrase, ...]:
        """Return all of them."""
        assert self.open.wait(30)
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is gone")
        return tuple(
            KeptPhrase(id=one, text=one, intent="x", language="en", source="desk", added_by="m", added_at=self.now)
            for one in self.readings
        )


class Reads:
    """Reads a phrase as what it was made up for."""

    encoder_id = ENCODER

    def __init__(self, phrases: Phrases) -> None:
        """Take the phrases."""
        self.phrases = phrases

    def read(self, masked: object, **_: object) -> Reading:
        """Return its reading."""
        return self.phrases.readings[getattr(masked, "text", "")]


@pytest.fixture
def phrases(clock: FixedClock) -> Phrases:
    """What a company's customers ask on any day."""
    return Phrases(clock)


@pytest.fixture
def watch(transactions: Transactions, phrases: Phrases, monkeypatch: pytest.MonkeyPatch) -> Iterator[CampaignWatch]:
    """A watch over them, with a head that was taught what the messages here were made up for."""
    monkeypatch.setattr(recognising, "read_demand_head", head)
    made = CampaignWatch(
        transactions,
        reader=cast("Reader", Reads(phrases)),
        intents=cast("Intents", phrases),
        languages_of=lambda _: ("en",),
        secret=bytes(range(32)),
    )
    yield made
    phrases.open.set()
    made.close()


def looking(watch: CampaignWatch, clock: FixedClock) -> Callable[[str, Reading], Likeness]:
    """Return what looks at a message, a second after the one before."""

    def look(name: str, reading: Reading) -> Likeness:
        clock.advance(timedelta(seconds=1))
        return watch.look(BANK, reading, message_id=MessageId(name), at=clock.now())

    return look


def learnt(watch: CampaignWatch, look: Callable[[str, Reading], Likeness]) -> None:
    """Wait until the company's recogniser stands."""
    first = look("first", ordinary(1)[0])
    assert first.because == ("unlearnt",)
    watch._beside.submit(lambda: None).result(30)


def test_a_campaign_is_found_once_what_is_usual_was_learnt(watch: CampaignWatch, clock: FixedClock) -> None:
    """The first message begins the learning and waits for nothing; then a campaign is flagged and named."""
    look = looking(watch, clock)
    learnt(watch, look)
    found = [look(f"c{number}", reading) for number, reading in enumerate(campaign(40))]
    assert sum(one.flagged for one in found) > 20
    assert found[-1].kind == "campaign"
    assert [group.kind for group in watch.campaigns(BANK)] == ["campaign"]
    assert watch.campaigns(TenantId("shop")) == ()


def test_nobody_waits_while_it_is_learnt(watch: CampaignWatch, phrases: Phrases, clock: FixedClock) -> None:
    """However long reading takes, every message is looked at at once, and none is flagged."""
    phrases.open.clear()
    look = looking(watch, clock)
    found = [look(f"c{number}", reading) for number, reading in enumerate(campaign(40))]
    assert {(one.flagged, one.because) for one in found} == {(False, ("unlearnt",))}


def test_learning_that_fails_is_tried_again(watch: CampaignWatch, phrases: Phrases, clock: FixedClock) -> None:
    """The message that met the failure is not flagged, and the next one begins anew."""
    phrases.fails = 1
    look = looking(watch, clock)
    learnt(watch, look)
    learnt(watch, look)
    found = [look(f"c{number}", reading) for number, reading in enumerate(campaign(40))]
    assert any(one.flagged for one in found)


def test_ending_waits_for_no_learning(watch: CampaignWatch, phrases: Phrases, clock: FixedClock) -> None:
    """A house that closes while phrases are read is closed; whoever comes then is not flagged."""
    phrases.open.clear()
    look = looking(watch, clock)
    look("a", ordinary(1)[0])
    phrases.open.set()
    watch.close()
    assert not look("b", ordinary(1)[0]).flagged


def test_what_is_kept_holds_nothing_of_the_words() -> None:
    """Score, kind, name and codes stay; what was measured of the message does not."""
    found = Found(score=0.912345, kind="campaign", campaign_id="c", because=("copied",), version="v")
    kept = kept_of(found)
    assert kept == Likeness(flagged=True, score=0.9123, kind="campaign", campaign="c", because=("copied",), version="v")
    assert not kept_of(Found(score=0.2, kind="crowd")).flagged
