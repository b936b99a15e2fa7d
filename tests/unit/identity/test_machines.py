"""Which machines a company knows, and which it takes no more."""

from typing import Any

import pytest

from doorward.identity import Standing
from doorward.identity.service import machines as rules
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope
from tests.support.identities import Office, on_one_database
from tests.support.signing import key_from, key_id_of, public_bytes, url64

KEY = key_from(1)
X, KEY_ID = url64(public_bytes(KEY)), key_id_of(KEY)
PLATFORM = "assistants.example"


def _standing(office: Office, platform: str | None = PLATFORM, *, scope: Scope | None = None) -> Standing:
    where, machines = scope or office.scope, office.identity.machines
    return office.read(lambda tx: machines.standing(tx, where, platform=platform, key_id=KEY_ID))


def _set(office: Office, state: Any, host: str = PLATFORM) -> None:
    machines = office.identity.machines
    office.write(lambda tx: machines.set_platform(tx, office.scope, host, state=state))


def _pin(office: Office, host: str = PLATFORM, x: str = X) -> None:
    office.write(lambda tx: office.identity.machines.pin_key(tx, office.scope, host=host, x=x))


def _revoke(office: Office, key_id: str = KEY_ID) -> None:
    office.write(lambda tx: office.identity.machines.revoke_key(tx, office.scope, key_id))


def test_a_stranger_is_neither_known_nor_refused(office: Office) -> None:
    """Of a platform that nobody decided about, nothing is known; without one nobody vouches for the key."""
    assert _standing(office) == Standing(platform=PLATFORM)
    assert _standing(office, None) == Standing(platform=None)


def test_a_platform_is_allowed_refused_and_forgotten(office: Office) -> None:
    """What a company decides about a platform holds for it alone, from the next look on, and is in the audit."""
    machines = office.identity.machines
    _set(office, "allowed", "https://Assistants.Example/")
    assert _standing(office) == Standing(platform=PLATFORM, known=True)
    assert _standing(office, scope=office.other) == Standing(platform=PLATFORM)
    _set(office, "refused")
    assert _standing(office) == Standing(platform=PLATFORM, refused=True)
    [known] = office.read(lambda tx: machines.platforms(tx, office.scope))
    assert (known.platform, known.state) == (PLATFORM, "refused")
    office.write(lambda tx: machines.forget_platform(tx, office.scope, PLATFORM))
    assert _standing(office) == Standing(platform=PLATFORM)
    with pytest.raises(NotFound):
        office.write(lambda tx: machines.forget_platform(tx, office.scope, PLATFORM))
    assert office.actions()[-3:] == [
        "machine_platform.allowed",
        "machine_platform.refused",
        "machine_platform.forgotten",
    ]


def test_a_pinned_key_needs_no_platform(office: Office) -> None:
    """A key that the company keeps is known with its platform or without one, and by no other platform."""
    _pin(office, "printers.halden.example")
    known = Standing(platform="printers.halden.example", pinned=public_bytes(KEY), known=True)
    assert _standing(office, None) == known
    assert _standing(office, "printers.halden.example") == known
    assert _standing(office) == Standing(platform=PLATFORM)
    assert _standing(office, None, scope=office.other) == Standing(platform=None)


def test_a_refused_platform_is_refused_with_its_pinned_keys(office: Office) -> None:
    """Who refuses a platform refuses it whatever keys it once gave."""
    _pin(office)
    _set(office, "refused")
    assert _standing(office).refused
    assert _standing(office, None).refused


def test_a_revoked_key_is_refused_for_good(office: Office) -> None:
    """A stolen key is refused at once, pinned or not, whatever the platform; it cannot be pinned again."""
    machines = office.identity.machines
    _set(office, "allowed")
    _pin(office)
    _revoke(office)
    for platform in (PLATFORM, None, "other.example"):
        assert _standing(office, platform) == Standing(platform=platform, refused=True)
    assert not _standing(office, scope=office.other).refused
    with pytest.raises(Conflict):
        _pin(office)
    _revoke(office)
    [key] = office.read(lambda tx: machines.keys(tx, office.scope))
    assert (key.key_id, key.platform, key.state) == (KEY_ID, PLATFORM, "revoked")
    assert office.actions()[-2:] == ["machine_key.pinned", "machine_key.revoked"]
    _revoke(office, key_id_of(key_from(2)))
    assert len(office.read(lambda tx: machines.keys(tx, office.scope))) == 2


def test_a_machine_is_a_party_that_nobody_is_linked_to(office: Office) -> None:
    """A machine is made once, and never becomes a customer by being linked to one."""
    machine, ayse = PartyId("machine".ljust(26, "0")), office.a_customer()
    parties = office.identity.parties
    for _ in range(2):
        assert office.write(lambda tx: parties.known_machine(tx, office.scope, machine)).kind == "machine"
    assert office.actions().count("party.made") == 2
    with pytest.raises(Conflict):
        office.write(lambda tx: parties.link(tx, office.scope, machine, customer_id=ayse.id))
    assert office.read(lambda tx: parties.recognise(tx, office.scope, machine)).kind == "machine"


@on_one_database
@pytest.mark.parametrize("host", ["", "http://a.example", "a b", "a.example/keys", "u@a.example", "a_b", "a.example\n"])
def test_what_is_no_host_is_refused(office: Office, host: str) -> None:
    """A platform is a host and nothing else."""
    with pytest.raises(Malformed):
        _set(office, "allowed", host)
    with pytest.raises(Malformed):
        _pin(office, host)


@on_one_database
def test_what_is_no_key_is_refused(office: Office) -> None:
    """A key is 32 bytes, written in one way; what is revoked is a thumbprint."""
    for x in ("", "AAAA", X + "=", X[:-1]):
        with pytest.raises(Malformed):
            _pin(office, x=x)
    for key_id in ("", "test-key", KEY_ID + "a"):
        with pytest.raises(Malformed):
            _revoke(office, key_id)


@on_one_database
def test_a_company_keeps_only_so_many(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limits nothing is added, what is there can be changed, and revoking works always."""
    monkeypatch.setattr(rules, "MOST_PLATFORMS", 1)
    monkeypatch.setattr(rules, "MOST_KEYS", 1)
    _set(office, "allowed")
    _set(office, "refused")
    _pin(office)
    _pin(office, "b.example")
    with pytest.raises(Conflict):
        _set(office, "allowed", "b.example")
    with pytest.raises(Conflict):
        _pin(office, x=url64(public_bytes(key_from(2))))
    _revoke(office, key_id_of(key_from(2)))
