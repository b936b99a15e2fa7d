"""Admission's verbs."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from doorward.admission import Admission, Rates
from doorward.admission.service import message_id_for
from doorward.kit.clock import FixedClock
from doorward.kit.settings import Limits
from doorward.vocabulary.errors import Malformed, Misconfigured, RateLimited, TooLarge
from doorward.vocabulary.ids import PartyId, TenantId, TokenId
from doorward.vocabulary.scope import Actor, Scope
from doorward.vocabulary.text import WildText

OURS, OTHER = TenantId("01tenant"), TenantId("02tenant")
SCOPE = Scope(tenant_id=OURS, actor=Actor(kind="customer", id="01party"))
OTHERS = Scope(tenant_id=OTHER, actor=Actor(kind="customer", id="01party"))
PARTY = PartyId("01party")
LIMITS = Limits(
    visits_per_address="2/minute",
    messages_per_party="2/minute",
    messages_per_token="2/minute",
    sign_ins_per_address="4/minute",
    codes_per_party="2/hour",
    requests_per_address="2/minute",
    message_characters=10,
)


@pytest.fixture
def admission() -> Admission:
    """The door, with limits low enough to reach."""
    return Admission(LIMITS, rates=Rates(FixedClock(datetime(2026, 3, 2, tzinfo=UTC)), secret=bytes(32)))


def _says(admission: Admission, text: str = "hi", scope: Scope = SCOPE) -> None:
    admission.admit_message(scope, WildText(text), party_id=PARTY)


VERBS: list[Callable[[Admission], None]] = [
    lambda admission: admission.admit_request("192.0.2.1"),
    lambda admission: admission.admit_visit(OURS, "192.0.2.1"),
    _says,
    lambda admission: admission.admit_machine_message(SCOPE, WildText("hi"), token_id=TokenId("01token")),
    lambda admission: admission.admit_code(SCOPE, party_id=PARTY, email="a@b.example", address="192.0.2.1"),
    lambda admission: admission.admit_confirmation(SCOPE, party_id=PARTY, address="192.0.2.1"),
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_limit(admission: Admission, verb: Callable[[Admission], None]) -> None:
    """The third of two is refused, whatever is asked for."""
    verb(admission)
    verb(admission)
    with pytest.raises(RateLimited):
        verb(admission)


def test_signing_in_has_a_limit_of_its_own(admission: Admission) -> None:
    """The fifth attempt to sign in from a network is refused, at this tenant only."""
    for _ in range(4):
        admission.admit_sign_in(OURS, "192.0.2.1")
    with pytest.raises(RateLimited):
        admission.admit_sign_in(OURS, "192.0.2.1")
    admission.admit_sign_in(OTHER, "192.0.2.1")


def test_tenants_do_not_use_up_each_others_limits(admission: Admission) -> None:
    """A party of the same id at another tenant has its own count."""
    _says(admission)
    _says(admission)
    _says(admission, scope=OTHERS)
    with pytest.raises(RateLimited):
        _says(admission)


def test_visits_count_by_the_network(admission: Admission) -> None:
    """Three addresses of one IPv6 network are one visitor too many, a neighbouring network is not."""
    admission.admit_visit(OURS, "2001:db8:0:1::1")
    admission.admit_visit(OURS, "2001:db8:0:1::2")
    with pytest.raises(RateLimited):
        admission.admit_visit(OURS, "2001:db8:0:1:ffff::3")
    admission.admit_visit(OURS, "2001:db8:0:2::1")


def test_one_address_is_not_flooded_with_codes_by_many_visitors(admission: Admission) -> None:
    """Codes are counted by the mail address as well, however it is written, so nobody's mailbox can be filled."""
    for number, email in enumerate(("Someone@Example.org", " someone@example.org")):
        admission.admit_code(SCOPE, party_id=PartyId(f"0{number}"), email=email, address=f"192.0.2.{number}")
    with pytest.raises(RateLimited):
        admission.admit_code(SCOPE, party_id=PartyId("09"), email="someone@example.org", address="192.0.2.9")


def test_one_network_cannot_try_many_addresses(admission: Admission) -> None:
    """Somebody who tries a list of mail addresses is stopped by the network's count."""
    for number in range(4):
        admission.admit_code(SCOPE, party_id=PartyId(f"0{number}"), email=f"{number}@b.example", address="192.0.2.1")
    with pytest.raises(RateLimited):
        admission.admit_code(SCOPE, party_id=PartyId("09"), email="9@b.example", address="192.0.2.1")


def test_size_counts_characters(admission: Admission) -> None:
    """Ten characters pass whatever they weigh in bytes; eleven are too large, and the limit is told."""
    _says(admission, "я" * 9 + "😀")
    with pytest.raises(TooLarge) as refusal:
        _says(admission, "a" * 11)
    assert refusal.value.facts == {"limit": 10}


def test_what_is_too_large_is_not_counted(admission: Admission) -> None:
    """A refused size does not use up the number of messages."""
    for _ in range(5):
        with pytest.raises(TooLarge):
            _says(admission, "a" * 11)
    _says(admission)


def test_nothing_said_is_refused(admission: Admission) -> None:
    """White space alone is not a message."""
    with pytest.raises(Malformed):
        _says(admission, " \u2003\n")


def test_a_mistyped_limit_stops_the_start() -> None:
    """Limits are read when the house is built."""
    with pytest.raises(Misconfigured):
        Admission(
            Limits(codes_per_party="a few"), rates=Rates(FixedClock(datetime(2026, 3, 2, tzinfo=UTC)), secret=b"")
        )


def test_the_same_message_has_the_same_id() -> None:
    """A client's id, for one sender on one channel, always means the same message and no other's."""
    first = message_id_for("webchat", sender="01party", client_message_id="m1")
    assert first == message_id_for("webchat", sender="01party", client_message_id="m1")
    others = {
        message_id_for("api", sender="01party", client_message_id="m1"),
        message_id_for("webchat", sender="02party", client_message_id="m1"),
        message_id_for("webchat", sender="01party", client_message_id="m2"),
    }
    assert len(others) == 3
    assert first not in others
