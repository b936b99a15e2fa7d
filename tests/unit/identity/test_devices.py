"""Devices share a secret with one company; it is shown once, kept sealed, replaced in two steps and revoked at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from doorward.identity import NewDevice
from doorward.identity.service import devices as rules
from doorward.identity.tables import device_table
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from tests.support.identities import Office, on_one_database

DAY = timedelta(days=1)


def _register(office: Office, name: str = "Printer 7") -> NewDevice:
    devices = office.identity.devices
    return office.write(lambda tx: devices.register(tx, office.scope, name=name, origin="staff"))


def _rotate(office: Office, device_id: str, *, overlap: timedelta = DAY) -> NewDevice:
    devices = office.identity.devices
    return office.write(lambda tx: devices.rotate(tx, office.scope, device_id, overlap=overlap))


def _secrets(office: Office, device_id: str, scope: Any = None) -> tuple[bytes, ...]:
    return office.read(lambda tx: office.identity.devices.secrets_of(tx, scope or office.scope, device_id))


def test_a_secret_is_kept_sealed_and_is_one_company_s(office: Office) -> None:
    """The database has no secret in clear, the repr neither; another company does not know the device."""
    made = _register(office, "  Printer   7 ")
    assert made.secret.startswith("dwd_")
    assert made.secret not in repr(made)
    assert made.device.name == "Printer 7"
    assert _secrets(office, made.device.id) == (made.secret.encode(),)
    assert _secrets(office, made.device.id, office.other) == ()
    [row] = office.read(lambda tx: tx.execute(select(device_table)).all())
    assert made.secret.encode() not in bytes(row.sealed_secret)
    assert office.actions()[-1] == "device.registered"
    with pytest.raises(NotFound):
        office.read(lambda tx: office.identity.devices.find(tx, office.other, made.device.id))


def test_two_secrets_are_good_while_one_takes_the_other_s_place(office: Office) -> None:
    """The old secret ends with its overlap; a third one ends the first at once; without an overlap it ends now."""
    first = _register(office)
    device_id = first.device.id
    second = _rotate(office, device_id)
    assert second.device.before_until == office.clock.now() + DAY
    assert _secrets(office, device_id) == (second.secret.encode(), first.secret.encode())
    third = _rotate(office, device_id)
    assert _secrets(office, device_id) == (third.secret.encode(), second.secret.encode())
    office.clock.advance(DAY)
    assert _secrets(office, device_id) == (third.secret.encode(),)
    assert office.read(lambda tx: office.identity.devices.find(tx, office.scope, device_id)).before_until is None
    last = _rotate(office, device_id, overlap=timedelta(0))
    assert _secrets(office, device_id) == (last.secret.encode(),)
    with pytest.raises(Malformed):
        _rotate(office, device_id, overlap=timedelta(days=31))


def test_a_revoked_device_has_no_secret_any_more(office: Office) -> None:
    """Revoking is at once and for good, once in the audit, and no new secret is made."""
    made = _register(office)
    _rotate(office, made.device.id)
    for _ in range(2):
        gone = office.write(lambda tx: office.identity.devices.revoke(tx, office.scope, made.device.id))
    assert (gone.state, gone.before_until) == ("revoked", None)
    assert _secrets(office, made.device.id) == ()
    [row] = office.read(lambda tx: tx.execute(select(device_table)).all())
    assert (row.sealed_secret, row.sealed_before) == (None, None)
    assert office.actions()[-3:] == ["device.registered", "device.secret_made", "device.revoked"]
    with pytest.raises(Conflict):
        _rotate(office, made.device.id)
    with pytest.raises(NotFound):
        office.write(lambda tx: office.identity.devices.revoke(tx, office.other, made.device.id))


def test_devices_are_listed_in_pages(office: Office) -> None:
    """Behind a device come those that came later, of this company alone."""
    made = [_register(office, f"Printer {number}").device.id for number in range(3)]
    devices = office.identity.devices
    listed = office.read(lambda tx: devices.devices(tx, office.scope, after=min(made), limit=2))
    assert [one.id for one in listed] == sorted(made)[1:]
    assert office.read(lambda tx: devices.devices(tx, office.other)) == ()


@on_one_database
@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\u200bb"])
def test_a_name_that_cannot_be_is_refused(office: Office, name: str) -> None:
    """Staff call a device something that can be read."""
    with pytest.raises(Malformed):
        _register(office, name)


@on_one_database
def test_there_are_only_so_many(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit holds for those that are not revoked."""
    monkeypatch.setattr(rules, "MOST_DEVICES", 1)
    made = _register(office)
    with pytest.raises(Conflict):
        _register(office)
    office.write(lambda tx: office.identity.devices.revoke(tx, office.scope, made.device.id))
    _register(office)
