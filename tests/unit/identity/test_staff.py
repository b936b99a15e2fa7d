"""Staff, roles and permissions."""

from typing import get_args

import pytest

from doorward.identity import (
    PERMISSIONS,
    ROLES,
    MemberSeed,
    Permission,
    Principal,
    permits,
    require_permission,
)
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed, NotFound
from doorward.vocabulary.scope import Actor, Role, Scope
from tests.support.identities import Office, on_one_database


def test_a_member_of_staff_is_added_and_found(office: Office) -> None:
    """A user name has one spelling; the audit names the fields that were given."""
    staff, scope = office.identity.staff, office.scope
    seed = MemberSeed(username=" Selin.Kaya ", display_name="Selin Kaya", role="supervisor", languages=("tr", "de"))
    member = office.write(lambda tx: staff.add(tx, scope, seed))
    assert (member.username, member.role, member.languages, member.disabled) == (
        "selin.kaya",
        "supervisor",
        ("tr", "de"),
        False,
    )
    assert office.read(lambda tx: staff.find_by_username(tx, scope, "SELIN.KAYA")) == member
    assert office.read(lambda tx: staff.everybody(tx, scope)) == (member,)
    assert office.audit()[-1] == ("staff.added", member.id, ("username", "display_name", "role", "languages"))


def test_user_names_are_given_once_a_tenant(office: Office) -> None:
    """A user name is taken at its tenant and free at another."""
    seed = MemberSeed(username="selin", display_name="Selin", role="agent")
    office.write(lambda tx: office.identity.staff.add(tx, office.scope, seed))
    with pytest.raises(Conflict):
        office.write(lambda tx: office.identity.staff.add(tx, office.scope, seed))
    office.write(lambda tx: office.identity.staff.add(tx, office.other, seed), office.other)


@on_one_database
@pytest.mark.parametrize(
    ("username", "display_name", "role"),
    [
        ("s", "Selin", "agent"),
        ("selin kaya", "Selin", "agent"),
        ("selin\n", "Sel\nin", "agent"),
        ("сelin", "Selin", "agent"),
        ("selin", "", "agent"),
        ("selin", "S" * 81, "agent"),
        ("selin", "S\u202eelin", "agent"),
        ("selin", "Selin", "owner"),
    ],
)
def test_impossible_staff_is_refused(office: Office, username: str, display_name: str, role: Role) -> None:
    """Look-alike letters, controls, direction tricks and unknown roles are refused."""
    seed = MemberSeed(username=username, display_name=display_name, role=role)
    with pytest.raises(Malformed):
        office.write(lambda tx: office.identity.staff.add(tx, office.scope, seed))


def test_changes_are_audited_by_field(office: Office) -> None:
    """Renaming and a new role say which fields changed; what is the same is no change."""
    staff, scope, staff_id = office.identity.staff, office.scope, office.a_member(password=None)
    before = len(office.audit())
    office.write(lambda tx: staff.rename(tx, scope, staff_id, display_name="Selin", languages=()))
    office.write(lambda tx: staff.change_role(tx, scope, staff_id, role="agent"))
    assert len(office.audit()) == before
    office.write(lambda tx: staff.rename(tx, scope, staff_id, display_name="Selin K.", languages=("tr",)))
    member = office.write(lambda tx: staff.change_role(tx, scope, staff_id, role="security"))
    assert (member.display_name, member.languages, member.role) == ("Selin K.", ("tr",), "security")
    assert office.audit()[before:] == [
        ("staff.changed", staff_id, ("display_name", "languages")),
        ("staff.changed", staff_id, ("role",)),
    ]


def test_the_last_administrator_stays(office: Office) -> None:
    """Somebody can always run the house: the last administrator is neither shut out nor demoted."""
    staff, scope = office.identity.staff, office.scope
    first = office.a_member("first", role="administrator", password=None)
    with pytest.raises(Conflict):
        office.write(lambda tx: staff.disable(tx, scope, first))
    with pytest.raises(Conflict):
        office.write(lambda tx: staff.change_role(tx, scope, first, role="agent"))
    second = office.a_member("second", role="administrator", password=None)
    office.write(lambda tx: staff.disable(tx, scope, first))
    with pytest.raises(Conflict):
        office.write(lambda tx: staff.change_role(tx, scope, second, role="agent"))
    office.write(lambda tx: staff.disable(tx, scope, first, disabled=False))
    office.write(lambda tx: staff.change_role(tx, scope, second, role="agent"))


def test_another_tenants_staff_is_not_found(office: Office) -> None:
    """No verb reaches a member of another tenant's staff."""
    staff, other, staff_id = office.identity.staff, office.other, office.a_member(password=None)
    for verb in (
        lambda: office.read(lambda tx: staff.find(tx, other, staff_id)),
        lambda: office.write(lambda tx: staff.disable(tx, other, staff_id), other),
        lambda: office.write(lambda tx: staff.change_role(tx, other, staff_id, role="agent"), other),
        lambda: office.write(lambda tx: staff.set_password(tx, other, staff_id, password_hash="x"), other),
        lambda: office.write(lambda tx: staff.rename(tx, other, staff_id, display_name="X", languages=()), other),
    ):
        with pytest.raises(NotFound):
            verb()
    assert office.read(lambda tx: staff.find_by_username(tx, other, "selin")) is None
    assert office.read(lambda tx: staff.everybody(tx, other)) == ()


def test_every_role_is_worth_something_and_none_is_everything() -> None:
    """All roles exist and permit what is known, none permits all: what was masked is not the administrator's."""
    assert set(ROLES) == set(get_args(Role))
    for granted in ROLES.values():
        assert frozenset() < granted < PERMISSIONS
    assert not permits("administrator", "originals:read")
    assert permits("agent", "conversations:write")
    assert not any(permits("agent", name) for name in ("staff:write", "settings:write", "audit:read", "tokens:write"))
    assert [role for role in ROLES if permits(role, "audit:read")] == ["security", "privacy", "administrator"]


def test_a_permission_is_had_or_refused(office: Office) -> None:
    """Who lacks a permission is refused with its name."""
    permissions: frozenset[Permission] = frozenset({"articles:read"})
    principal = Principal(
        scope=Scope(tenant_id=office.scope.tenant_id, actor=Actor(kind="machine", id="x")),
        permissions=permissions,
        name="reader",
    )
    require_permission(principal, "articles:read")
    with pytest.raises(NotAllowed, match="articles:write"):
        require_permission(principal, "articles:write")
