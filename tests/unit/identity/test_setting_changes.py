"""The history of settings: every change with both values, undo, and nobody overwritten unseen."""

import pytest

from doorward.identity import SettingChange
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from tests.support.identities import Office


def changes(office: Office) -> tuple[SettingChange, ...]:
    """Return the history, the newest first."""
    return office.read(lambda tx: office.identity.tenants.setting_changes(tx, office.scope))


def revision(office: Office) -> int:
    """Return the tenant's revision."""
    return office.read(lambda tx: office.identity.tenants.tenant(tx, office.scope)).revision


def test_a_change_is_kept_with_both_values_and_undone(office: Office) -> None:
    """The history has old and new; undo sets the old one back, once, as a change of its own."""
    tenants = office.identity.tenants
    values = {"hours": {"mon": ["09:00-17:00"]}, "agent_capacity": 4}
    office.write(lambda tx: tenants.change_settings(tx, office.scope, values, expected=revision(office)))
    (change,) = changes(office)  # the capacity was 4 before: no trace
    assert (change.name, change.before, change.after) == ("hours", {}, {"mon": ["09:00-17:00"]})
    office.write(lambda tx: tenants.undo_setting(tx, office.scope, change.id))
    assert office.read(lambda tx: tenants.settings_of(tx, office.scope)).hours == {}
    assert changes(office)[0].undoes == change.id
    with pytest.raises(Conflict):
        office.write(lambda tx: tenants.undo_setting(tx, office.scope, change.id))


def test_all_or_nothing_and_only_from_what_was_seen(office: Office) -> None:
    """One impossible value keeps all out; a decision on an older state is refused; others see nothing."""
    tenants, before = office.identity.tenants, revision(office)
    with pytest.raises(Malformed):
        office.write(
            lambda tx: tenants.change_settings(
                tx, office.scope, {"service_minutes": 9, "time_zone": "Mars/X"}, expected=before
            )
        )
    assert (changes(office), revision(office)) == ((), before)
    office.write(lambda tx: tenants.change_setting(tx, office.scope, name="service_minutes", value=9))
    with pytest.raises(Conflict):
        office.write(lambda tx: tenants.change_settings(tx, office.scope, {"service_minutes": 8}, expected=before))
    (change,) = changes(office)
    with pytest.raises(NotFound):
        office.write(lambda tx: tenants.undo_setting(tx, office.other, change.id), office.other)
    assert office.read(lambda tx: tenants.setting_changes(tx, office.other)) == ()
