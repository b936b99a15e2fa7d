"""`doorward init`: everything that real use needs, once."""

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import rich_click as click

from doorward.doors.cli.commands.staff import add_member, with_password
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import OPERATOR, Office, office
from doorward.doors.cli.options import examples, with_json, with_settings
from doorward.doors.cli.output import print_json, progress, say
from doorward.doors.cli.passwords import new_password
from doorward.identity import MemberSeed, Tenant, new_tenant_id
from doorward.kit.db import Database
from doorward.kit.db.looking import embedded_file
from doorward.kit.db.migrate import migrate, schema_state
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings
from doorward.vocabulary.scope import Scope


class FirstTenant(msgspec.Struct, frozen=True, kw_only=True):
    """Who the installation is for."""

    name: str
    slug: str
    hosts: tuple[str, ...]
    administrator: str


@click.command(epilog=examples("doorward init", "doorward init --company 'Acme Ltd.' --generate --json"))
@click.option("--company", "name", metavar="NAME", help="What customers read. Asked for when it is not given.")
@click.option("--slug", metavar="SLUG", help="The company's short name: a-z, 0-9 and -. [default: from the name]")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="Host name that means this company; repeatable.")
@click.option("--admin", default="admin", show_default=True, metavar="USER", help="The administrator's user name.")
@with_password
@with_json
@with_settings
def command(
    settings: Settings, *, name: str | None, generate: bool, password_file: Path | None, as_json: bool, **rest: Any
) -> None:
    """Make the data folder, keys, database, first tenant and administrator. Refuses to touch what is there.

    The data folder is open to its owner alone (0700). The administrator's password is shown once if it was made up.
    """
    _refuse_what_is_there(settings)
    name = name or _ask_for_name()
    slug = rest["slug"] or _slug_of(name)
    first = FirstTenant(name=name, slug=slug, hosts=rest["hosts"], administrator=rest["admin"])
    password, made_up = new_password(generate=generate, file=password_file, about=(name, slug, first.administrator))
    with _all_or_nothing(settings), progress("making keys and tables"):
        _make_stores(settings)
        with office(settings) as opened:
            tenant = _make_tenant(opened, first, password=password)
    if as_json:
        shown = {"data": str(settings.folder), "keys": str(settings.key_folder), "tenant": tenant}
        print_json({**shown, "administrator": first.administrator, "password": password if made_up else None})
        return
    say(f"Made {settings.folder} with the keys in {settings.key_folder}.")
    say(f"Company {tenant.name} ({tenant.slug}), widget key {tenant.widget_key}.")
    say(
        f"Administrator {first.administrator}" + (f", password {password} – it is not shown again." if made_up else ".")
    )
    say("Next: doorward backup --keys FILE (without the keys nobody can read a backup), then doorward serve.")


def _refuse_what_is_there(settings: Settings) -> None:
    has_keys = (settings.key_folder / "root.key").exists()
    file = embedded_file(settings.database_url)
    has_data = _has_tables(settings) if file is None else file.exists()
    if has_data and has_keys:
        raise Stop(f"Doorward is set up in {settings.folder} already. Nothing was changed. Next: doorward serve")
    if has_data:
        raise Stop(
            f"There is a database, but no keys in {settings.key_folder}. Nothing was changed: new keys could not open "
            "it. Put the keys back: doorward key restore FILE",
            code=Code.MISCONFIGURED,
        )
    if has_keys:
        raise Stop(
            f"There are keys in {settings.key_folder}, but no database. Nothing was changed. Put the database back "
            "from your backup, or name another folder with --data.",
            code=Code.MISCONFIGURED,
        )


def _has_tables(settings: Settings) -> bool:
    database = Database.open(settings.database_url, read_only=True)
    try:
        return schema_state(database).current is not None
    finally:
        database.close()


def _ask_for_name() -> str:
    if not sys.stdin.isatty():
        raise Stop("There is nobody to ask for the company's name: give it with --company.", code=Code.USAGE)
    return str(click.prompt("The company's name, as customers read it", err=True)).strip()


def _slug_of(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    if len(slug) < 2:
        raise Stop("Give the company a short name of a-z, 0-9 and - with --slug.", code=Code.USAGE)
    return slug


@contextmanager
def _all_or_nothing(settings: Settings) -> Iterator[None]:
    """Remove what was made here when the work fails, so that it can be tried again."""
    folders = [folder for folder in (settings.folder, settings.key_folder) if not folder.exists()]
    try:
        yield
    except BaseException:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        file = embedded_file(settings.database_url)
        for made in file.parent.glob(f"{file.name}*") if file is not None else ():
            made.unlink(missing_ok=True)
        raise


def _make_stores(settings: Settings) -> None:
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.folder.chmod(0o700)
    FileKeyStore.create(settings.key_folder).close()
    database = Database.open(settings.database_url)
    try:
        migrate(database)
    finally:
        database.close()


def _make_tenant(opened: Office, first: FirstTenant, *, password: str) -> Tenant:
    scope = Scope(tenant_id=new_tenant_id(), actor=OPERATOR)
    tenants = opened.identity.tenants
    tenant = opened.write(
        scope, lambda tx: tenants.make_tenant(tx, scope, slug=first.slug, name=first.name, hosts=first.hosts)
    )
    who = MemberSeed(username=first.administrator, display_name=first.administrator, role="administrator")
    add_member(opened, tenant, who, password=password)
    return tenant
