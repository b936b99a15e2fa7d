"""Tokens: signed for one purpose, readable, short-lived."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.clock import FixedClock
from doorward.kit.crypto import SignedTokens, TokenInvalid, TokenTooOld, keyed_hash, new_key
from tests.support.transactions import NOON

KEY = new_key()


def test_a_token_carries_its_claims_until_its_time_has_run_out() -> None:
    """Claims come back; at the end of the lifetime the token is too old, with grace it is still read."""
    clock = FixedClock(NOON)
    tokens = SignedTokens(KEY, purpose="visitor", clock=clock)
    token = tokens.issue({"party": "p"}, lifetime=timedelta(hours=1))
    assert tokens.read(token)["party"] == "p"
    clock.advance(timedelta(hours=1))
    with pytest.raises(TokenTooOld):
        tokens.read(token)
    assert tokens.read(token, grace=timedelta(minutes=1))["party"] == "p"


def test_a_token_of_another_purpose_or_key_is_invalid() -> None:
    """Tokens do not cross purposes or keys."""
    clock = FixedClock(NOON)
    token = SignedTokens(KEY, purpose="visitor", clock=clock).issue({}, lifetime=timedelta(hours=1))
    for other in (
        SignedTokens(KEY, purpose="staff", clock=clock),
        SignedTokens(new_key(), purpose="visitor", clock=clock),
    ):
        with pytest.raises(TokenInvalid):
            other.read(token)


@given(st.text(max_size=200))
def test_whatever_is_sent_as_a_token_is_refused_calmly(text: str) -> None:
    """No text makes reading raise anything but `TokenInvalid`."""
    with pytest.raises(TokenInvalid):
        SignedTokens(KEY, purpose="visitor", clock=FixedClock(NOON)).read(text)


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_parts_of_a_keyed_hash_do_not_run_into_each_other(one: list[bytes], other: list[bytes]) -> None:
    """Different lists of parts have different hashes."""
    assert (keyed_hash(KEY, *one) == keyed_hash(KEY, *other)) == (one == other)
