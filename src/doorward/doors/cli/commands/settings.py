"""`doorward settings`: what is set, and changing what a tenant decides for itself."""

from typing import Any

import msgspec
import rich_click as click

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, print_table, say
from doorward.kit.settings import Leaf, Settings, leaves
from doorward.kit.tenant_settings import TenantSettings


class SettingReport(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as `--json` prints it. The value of a secret is only `set` or `not set`."""

    name: str
    value: Any
    default: Any
    description: str


@click.group()
def command() -> None:
    """Show settings, or change a tenant's.

    Without --tenant it is about the installation, whose settings are read from a file and the environment
    (docs/reference/settings.md says how) and are not changed here.
    """


@command.command("list", epilog=examples("doorward settings list", "doorward settings list --tenant acme"))
@with_tenant
@with_json
@with_settings
def list_settings(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """List all settings with their values; what is not the default is marked."""
    found = _reports(settings, tenant)
    if as_json:
        print_json(found)
        return
    rows = (("*" if it.value != it.default else "", it.name, _words(it.value), it.description) for it in found)
    print_table(("", "name", "value", "meaning"), rows, empty="There are no settings.")


@command.command(epilog=examples("doorward settings get server.port", "doorward settings get languages --tenant acme"))
@click.argument("name")
@with_tenant
@with_json
@with_settings
def get(settings: Settings, *, name: str, tenant: str | None, as_json: bool) -> None:
    """Show one setting's value."""
    for found in _reports(settings, tenant):
        if found.name == name:
            if as_json:
                print_json(found)
            else:
                say(_words(found.value))
            return
    if not tenant and name in {leaf.name for leaf in leaves(TenantSettings)}:
        raise Stop(
            f"Each tenant decides {name} for itself. Say whose you mean: doorward settings get {name} --tenant NAME"
        )
    raise Stop(f"There is no {'tenant ' if tenant else ''}setting '{name}'. `doorward settings list` shows all.")


@command.command(
    epilog=examples(
        "doorward settings set answer_threshold 0.6 --tenant acme",
        'doorward settings set languages \'["en", "de"]\' --tenant acme',
    )
)
@click.argument("name")
@click.argument("value")
@with_tenant
@with_settings
def set(settings: Settings, *, name: str, value: str, tenant: str | None) -> None:  # noqa: A001 - the command's name
    """Change one of a tenant's settings. Texts are written as they are, everything else as JSON."""
    if name in {leaf.name for leaf in leaves(Settings)}:
        file, variable = settings.folder / "doorward.toml", f"DOORWARD_{name.upper().replace('.', '__')}"
        raise Stop(
            f"{name} belongs to the installation. Nothing was changed. Set it in {file} or in the environment as "
            f"{variable}, then start Doorward again.",
            code=Code.USAGE,
        )
    with office(settings) as opened:
        where = opened.tenant(tenant)
        scope, tenants = scope_of(where), opened.identity.tenants
        changed = opened.write(scope, lambda tx: tenants.change_setting(tx, scope, name=name, value=value))
    say(f"{name} of {where.slug} is {_words(getattr(changed, name))} now.")


def _reports(settings: Settings, tenant: str | None) -> list[SettingReport]:
    if tenant is None:
        return [_report(leaf, _value(settings, leaf.name)) for leaf in leaves(Settings)]
    with office(settings, read_only=True) as opened:
        chosen = opened.tenant(tenant).settings
    return [_report(leaf, getattr(chosen, leaf.name)) for leaf in leaves(TenantSettings)]


def _report(leaf: Leaf, value: Any) -> SettingReport:
    default = leaf.default
    if leaf.secret:
        value, default = ("set" if value else "not set"), "not set"
    return SettingReport(name=leaf.name, value=value, default=default, description=leaf.description)


def _value(settings: Settings, name: str) -> Any:
    found: Any = settings
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _words(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
