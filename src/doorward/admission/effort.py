"""Asking a visitor's device for a piece of work, and taking it back: ALTCHA, by the `altcha` library.

A challenge is stateless: it is signed, and bound to one visit of one tenant and to a time. Handing it in again gives
the same visit the same place until the same time, and nothing else: nobody has to remember it. How much work it is does
not depend on luck: the number to be found is drawn when it is asked for, so that a slow device has an end too.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import altcha
import msgspec

from doorward.admission.flood.alert import Level
from doorward.admission.visitors import Visitor
from doorward.kit.clock import Clock
from doorward.kit.crypto import derive_key, keyed_hash
from doorward.vocabulary.effort import ALGORITHM, EffortChallenge, EffortSolution
from doorward.vocabulary.errors import NotAllowed

CHALLENGE_LASTS: Final = timedelta(minutes=10)
EFFORT_LASTS: Final = timedelta(minutes=30)
"""How long a visit has its place for what its device did, since it was asked."""


class Work(NamedTuple):
    """So many rounds for each number, and where the one to be found lies."""

    rounds: int
    first: int
    last: int


WORK: Final[Mapping[Level, Work]] = {"red": Work(rounds=2_000, first=250, last=750)}
"""By level; in the others nothing is asked. A million rounds on the mean: see docs/concepts/admission.md for what that
takes on a telephone, and for how little it costs somebody who does it a million times."""


class Efforts:
    """Asks for work and judges it. Thread-safe; for as many processes as there are."""

    def __init__(self, secret: bytes, *, clock: Clock, work: Mapping[Level, Work] = WORK) -> None:
        """Sign under `secret` (32 bytes, the same for all processes)."""
        self._signing = derive_key(secret, "effort.challenge")
        self._key_signing = derive_key(secret, "effort.key")
        self._visits = derive_key(secret, "effort.visit")
        self._clock = clock
        self._work = work

    def asks_in(self, level: Level) -> bool:
        """Return whether work is asked for at a level."""
        return level in self._work

    def ask(self, visitor: Visitor, *, level: Level) -> EffortChallenge | None:
        """Return a piece of work for a visit, None where the level asks for none. Takes a millisecond: for a thread."""
        work = self._work.get(level)
        if work is None:
            return None
        until = self._clock.now() + CHALLENGE_LASTS
        challenge = altcha.create_challenge(
            ALGORITHM,
            work.rounds,
            counter=work.first + secrets.randbelow(work.last - work.first + 1),
            # The library would judge its own `expires_at` by the computer's clock.
            data={"visit": self._visit(visitor), "until": int(until.timestamp())},
            hmac_secret=self._signing,
            hmac_key_secret=self._key_signing,
        )
        return msgspec.convert(challenge.to_dict(), EffortChallenge)

    def take(self, visitor: Visitor, challenge: EffortChallenge, solution: EffortSolution) -> datetime:
        """Return until when a visit has its place for the work that its device did.

        Raises `NotAllowed` for work that is wrong, late, for another visit, or not asked for.
        """
        bound = challenge.parameters.data
        payload = altcha.Payload.from_dict(
            {"challenge": msgspec.to_builtins(challenge), "solution": msgspec.to_builtins(solution)}
        )
        judged = altcha.verify_solution(payload, self._signing, hmac_key_secret=self._key_signing)
        if not judged.verified or bound.visit != self._visit(visitor):
            raise NotAllowed("this is not the work that was asked for")
        until = datetime.fromtimestamp(bound.until, UTC)
        if until <= self._clock.now():
            raise NotAllowed("this work was asked for too long ago; ask again")
        return until - CHALLENGE_LASTS + EFFORT_LASTS

    def _visit(self, visitor: Visitor) -> str:
        parts = (visitor.scope.tenant_id, visitor.party_id, visitor.conversation_id)
        return keyed_hash(self._visits, *(part.encode() for part in parts)).hex()
