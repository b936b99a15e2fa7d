"""`doorward token`: what programs show at the API."""

import rich_click as click

from doorward.doors.cli.opening import office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, print_table, say
from doorward.identity import PERMISSIONS
from doorward.kit.settings import Settings
from doorward.vocabulary.ids import TokenId


@click.group()
def command() -> None:
    """Make, list and revoke API tokens."""


@command.command(epilog=examples("doorward token add 'CRM import' --may messages:write --may conversations:read"))
@click.argument("name")
@click.option(
    "--may",
    "permissions",
    multiple=True,
    required=True,
    metavar="PERMISSION",
    help=f"What it may do; may be repeated. One of {', '.join(sorted(PERMISSIONS))}, or admin for all.",
)
@with_tenant
@with_json
@with_settings
def add(settings: Settings, *, name: str, permissions: tuple[str, ...], tenant: str | None, as_json: bool) -> None:
    """Make a token for a program. It is shown once; only a hash is kept."""
    with office(settings) as opened:
        scope = scope_of(opened.tenant(tenant))
        made = opened.write(
            scope, lambda tx: opened.identity.tokens.make(tx, scope, name=name, permissions=permissions)
        )
    if as_json:
        print_json({"token": made.token, "secret": made.secret})
        return
    say(f"The token '{made.token.name}' may {', '.join(made.token.permissions)}:")
    say(made.secret)
    say("It is not shown again. Revoke it with: doorward token revoke " + made.token.id)


@command.command("list", epilog=examples("doorward token list", "doorward token list --tenant acme --json"))
@with_tenant
@with_json
@with_settings
def list_tokens(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """List a tenant's tokens, revoked ones too; last use is good to the hour."""
    with office(settings, read_only=True) as opened:
        scope = scope_of(opened.tenant(tenant))
        tokens = opened.read(lambda tx: opened.identity.tokens.all_tokens(tx, scope))
    if as_json:
        print_json(tokens)
        return
    rows = (
        (
            it.id,
            it.name,
            it.permissions,
            f"{it.used_at:%Y-%m-%d}" if it.used_at else "never",
            "revoked" if it.revoked_at else "",
        )
        for it in tokens
    )
    print_table(("id", "name", "may", "last used", "state"), rows, empty="There are no tokens.")


@command.command(epilog=examples("doorward token revoke 01k0000000000000000000000a"))
@click.argument("token_id", metavar="ID")
@with_tenant
@with_settings
def revoke(settings: Settings, *, token_id: str, tenant: str | None) -> None:
    """End a token at once."""
    with office(settings) as opened:
        scope = scope_of(opened.tenant(tenant))
        opened.write(scope, lambda tx: opened.identity.tokens.revoke(tx, scope, TokenId(token_id)))
    say("The token is revoked.")
