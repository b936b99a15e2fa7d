"""`doorward staff`: the people who work at the desk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from doorward.doors.cli.ending import Stop
from doorward.doors.cli.opening import Office, office, scope_of
from doorward.doors.cli.options import EXISTING_FILE, examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, print_table, say
from doorward.doors.cli.passwords import new_password
from doorward.identity import ROLES, Member, MemberSeed, Tenant
from doorward.kit.settings import Settings

Decorated = Callable[..., Any]


def with_password(command: Decorated) -> Decorated:
    """Give a command `--generate` and `--password-file`."""
    command = click.option(
        "--password-file", type=EXISTING_FILE, metavar="FILE", help="Read the password from here instead of asking."
    )(command)
    return click.option("--generate", is_flag=True, help="Make a password up and show it once.")(command)


@click.group()
def command() -> None:
    """Add, change and shut out members of staff."""


@command.command(epilog=examples("doorward staff add mira --name 'Mira Castellan' --role agent --generate"))
@click.argument("username")
@click.option("--name", "display_name", help="What customers read. [default: the user name]")
@click.option("--role", type=click.Choice(list(ROLES)), default="agent", show_default=True, help="What they may do.")
@click.option("--language", "languages", multiple=True, metavar="CODE", help="A language they speak; may be repeated.")
@with_password
@with_tenant
@with_json
@with_settings
def add(
    settings: Settings, *, username: str, tenant: str | None, generate: bool, password_file: Path | None, **about: Any
) -> None:
    """Add a member of staff, who can sign in at once."""
    seed = MemberSeed(
        username=username,
        display_name=about["display_name"] or username,
        role=about["role"],
        languages=about["languages"],
    )
    names = (seed.username, seed.display_name)
    with office(settings) as opened:
        where = opened.tenant(tenant)
        password, made_up = new_password(generate=generate, file=password_file, about=names)
        member = add_member(opened, where, seed, password=password)
    if about["as_json"]:
        print_json({"staff": member, "password": password if made_up else None})
        return
    say(f"Added {member.username} to {where.name} as {member.role}.")
    if made_up:
        say(f"The password is {password} – it is not shown again.")


def add_member(opened: Office, tenant: Tenant, seed: MemberSeed, *, password: str) -> Member:
    """Add somebody to a tenant's staff with a password. Raises `Malformed`, `Conflict`."""
    scope, staff = scope_of(tenant), opened.identity.staff
    password_hash = opened.identity.passwords.hash(password)
    member = opened.write(scope, lambda tx: staff.add(tx, scope, seed))
    opened.write(scope, lambda tx: staff.set_password(tx, scope, member.id, password_hash=password_hash))
    return member


@command.command("list", epilog=examples("doorward staff list", "doorward staff list --tenant acme --json"))
@with_tenant
@with_json
@with_settings
def list_staff(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """List a tenant's staff."""
    with office(settings, read_only=True) as opened:
        scope = scope_of(opened.tenant(tenant))
        members = opened.read(lambda tx: opened.identity.staff.everybody(tx, scope))
    if as_json:
        print_json(members)
        return
    rows = (
        (it.username, it.display_name, it.role, it.languages, "shut out" if it.disabled else "", it.id)
        for it in members
    )
    print_table(("user name", "name", "role", "languages", "state", "id"), rows, empty="There is no staff yet.")


@command.command(epilog=examples("doorward staff disable mira", "doorward staff disable mira --undo"))
@click.argument("username")
@click.option("--undo", is_flag=True, help="Let them in again.")
@with_tenant
@with_settings
def disable(settings: Settings, *, username: str, tenant: str | None, undo: bool) -> None:
    """Shut a member of staff out at once: their sessions end. What they did stays in the record."""
    with office(settings) as opened:
        where = opened.tenant(tenant)
        member, scope = _member(opened, where, username), scope_of(where)
        opened.write(scope, lambda tx: opened.identity.staff.disable(tx, scope, member.id, disabled=not undo))
    say(f"{member.username} can sign in again." if undo else f"{member.username} is shut out; all sessions ended.")


@command.command(epilog=examples("doorward staff password mira --generate"))
@click.argument("username")
@with_password
@with_tenant
@with_settings
def password(
    settings: Settings, *, username: str, tenant: str | None, generate: bool, password_file: Path | None
) -> None:
    """Set a member's password and end their sessions. The way back in for an owner who forgot theirs."""
    with office(settings) as opened:
        where = opened.tenant(tenant)
        member, scope = _member(opened, where, username), scope_of(where)
        names = (member.username, member.display_name)
        words, made_up = new_password(generate=generate, file=password_file, about=names)
        password_hash = opened.identity.passwords.hash(words)
        opened.write(
            scope, lambda tx: opened.identity.staff.set_password(tx, scope, member.id, password_hash=password_hash)
        )
    say(f"The password of {member.username} is changed; all sessions ended.")
    if made_up:
        say(f"The password is {words} – it is not shown again.")


@command.command(epilog=examples("doorward staff role mira supervisor"))
@click.argument("username")
@click.argument("role", type=click.Choice(list(ROLES)))
@with_tenant
@with_settings
def role(settings: Settings, *, username: str, role: Any, tenant: str | None) -> None:
    """Change what a member of staff may do, from their next click on (docs/reference/permissions.md)."""
    with office(settings) as opened:
        where = opened.tenant(tenant)
        member, scope = _member(opened, where, username), scope_of(where)
        opened.write(scope, lambda tx: opened.identity.staff.change_role(tx, scope, member.id, role=role))
    say(f"{member.username} is {role} now.")


def _member(opened: Office, tenant: Tenant, username: str) -> Member:
    scope = scope_of(tenant)
    member = opened.read(lambda tx: opened.identity.staff.find_by_username(tx, scope, username))
    if member is None:
        raise Stop(f"There is no '{username}' on the staff of {tenant.slug}. Nothing was changed.")
    return member
