"""Signatures and pauses of webhooks, held against the standard."""

import base64
import random
from datetime import timedelta

import pytest

from doorward.vocabulary.entry import EntryKind
from doorward.webhooks import EVENTS, FLOOD, TEST, WITHHELD, new_secret, pause_before, signatures
from tests.support.receivers import Unverified, verified

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""The secret of the example in the specification's libraries."""


def test_the_standard_s_own_example_comes_out() -> None:
    """Id, time, body and secret of the example give the signature that the specification's libraries expect."""
    body = b'{"test": 2432232314}'
    signature = signatures([SECRET], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_of_its_own_making_verifies_it() -> None:
    """Two secrets give two signatures, each good for its receiver; another secret, body, id or time is not."""
    old, new = new_secret(), new_secret()
    assert len(base64.b64decode(old.removeprefix("whsec_"))) == 32
    timestamp = 1_900_000_000
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures([new, old], message_id="msg_1", timestamp=timestamp, body=b"{}"),
    }
    for secret in (old, new):
        assert verified(secret, headers, b"{}", tolerance=1e12) == {}
    changes = [
        (new_secret(), headers, b"{}"),
        (new, headers, b"[]"),
        (new, headers | {"webhook-id": "msg_2"}, b"{}"),
        (new, headers | {"webhook-timestamp": str(timestamp + 1)}, b"{}"),
    ]
    for secret, told, body in changes:
        with pytest.raises(Unverified):
            verified(secret, told, body, tolerance=1e12)
    with pytest.raises(Unverified, match="too old"):
        verified(new, headers, b"{}")


def test_pauses_grow_and_are_spread_and_end() -> None:
    """Seconds at first, a day in the end; chance adds up to a quarter; what the receiver asks for counts, to a day."""
    pauses = [pause_before(attempt, chance=random.Random(1)) for attempt in range(2, 12)]
    assert all(pause is not None for pause in pauses)
    known = [pause for pause in pauses if pause is not None]
    assert known == sorted(known)
    assert timedelta(seconds=5) <= known[0] < timedelta(seconds=6.25)
    assert timedelta(days=1) <= known[-1] <= timedelta(days=1.25)
    assert pause_before(12) is None
    assert len({pause_before(2, chance=random.Random(seed)) for seed in range(20)}) == 20
    asked = pause_before(2, asked=600, chance=random.Random(1))
    assert asked is not None
    assert timedelta(minutes=10) <= asked <= timedelta(minutes=12.5)
    forever = pause_before(2, asked=10**12)
    assert forever is not None
    assert forever <= timedelta(days=1.25)


def test_every_kind_of_line_is_told_or_withheld_on_purpose() -> None:
    """Whoever adds a kind of ledger line decides whether it leaves the house."""
    kinds = set(EntryKind.__args__)  # type: ignore[attr-defined]  # because typing does not tell of it
    assert (set(EVENTS) - {FLOOD}) | set(WITHHELD) == kinds
    assert FLOOD not in kinds, "it is no line of a conversation"
    assert not set(EVENTS) & set(WITHHELD)
    assert TEST not in EVENTS
