"""Tenants."""

from typing import Any

import pytest

from doorward.identity import host_name, new_tenant_id
from doorward.kit.tenant_settings import TenantSettings
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.scope import system_scope
from tests.support.identities import Office, on_one_database


def test_a_tenant_is_found_by_what_names_it(office: Office) -> None:
    """Widget key, host and slug lead to the tenant; the host however a browser writes it."""
    tenants, scope = office.identity.tenants, office.scope
    made = office.read(lambda tx: tenants.tenant(tx, scope))
    assert (made.slug, made.name, made.state, made.settings) == ("halden", "Halden Bank", "active", TenantSettings())
    for found in (
        office.read(lambda tx: tenants.tenant_by_widget_key(tx, made.widget_key)),
        office.read(lambda tx: tenants.tenant_by_host(tx, "CHAT.halden.example:8443")),
        office.read(lambda tx: tenants.tenant_by_slug(tx, "halden")),
    ):
        assert found == made


@pytest.mark.parametrize("name", ["", "wk_" + "0" * 24, "halden.example", "unknown", "a\x00b", "\ud800", "x" * 9999])
def test_what_names_nobody_finds_nobody(office: Office, name: str) -> None:
    """Unknown and impossible keys, hosts and slugs find no tenant, not even a default one."""
    tenants = office.identity.tenants
    assert office.read(lambda tx: tenants.tenant_by_widget_key(tx, name)) is None
    assert office.read(lambda tx: tenants.tenant_by_host(tx, name)) is None
    assert office.read(lambda tx: tenants.tenant_by_slug(tx, name)) is None


def test_a_tenant_that_was_never_made_is_not_found(office: Office) -> None:
    """A scope of a tenant that does not exist leads nowhere."""
    tenants = office.identity.tenants
    with pytest.raises(NotFound):
        office.read(lambda tx: tenants.tenant(tx, system_scope(new_tenant_id(), "test")))


def test_widget_keys_are_each_tenants_own(office: Office) -> None:
    """No two tenants share a widget key, and a key says what it is."""
    keys = {tenant.widget_key for tenant in office.read(office.identity.tenants.all_tenants)}
    assert len(keys) == 2
    assert all(key.startswith("wk_") and len(key) == 27 for key in keys)


def test_a_suspended_tenant_is_closed_to_the_public(office: Office) -> None:
    """Suspended, a tenant is found by no key and no host; the operator still finds it and can have it back."""
    tenants, scope = office.identity.tenants, office.scope
    key = office.read(lambda tx: tenants.tenant(tx, scope)).widget_key
    office.write(lambda tx: tenants.change_state(tx, scope, "suspended"))
    assert office.read(lambda tx: tenants.tenant_by_widget_key(tx, key)) is None
    assert office.read(lambda tx: tenants.tenant_by_host(tx, "chat.halden.example")) is None
    assert office.read(lambda tx: tenants.tenant_by_slug(tx, "halden")) is not None
    office.write(lambda tx: tenants.change_state(tx, scope, "active"))
    assert office.read(lambda tx: tenants.tenant_by_widget_key(tx, key)) is not None


@pytest.mark.parametrize(("slug", "host"), [("halden", "new.example"), ("new", "chat.halden.example")])
def test_names_are_given_once(office: Office, slug: str, host: str) -> None:
    """A taken slug or host refuses the whole tenant: nothing of it stays."""
    scope = system_scope(new_tenant_id(), "test")
    with pytest.raises(Conflict):
        office.write(
            lambda tx: office.identity.tenants.make_tenant(tx, scope, slug=slug, name="New", hosts=(host,)), scope
        )
    assert len(office.read(office.identity.tenants.all_tenants)) == 2


@on_one_database
@pytest.mark.parametrize(
    ("slug", "name", "host"),
    [
        ("", "New", "new.example"),
        ("New", "New", "new.example"),
        ("new/../x", "New", "new.example"),
        ("new\n", "New", "new.example"),
        ("new", " ", "new.example"),
        ("new", "N\x00w", "new.example"),
        ("new", "New", "new example"),
        ("new", "New", ""),
    ],
)
def test_impossible_names_are_refused(office: Office, slug: str, name: str, host: str) -> None:
    """A slug, name or host that could not be one is refused."""
    scope = system_scope(new_tenant_id(), "test")
    with pytest.raises(Malformed):
        office.write(
            lambda tx: office.identity.tenants.make_tenant(tx, scope, slug=slug, name=name, hosts=(host,)), scope
        )


def test_a_setting_is_changed_for_one_tenant_and_audited_by_its_name(office: Office) -> None:
    """A change counts from the next read on, for this tenant alone; the audit says which field, not to what."""
    tenants, scope = office.identity.tenants, office.scope
    office.write(lambda tx: tenants.change_setting(tx, scope, name="greetings", value={"en": "Welcome to Halden"}))
    office.write(lambda tx: tenants.change_setting(tx, scope, name="answer_threshold", value="0.75"))
    settings = office.read(lambda tx: tenants.settings_of(tx, scope))
    assert (settings.greetings, settings.answer_threshold) == ({"en": "Welcome to Halden"}, 0.75)
    assert office.read(lambda tx: tenants.settings_of(tx, office.other)) == TenantSettings()
    assert [fields for action, _, fields in office.audit() if action == "tenant.changed"] == [
        ("settings.greetings",),
        ("settings.answer_threshold",),
    ]


def test_only_what_differs_is_kept(office: Office) -> None:
    """Setting a default value keeps nothing, so that a better default reaches the tenant later."""
    tenants, scope = office.identity.tenants, office.scope
    default = TenantSettings().agent_capacity
    office.write(lambda tx: tenants.change_setting(tx, scope, name="agent_capacity", value=default + 1))
    assert [row.settings for row in office.rows("identity_tenant") if row.slug == "halden"] == [
        {"agent_capacity": default + 1}
    ]
    office.write(lambda tx: tenants.change_setting(tx, scope, name="agent_capacity", value=default))
    assert [row.settings for row in office.rows("identity_tenant") if row.slug == "halden"] == [{}]


@on_one_database
@pytest.mark.parametrize(
    ("name", "value"),
    [("nonsense", 1), ("answer_threshold", 2), ("answer_threshold", "much"), ("accent", "red"), ("languages", "en")],
)
def test_impossible_settings_are_refused(office: Office, name: str, value: Any) -> None:
    """An unknown setting or an impossible value is refused with its name, and nothing changes."""
    tenants, scope = office.identity.tenants, office.scope
    with pytest.raises(Malformed) as refusal:
        office.write(lambda tx: tenants.change_setting(tx, scope, name=name, value=value))
    assert name in refusal.value.detail
    assert office.read(lambda tx: tenants.settings_of(tx, scope)) == TenantSettings()


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Chat.Halden.Example", "chat.halden.example"),
        ("chat.halden.example:443", "chat.halden.example"),
        ("chat.halden.example.", "chat.halden.example"),
        ("[2001:db8::1]:8420", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("127.0.0.1:8420", "127.0.0.1"),
        ("", ""),
    ],
)
def test_a_host_header_is_read_as_a_name(header: str, name: str) -> None:
    """Port, case, brackets and a final dot do not make another host."""
    assert host_name(header) == name
