"""The detector of a drill is the walk's own, and sees texts and moments alone."""

import random
from collections.abc import Sequence
from functools import cache

import msgspec

from doorward.admission.drill import Message, Reading, load_scenario
from doorward.admission.drill.population import draw
from doorward.admission.drill.running import beginning_of
from doorward.admission.drill.visits import Crowd
from doorward.doors.cli.drill_reading import read_for_drill
from doorward.doors.cli.evals.sources import installed_phrases
from doorward.flow.flood.rehearsing import CampaignDetector
from doorward.kit.settings import Settings
from tests.support.words import reader

SMALL = ("detector=real", "hours=0.6", "waves.0.begins=0.2", "customers.per_minute=4.0", "languages={en=1.0}")


class Overhears:
    """Keeps what a detector was given and said."""

    def __init__(self, detector: CampaignDetector) -> None:
        """Listen to a detector."""
        self.detector = detector
        self.given: list[Message] = []

    def look(self, messages: Sequence[Message]) -> list[bool]:
        """Keep what is asked, and answer as the detector does."""
        self.given = list(messages)
        return self.detector.look(messages)


@cache
def reads() -> Reading:
    """The detector over some of the demo company's phrases, which customers write, too."""
    made = read_for_drill(installed_phrases(), Settings())
    words = {"en": list((made.words or {})["en"])}
    usual = [("en", text) for text in words["en"][:300]]
    return Reading(detector=CampaignDetector(reader(), usual), words={"en": words["en"][300:500]})


def crowd_that(*changes: str, overhears: Overhears) -> Crowd:
    """Who comes in a small flood, with what was overheard."""
    scenario = load_scenario("paraphrase", [*SMALL, *changes])
    reading = msgspec.structs.replace(reads(), detector=overhears)
    return draw(scenario, 0, begins=beginning_of(scenario), reading=reading)


def overheard() -> Overhears:
    """A detector that is listened to."""
    detector = reads().detector
    assert isinstance(detector, CampaignDetector)
    return Overhears(detector)


def test_the_real_detector_finds_a_flood_by_its_texts_alone() -> None:
    """Of an attack nearly all once it has begun, of others hardly any; with other labels it says the same to each."""
    heard = overheard()
    crowd = crowd_that(overhears=heard)
    flags = [visit.seen.flagged for visit in crowd.visits]
    attack = [flag for flag, origin in zip(flags, crowd.origins, strict=True) if origin.wave]
    others = [flag for flag, origin in zip(flags, crowd.origins, strict=True) if not origin.wave]
    assert len(attack) > 300
    assert sum(attack[30:]) >= 0.9 * len(attack[30:])
    assert sum(others) <= 0.02 * len(others) + 1
    relabelled = overheard()
    as_customers = crowd_that('waves.0.side="customers"', "waves.0.known=1.0", overhears=relabelled)
    assert {origin.side for origin in as_customers.origins if origin.wave} == {"known"}
    assert [visit.seen.flagged for visit in as_customers.visits] == flags
    assert relabelled.given == heard.given


def test_what_it_says_of_a_message_depends_on_nothing_that_comes_later() -> None:
    """It knows those before; and each crowd meets a detector that has seen nobody."""
    heard = overheard()
    crowd_that(overhears=heard)
    first, whole = heard.given[:200], heard.detector.look(heard.given)
    assert heard.detector.look(first) == whole[:200]
    shuffled = random.Random(1).sample(first, len(first))
    assert len(heard.detector.look(shuffled)) == len(first)
    assert heard.detector.look(first) == whole[:200]
