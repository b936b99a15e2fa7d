"""What a signed request costs, beside the library that others verify with, and how many bad ones of a million get in.

Counted is the processor's time of one thread, from the fields as they came to the nonce that is used up; looking up how
the company stands to the key is not in it.
"""

import base64
import dataclasses
import hashlib
import importlib
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from doorward.admission.flood import Nonces
from doorward.kit.clock import FixedClock
from doorward.kit.signatures import GOOD_FOR, SKEW, WINDOW, HttpMessage, SignatureRefused, VerifyingKey, read_claim
from doorward.vocabulary.ids import TenantId
from tests.support.signing import HOST, Machine, a_request, public_bytes

BANK = TenantId("bank")
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BODY = b'{"id":"m1","text":"Where is my order? It should have come on Monday.","agent":"printer-7"}'
POOL = 4_096
ROOM = 2**21
OURS, OTHER = Machine(1), Machine(2)


class Gate:
    """What the door does with a signed request, without its database."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.key = VerifyingKey(public_bytes(OURS.key))
        self.nonces = Nonces(self.clock, secret=bytes(32), window=2 * WINDOW, nonces=ROOM)

    def take(self, message: HttpMessage, *, now: datetime = NOW) -> bool:
        try:
            claim = read_claim(message, body=BODY, now=now)
            claim.check(self.key)
        except SignatureRefused:
            return False
        return self.nonces.spend(tenant_id=BANK, sender=claim.key_id, nonce=claim.nonce).good


@dataclasses.dataclass
class Request:
    """A request as the library takes it."""

    headers: dict[str, str]
    method: str = "POST"
    url: str = f"https://{HOST}/c/machine/messages"


def library() -> Callable[[HttpMessage], Any]:
    """`http-message-signatures`, as strict as it can be told to be. It asks the real clock, and knows no nonces."""
    peer = importlib.import_module("http_message_signatures")
    private, public = {OURS.key_id: OURS.key}, {OURS.key_id: OURS.key.public_key()}
    keys = peer.MappingKeyResolver(private_keys=private, public_keys=public)
    verifier = peer.HTTPMessageVerifier(signature_algorithm=peer.algorithms.ED25519, key_resolver=keys)
    needed = ("@method", "@authority", "@path", "content-digest", "signature-agent")

    def verify(message: HttpMessage) -> Any:
        request = Request({name: lines[0] for name, lines in message.fields.items()})
        return verifier.verify(request, expect_tag="web-bot-auth", require_components=needed, body=BODY)

    return verify


def signing(count: int) -> dict[str, Any]:
    """Costs, and how many of `count` bad requests of each kind were taken."""
    gate = Gate()
    pool = [OURS.sign(a_request(), now=NOW, body=BODY) for _ in range(POOL)]
    fresh = [OURS.sign(a_request(), now=datetime.now(UTC), body=BODY) for _ in range(POOL)]
    costs: dict[str, Any] = {"read, checked and used up": _timed(gate.take, pool)}
    costs["Ed25519 alone"] = _timed(_check_alone(gate, pool[0]), pool)
    try:
        costs["http-message-signatures"] = _timed(library(), fresh)
    except ImportError:
        costs["http-message-signatures"] = "not installed"
    return {"costs": costs, "bad": _bad(gate, pool, count)}


def _check_alone(gate: Gate, message: HttpMessage) -> Callable[[HttpMessage], None]:
    claim = read_claim(message, body=BODY, now=NOW)
    return lambda _message: gate.key.check(claim.signature, claim.base)


def _bad(gate: Gate, used: list[HttpMessage], count: int) -> dict[str, Any]:
    """Every message in `used` was taken before; its nonce is known."""
    draw = random.Random(20261130)
    new = [OURS.sign(a_request(), now=NOW, body=BODY) for _ in range(POOL)]
    forged = [OTHER.sign(a_request(), now=NOW, body=BODY, keyid=OURS.key_id) for _ in range(POOL)]
    signatures = [base64.b64encode(hashlib.sha512(bytes([n % 256, n // 256])).digest()).decode() for n in range(POOL)]

    def another_signature(message: HttpMessage) -> HttpMessage:
        fields = {**message.fields, "signature": (f"sig1=:{draw.choice(signatures)}:",)}
        return msgspec.structs.replace(message, fields=fields)

    def late() -> datetime:
        return NOW + GOOD_FOR + SKEW + timedelta(seconds=draw.randrange(1, 10**6))

    def elsewhere(message: HttpMessage) -> HttpMessage:
        return msgspec.structs.replace(message, authority=f"host{draw.randrange(10**6)}.example")

    kinds: dict[str, Callable[[], bool]] = {
        "replayed": lambda: gate.take(draw.choice(used)),
        "expired": lambda: gate.take(draw.choice(new), now=late()),
        "early": lambda: gate.take(draw.choice(new), now=NOW - SKEW - timedelta(seconds=draw.randrange(1, 10**6))),
        "wrong authority": lambda: gate.take(elsewhere(draw.choice(new))),
        "wrong key": lambda: gate.take(draw.choice(forged)),
        "another signature": lambda: gate.take(another_signature(draw.choice(new))),
    }
    each = -(-count // len(kinds))
    return {name: {"sent": each, "taken": sum(kind() for _ in range(each))} for name, kind in kinds.items()}


def _timed(take: Callable[[HttpMessage], Any], messages: list[HttpMessage]) -> dict[str, float]:
    spent = []
    for message in messages:
        begun = time.thread_time_ns()
        take(message)
        spent.append(time.thread_time_ns() - begun)
    spent.sort()
    return {"p50_us": round(spent[len(spent) // 2] / 1000), "p99_us": round(spent[len(spent) * 99 // 100] / 1000)}
