"""`doorward tenant`: the companies that have a front door here."""

import rich_click as click

from doorward.doors.cli.opening import OPERATOR, office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings
from doorward.doors.cli.output import print_json, print_table, say
from doorward.identity import Tenant, new_tenant_id
from doorward.kit.settings import Settings
from doorward.vocabulary.scope import Scope


@click.group()
def command() -> None:
    """Add, show and suspend tenants: companies that have their front door here, unseen by each other."""


@command.command(epilog=examples("doorward tenant add acme 'Acme Ltd.' --host chat.acme.example"))
@click.argument("slug")
@click.argument("name")
@click.option(
    "--host", "hosts", multiple=True, metavar="HOST", help="Host name that means this tenant; may be repeated."
)
@with_json
@with_settings
def add(settings: Settings, *, slug: str, name: str, hosts: tuple[str, ...], as_json: bool) -> None:
    """Add a tenant, with its keys and a widget key for its web site. SLUG is its short name, NAME what people read."""
    with office(settings) as opened:
        scope = Scope(tenant_id=new_tenant_id(), actor=OPERATOR)
        tenants = opened.identity.tenants
        made = opened.write(scope, lambda tx: tenants.make_tenant(tx, scope, slug=slug, name=name, hosts=hosts))
    if as_json:
        print_json(made)
    else:
        say(f"Added {made.name} as '{made.slug}'. Its widget key is {made.widget_key}.")
        say(f"Next: doorward staff add NAME --role administrator --tenant {made.slug}")


@command.command("list", epilog=examples("doorward tenant list", "doorward tenant list --json"))
@with_json
@with_settings
def list_tenants(settings: Settings, *, as_json: bool) -> None:
    """List all tenants."""
    with office(settings, read_only=True) as opened:
        tenants = opened.tenants()
    if as_json:
        print_json(tenants)
        return
    rows = ((it.slug, it.name, it.state, it.widget_key, f"{it.created_at:%Y-%m-%d}") for it in tenants)
    print_table(("slug", "name", "state", "widget key", "since"), rows, empty="There are no tenants.")


@command.command(epilog=examples("doorward tenant show acme"))
@click.argument("slug")
@with_json
@with_settings
def show(settings: Settings, *, slug: str, as_json: bool) -> None:
    """Show one tenant: its hosts, its widget key, and how many settings it changed."""
    with office(settings, read_only=True) as opened:
        tenant = opened.tenant(slug)
        hosts = opened.read(lambda tx: opened.identity.tenants.hosts(tx, scope_of(tenant)))
    _show(tenant, hosts, as_json=as_json)


@command.command("add-host", epilog=examples("doorward tenant add-host acme chat.acme.example"))
@click.argument("slug")
@click.argument("host")
@with_settings
def add_host(settings: Settings, *, slug: str, host: str) -> None:
    """Have requests to a host name mean this tenant."""
    with office(settings) as opened:
        scope = scope_of(opened.tenant(slug))
        opened.write(scope, lambda tx: opened.identity.tenants.add_host(tx, scope, host))
    say(f"{host} means {slug} now.")


@command.command(epilog=examples("doorward tenant suspend acme", "doorward tenant suspend acme --undo"))
@click.argument("slug")
@click.option("--undo", is_flag=True, help="Have it back.")
@with_settings
def suspend(settings: Settings, *, slug: str, undo: bool) -> None:
    """Shut a tenant's front door: it is found by no host, widget key, session or token. Nothing is deleted."""
    with office(settings) as opened:
        scope, tenants = scope_of(opened.tenant(slug)), opened.identity.tenants
        opened.write(scope, lambda tx: tenants.change_state(tx, scope, "active" if undo else "suspended"))
    say(f"{slug} is back." if undo else f"{slug} is suspended.")


def _show(tenant: Tenant, hosts: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"tenant": tenant, "hosts": hosts})
        return
    say(f"{tenant.name} ({tenant.slug}), {tenant.state} since {tenant.created_at:%Y-%m-%d}")
    say(f"hosts:      {', '.join(hosts) or 'none'}")
    say(f"widget key: {tenant.widget_key}")
    say(f"languages:  {', '.join(tenant.settings.languages)}")
