"""`doorward site`: keys with which a company's own web site vouches for its signed-in users."""

from datetime import timedelta
from pathlib import Path

import rich_click as click

from doorward.doors.cli.opening import office, scope_of
from doorward.doors.cli.options import EXISTING_FILE, examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, print_table, say
from doorward.kit.settings import Settings


@click.group()
def command() -> None:
    """Look after the keys with which a company's own web site vouches for its signed-in users.

    docs/guides/embed-the-chat.md shows what such a site signs.
    """


@command.command(epilog=examples("doorward site secret", "doorward site secret --overlap-hours 24 --tenant acme"))
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 720),
    default=0,
    show_default=True,
    metavar="N",
    help="How long the secrets before it stay good, so that the site can change over.",
)
@with_tenant
@with_json
@with_settings
def secret(settings: Settings, *, overlap_hours: int, tenant: str | None, as_json: bool) -> None:
    """Make a new shared secret (HS256) in place of the ones before it. It is shown once."""
    overlap = timedelta(hours=overlap_hours)
    with office(settings) as opened:
        scope, tokens = scope_of(opened.tenant(tenant)), opened.identity.host_tokens
        made = opened.write(scope, lambda tx: tokens.rotate_host_secret(tx, scope, overlap=overlap))
    if as_json:
        print_json({"key_id": made.key_id, "secret": made.secret})
        return
    say(f"The site signs with this secret (key {made.key_id}):")
    say(made.secret)
    say("It is not shown again.")


@command.command("add-key", epilog=examples("doorward site add-key site-public.pem --tenant acme"))
@click.argument("pem", type=EXISTING_FILE)
@with_tenant
@with_json
@with_settings
def add_key(settings: Settings, *, pem: Path, tenant: str | None, as_json: bool) -> None:
    """Accept tokens signed with the private half of a public key: Ed25519 or P-256, as PEM."""
    text = pem.read_text(encoding="ascii", errors="replace")
    with office(settings) as opened:
        scope, tokens = scope_of(opened.tenant(tenant)), opened.identity.host_tokens
        key = opened.write(scope, lambda tx: tokens.add_public_key(tx, scope, pem=text))
    if as_json:
        print_json(key)
    else:
        say(f"Tokens signed with this {key.algorithm} key are accepted now (key {key.key_id}).")


@command.command(epilog=examples("doorward site keys", "doorward site keys --tenant acme --json"))
@with_tenant
@with_json
@with_settings
def keys(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """List the keys that are good now; secrets are not shown."""
    with office(settings, read_only=True) as opened:
        scope = scope_of(opened.tenant(tenant))
        found = opened.read(lambda tx: opened.identity.host_tokens.host_keys(tx, scope))
    if as_json:
        print_json(found)
        return
    rows = (
        (it.key_id, it.algorithm, f"{it.created_at:%Y-%m-%d}", f"{it.ends_at:%Y-%m-%d %H:%M}" if it.ends_at else "")
        for it in found
    )
    print_table(("id", "kind", "since", "good until (UTC)"), rows, empty="There are no keys.")


@command.command("end-key", epilog=examples("doorward site end-key 01k0000000000000000000000a"))
@click.argument("key_id", metavar="ID")
@with_tenant
@with_settings
def end_key(settings: Settings, *, key_id: str, tenant: str | None) -> None:
    """Accept a key no longer, from now on."""
    with office(settings) as opened:
        scope = scope_of(opened.tenant(tenant))
        opened.write(scope, lambda tx: opened.identity.host_tokens.end_host_key(tx, scope, key_id))
    say("The key is accepted no longer.")
