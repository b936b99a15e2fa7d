"""Who comes: the same for the same seed, in the shares that a scenario states, and with nothing said of whose it is."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from doorward.admission.drill import Message, Reading
from doorward.admission.drill.detectors import worded
from doorward.admission.drill.population import draw
from doorward.admission.drill.running import without_attack
from doorward.admission.drill.scenario import Scenario
from doorward.admission.drill.visits import Crowd, Seen
from doorward.admission.flood import Caller
from doorward.vocabulary.errors import Malformed
from tests.unit.admission.drill.small import small

BEGINS = datetime(2026, 3, 3, 8, tzinfo=UTC)


def drawn(scenario: Scenario, seed: int = 0, reading: Reading | None = None) -> Crowd:
    """A crowd of a scenario."""
    return draw(scenario, seed, begins=BEGINS, reading=reading or Reading())


def test_the_same_seed_brings_the_same_contacts() -> None:
    """And another one others."""
    assert drawn(small()) == drawn(small())
    assert drawn(small()) != drawn(small(), 1)


def test_customers_come_as_they_would_have_without_the_attack() -> None:
    """Whoever leaves the attack out compares the same customers, to the second."""
    with_attack, without = drawn(small()), drawn(without_attack(small()))
    ours = [
        (visit.at, visit.seconds, visit.seen.caller)
        for visit, origin in zip(with_attack.visits, with_attack.origins, strict=True)
        if origin.side != "attack"
    ]
    assert ours == [(visit.at, visit.seconds, visit.seen.caller) for visit in without.visits]
    assert len(with_attack.visits) > 3 * len(ours)


def test_contacts_have_the_shares_that_are_stated() -> None:
    """A fifth are machines, of whom a fifth do not sign; three tenths of people are strangers; flags by side."""
    text = "hours = 20.0\nstarts = 2.0\ndetector = 'assumed:0.8/0.1'\n[customers]\nday_cv = 0.0\nswing = 0.0\n"
    crowd = drawn(small(text=text + '[[waves]]\nname = "flood"\nlasts = 10.0\ntimes = 3.0\n'))
    sides = [origin.side for origin in crowd.origins]
    many = len(sides) - sides.count("attack")
    assert many == pytest.approx(20 * 60 * 10, rel=0.03)
    assert sides.count("attack") == pytest.approx(10 * 60 * 20, rel=0.03)
    assert sides.count("signed") / many == pytest.approx(0.16, abs=0.01)
    assert sides.count("unsigned") / many == pytest.approx(0.04, abs=0.01)
    assert sides.count("unknown") / many == pytest.approx(0.24, abs=0.015)
    flagged = [(visit.seen.flagged, side) for visit, side in zip(crowd.visits, sides, strict=True)]
    assert sum(flag for flag, side in flagged if side == "attack") / sides.count("attack") == pytest.approx(
        0.8, abs=0.02
    )
    assert sum(flag for flag, side in flagged if side != "attack") / many == pytest.approx(0.1, abs=0.01)


def test_what_decides_is_told_nothing_of_whose_a_contact_is() -> None:
    """What admission sees has these fields and no other; a label would have to be one."""
    assert Seen.__struct_fields__ == ("number", "caller", "source", "key", "nonce", "flagged")
    told = (
        "owner",
        "platform",
        "signed",
        "mandate",
        "verified",
        "vulnerable",
        "effort",
        "known",
        "open_case",
        "flagged",
    )
    assert Caller.__struct_fields__ == told


def test_a_replayed_signature_is_one_that_was_sent_before() -> None:
    """Each that an attacker carries is a customer's, of the last minutes."""
    crowd = drawn(small("waves.0.replays=1.0"))
    signed: dict[str, float] = {}
    replayed = 0
    for visit, origin in zip(crowd.visits, crowd.origins, strict=True):
        if origin.side == "attack" and visit.seen.nonce:
            replayed += 1
            assert visit.at - signed[visit.seen.nonce] < 300
        elif visit.seen.nonce:
            signed[visit.seen.nonce] = visit.at
    assert replayed > 1000


class Reads:
    """A detector that flags what names a street, and keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[Message] = []

    def look(self, messages: Sequence[Message]) -> Sequence[bool]:
        """Flag by the text."""
        self.seen = list(messages)
        return ["street" in message.text for message in messages]


def test_a_real_detector_reads_texts_in_the_order_of_their_coming() -> None:
    """It is given moments, languages and texts, and its word is what admission hears."""
    reads = Reads()
    reading = Reading(detector=reads, words={"en": ["where is my {card|letter}"]})
    scenario = small('detector="real"', 'waves.0.text={en = ["close the {hill|mill} street branch"]}')
    crowd = drawn(scenario, reading=reading)
    assert [visit.seen.flagged for visit in crowd.visits] == [origin.side == "attack" for origin in crowd.origins]
    assert [message.at for message in reads.seen] == sorted(message.at for message in reads.seen)
    assert {message.text for message in reads.seen} == {
        *("where is my card", "where is my letter"),
        *("close the hill street branch", "close the mill street branch"),
    }
    assert Message.__struct_fields__ == ("at", "language", "text")


@pytest.mark.parametrize(
    "reading", [Reading(), Reading(detector=Reads()), Reading(detector=Reads(), words={"en": ["a"]})]
)
def test_without_a_detector_or_texts_nothing_is_called_real(reading: Reading) -> None:
    """A drill that wants a real detector and has none is refused, not played with something else."""
    with pytest.raises(Malformed):
        drawn(small('detector="real"'), reading=reading)


def test_words_of_a_template_are_chosen_by_a_number() -> None:
    """All of them come, and what is no slot stays."""
    said = {worded("{a|b} and {c|d}", luck) for luck in range(4)}
    assert said == {"a and c", "a and d", "b and c", "b and d"}
    assert worded("plain {", 5) == "plain {"


def test_a_demand_is_hidden_in_what_customers_write() -> None:
    """In the place of `{*}` stands one of their messages, and a message comes once before any comes again."""
    assert {worded("{*} and {close|shut} it", luck, usual=("hello", "my card")) for luck in range(4)} == {
        *("hello and close it", "my card and close it", "hello and shut it", "my card and shut it"),
    }
    reads = Reads()
    usual = [f"matter {number}" for number in range(50)]
    scenario = small('detector="real"', 'waves.0.text={en = ["{*} and close the street branch"]}')
    crowd = drawn(scenario, reading=Reading(detector=reads, words={"en": usual}))
    hidden = [one.text for one, origin in zip(reads.seen, crowd.origins, strict=True) if origin.wave]
    assert set(hidden) <= {f"{one} and close the street branch" for one in usual}
    asked = zip(reads.seen, crowd.origins, strict=True)
    english = [one.text for one, origin in asked if not origin.wave and origin.language == "en"]
    assert len(english) > 50
    assert len(set(english[:50])) == 50
