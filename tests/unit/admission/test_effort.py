"""A piece of work that a device is asked for: what was asked for is taken, in time, of whom it was asked."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import altcha
import msgspec
import pytest

from doorward.admission import Visitor
from doorward.admission.effort import CHALLENGE_LASTS, EFFORT_LASTS, WORK, Efforts, Work
from doorward.admission.flood import LEVELS, Level
from doorward.kit.clock import FixedClock
from doorward.vocabulary.effort import EffortChallenge, EffortSolution
from doorward.vocabulary.errors import NotAllowed
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.scope import Actor, Scope

GOLDEN = Path(__file__).parent / "effort_golden.json"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = bytes(32)
LITTLE: Mapping[Level, Work] = {"red": Work(rounds=2, first=5, last=30)}


def visitor(tenant: str = "bank", party: str = "p", conversation: str = "c") -> Visitor:
    """Return a visitor."""
    scope = Scope(tenant_id=TenantId(tenant), actor=Actor(kind="customer", id=PartyId(party)))
    return Visitor(scope=scope, party_id=PartyId(party), conversation_id=ConversationId(conversation))


class Gate:
    """Asks for little work, so that tests have it done at once."""

    def __init__(self, *, secret: bytes = SECRET) -> None:
        """Start."""
        self.clock = FixedClock(START)
        self.efforts = Efforts(secret, clock=self.clock, work=LITTLE)

    def ask(self, who: Visitor | None = None) -> EffortChallenge:
        """Return work for somebody."""
        challenge = self.efforts.ask(who or visitor(), level="red")
        assert challenge is not None
        return challenge

    def take(self, challenge: EffortChallenge, solution: EffortSolution, who: Visitor | None = None) -> datetime:
        """Hand it in."""
        return self.efforts.take(who or visitor(), challenge, solution)


@pytest.fixture
def gate() -> Gate:
    """A gate with little work."""
    return Gate()


def solve(challenge: EffortChallenge) -> EffortSolution:
    """Do the work with the library's own solver."""
    found = altcha.solve_challenge(altcha.Challenge.from_dict(msgspec.to_builtins(challenge)))
    assert found is not None
    return EffortSolution(counter=found.counter, derived_key=found.derived_key)


def test_work_that_was_done_gives_a_place_for_a_while(gate: Gate) -> None:
    """The same for two processes with one secret: nothing is remembered between asking and taking."""
    challenge = gate.ask()
    other = Gate()
    gate.clock.advance(CHALLENGE_LASTS - timedelta(seconds=1))
    other.clock.advance(CHALLENGE_LASTS - timedelta(seconds=1))
    assert other.take(challenge, solve(challenge)) == START + EFFORT_LASTS


def test_only_red_asks(gate: Gate) -> None:
    """In green and amber nobody is asked."""
    assert [level for level in LEVELS if gate.efforts.ask(visitor(), level=level) is not None] == ["red"]


def test_nobody_is_asked_for_the_same_twice(gate: Gate) -> None:
    """Salt, nonce and number are drawn anew each time; none can be prepared."""
    asked = [gate.ask().parameters for _ in range(50)]
    assert len({one.salt for one in asked}) == len({one.nonce for one in asked}) == 50
    assert len({one.key_prefix for one in asked}) == 50


def test_the_work_has_an_end() -> None:
    """However unlucky, no device is asked for more than one and a half times the mean, and none for next to nothing."""
    for work in WORK.values():
        mean = (work.first + work.last) / 2
        assert work.last <= 1.5 * mean
        assert work.first >= 0.5 * mean
    little = Gate()
    found = [solve(little.ask()).counter for _ in range(100)]
    assert LITTLE["red"].first <= min(found) < max(found) <= LITTLE["red"].last


def test_work_that_is_handed_in_again_gives_no_more(gate: Gate) -> None:
    """The same visit has its place until the same time: an answer that got lost costs nobody their work."""
    challenge = gate.ask()
    solution = solve(challenge)
    until = gate.take(challenge, solution)
    gate.clock.advance(CHALLENGE_LASTS / 2)
    assert gate.take(challenge, solution) == until == START + EFFORT_LASTS


def test_work_comes_too_late(gate: Gate) -> None:
    """At its end it is refused, by our clock."""
    challenge = gate.ask()
    gate.clock.advance(CHALLENGE_LASTS)
    with pytest.raises(NotAllowed, match="too long ago"):
        gate.take(challenge, solve(challenge))


@pytest.mark.parametrize(
    "other",
    [visitor(tenant="shop"), visitor(party="other"), visitor(conversation="other")],
    ids=["tenant", "party", "conversation"],
)
def test_work_is_for_one_visit(gate: Gate, other: Visitor) -> None:
    """Nobody can have it done once for many; and trying does not use it up for whom it was asked."""
    challenge = gate.ask()
    solution = solve(challenge)
    with pytest.raises(NotAllowed):
        gate.take(challenge, solution, other)
    gate.take(challenge, solution)


def changed(challenge: EffortChallenge, **changes: Any) -> EffortChallenge:
    """Return it with other parameters under the same signature."""
    return msgspec.structs.replace(challenge, parameters=msgspec.structs.replace(challenge.parameters, **changes))


TAMPERED: dict[str, Callable[[EffortChallenge], EffortChallenge]] = {
    "one round": lambda one: changed(one, cost=1),
    "another salt": lambda one: changed(one, salt="00" * 16),
    "another nonce": lambda one: changed(one, nonce="00" * 16),
    "an easy beginning": lambda one: changed(one, key_prefix="00" * 16),
    "another algorithm": lambda one: changed(one, algorithm="SHA-256"),
    "another key": lambda one: changed(one, key_signature="00" * 32),
    "a later end": lambda one: changed(
        one, data=msgspec.structs.replace(one.parameters.data, until=one.parameters.data.until + 1)
    ),
    "another visit": lambda one: changed(one, data=msgspec.structs.replace(one.parameters.data, visit="00" * 32)),
    "no signature of ours": lambda one: msgspec.structs.replace(one, signature="00" * 32),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_is_refused(gate: Gate, name: str) -> None:
    """Also where what was changed was really worked for."""
    made_easy = TAMPERED[name](gate.ask())
    number = altcha.Challenge.from_dict(msgspec.to_builtins(made_easy))
    number.parameters.key_prefix = ""  # whatever comes first is good
    found = altcha.solve_challenge(number)
    assert found is not None
    with pytest.raises(NotAllowed):
        gate.take(made_easy, EffortSolution(counter=found.counter, derived_key=found.derived_key))


def test_guessing_is_no_work(gate: Gate) -> None:
    """Neither another key nor one that only begins as it should; a try does not use up what is right."""
    challenge = gate.ask()
    good = solve(challenge)
    prefix = challenge.parameters.key_prefix
    last = "1" if good.derived_key.endswith("0") else "0"
    for key in ("00" * 32, prefix + "00" * 16, good.derived_key[:-1] + last):
        with pytest.raises(NotAllowed):
            gate.take(challenge, EffortSolution(counter=good.counter, derived_key=key))
    gate.take(challenge, good)


def test_another_installation_s_work_is_none(gate: Gate) -> None:
    """Each has a secret of its own."""
    challenge = Gate(secret=b"\1" * 32).ask()
    with pytest.raises(NotAllowed):
        gate.take(challenge, solve(challenge))


def test_a_challenge_names_nobody(gate: Gate) -> None:
    """Neither tenant nor party nor conversation can be read in it."""
    told = msgspec.json.encode(gate.ask(visitor("halden-bank", "ada-lovelace", "conversation-7")))
    assert not any(name in told for name in (b"halden", b"ada", b"conversation"))


def test_the_protocol_is_the_one_that_others_speak() -> None:
    """Challenges, solutions and verdicts of the browser's library (npm `altcha` 3.2.2) are ours, byte by byte."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    for one in golden["solved"]:
        challenge = msgspec.convert(one["challenge"], EffortChallenge)
        assert solve(challenge) == msgspec.convert(one["solution"], EffortSolution)
        sent = base64.b64encode(json.dumps(one).encode()).decode()
        judged = altcha.verify_solution(sent, golden["secret"], hmac_key_secret=golden["key_secret"])
        assert judged.verified
    for one in golden["refused"]:
        payload = altcha.Payload.from_dict(one)
        assert not altcha.verify_solution(payload, golden["secret"], hmac_key_secret=golden["key_secret"]).verified
