"""`doorward webhook`: whom the house tells of what happens."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import rich_click as click

from doorward.doors.cli.opening import Office, office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, print_table, say
from doorward.flow.webhooks import Webhooks, WebhookWork
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.webhooks import EDITABLE, EVENTS, EndpointWish, NewEndpoint

Work = Callable[[Webhooks, Tx, Scope], Outcome[Any]]


@click.group()
def command() -> None:
    """Make, list, change and remove webhooks; look at what was told, and tell it again."""


def _verbs(opened: Office) -> Webhooks:
    return WebhookWork(opened.transactions, keys=opened.keys, settings=opened.settings.webhooks).verbs


def _do(settings: Settings, tenant: str | None, work: Work) -> Any:
    with office(settings) as opened:
        scope, verbs = scope_of(opened.tenant(tenant)), _verbs(opened)
        return opened.write(scope, lambda tx: work(verbs, tx, scope))


@command.command(
    epilog=examples(
        "doorward webhook add https://hooks.example/doorward --name CRM",
        "doorward webhook add https://hooks.example/d --event message.customer --event feedback.given --with-text",
    )
)
@click.argument("url")
@click.option("--name", default="", metavar="NAME", help="What it is for, for people.")
@click.option(
    "--event", "events", multiple=True, metavar="EVENT", help=f"Repeatable, all if none: {', '.join(EVENTS)}."
)
@click.option("--with-text", is_flag=True, help="Send masked texts along.")
@click.option("--mail-to", default="", metavar="ADDRESS", help="Who hears when it is switched off for failing.")
@with_tenant
@with_json
@with_settings
def add(settings: Settings, *, url: str, tenant: str | None, as_json: bool, **rest: Any) -> None:
    """Make a webhook. Its secret is shown once."""
    names = ("name", "with_text", "mail_to")
    wish = EndpointWish(url=url, events=tuple(rest["events"]), **{name: rest[name] for name in names})
    _show_secret(_do(settings, tenant, lambda verbs, tx, scope: verbs.make(tx, scope, wish)), as_json=as_json)


@command.command(epilog=examples("doorward webhook secret 01k0000000000000000000000a"))
@click.argument("webhook_id", metavar="ID")
@with_tenant
@with_json
@with_settings
def secret(settings: Settings, *, webhook_id: str, tenant: str | None, as_json: bool) -> None:
    """Give a webhook a new secret, shown once. For 24 hours the old one signs too."""
    made = _do(settings, tenant, lambda verbs, tx, scope: verbs.endpoints.rotate(tx, scope, webhook_id))
    _show_secret(made, as_json=as_json)


def _show_secret(made: NewEndpoint, *, as_json: bool) -> None:
    if as_json:
        print_json({"webhook": made.endpoint, "secret": made.secret})
        return
    say(f"The webhook {made.endpoint.id} signs with this secret:")
    say(made.secret)
    say("It is not shown again. A new one: doorward webhook secret " + made.endpoint.id)


@command.command("list", epilog=examples("doorward webhook list", "doorward webhook list --json"))
@with_tenant
@with_json
@with_settings
def list_webhooks(settings: Settings, *, tenant: str | None, as_json: bool) -> None:
    """List a tenant's webhooks."""
    with office(settings, read_only=True) as opened:
        scope, verbs = scope_of(opened.tenant(tenant)), _verbs(opened)
        found = opened.read(lambda tx: verbs.endpoints.list_all(tx, scope))
    if as_json:
        print_json(found)
        return
    rows = ((it.id, it.name, it.url, it.events or "all", it.state, _moment(it.failing_since)) for it in found)
    print_table(("id", "name", "url", "events", "state", "failing since"), rows, empty="There are no webhooks.")


@command.command(epilog=examples("doorward webhook log 01k0000000000000000000000a --json"))
@click.argument("webhook_id", metavar="ID")
@with_tenant
@with_json
@with_settings
def log(settings: Settings, *, webhook_id: str, tenant: str | None, as_json: bool) -> None:
    """Show the newest 50 deliveries of a webhook, without any content."""
    with office(settings, read_only=True) as opened:
        scope, verbs = scope_of(opened.tenant(tenant)), _verbs(opened)
        opened.read(lambda tx: verbs.endpoints.find(tx, scope, webhook_id))
        found = opened.read(lambda tx: verbs.deliveries.of_endpoint(tx, scope, webhook_id))
    if as_json:
        print_json(found)
        return
    rows = (
        (it.id, _moment(it.created_at), it.event, it.state, it.attempts, it.status or it.trouble, _moment(it.next_at))
        for it in found
    )
    print_table(("id", "at", "event", "state", "tries", "answer", "next try"), rows, empty="Nothing was told yet.")


@command.command(epilog=examples("doorward webhook replay ID", "doorward webhook replay ID DELIVERY"))
@click.argument("webhook_id", metavar="ID")
@click.argument("delivery_id", metavar="[DELIVERY]", required=False)
@with_tenant
@with_json
@with_settings
def replay(settings: Settings, *, webhook_id: str, delivery_id: str | None, tenant: str | None, as_json: bool) -> None:
    """Tell one delivery once more, or everything that did not arrive."""

    def work(verbs: Webhooks, tx: Tx, scope: Scope) -> Outcome[Any]:
        verbs.endpoints.find(tx, scope, webhook_id)
        if delivery_id is None:
            return verbs.deliveries.replay_failed(tx, scope, webhook_id)
        return verbs.deliveries.replay(tx, scope, delivery_id)

    found = _do(settings, tenant, work)
    count = found if delivery_id is None else 1
    if as_json:
        print_json({"count": count})
    else:
        say(f"{count} are told once more by the running Doorward.")


@command.command(epilog=examples("doorward webhook switch 01k0000000000000000000000a off"))
@click.argument("webhook_id", metavar="ID")
@click.argument("state", type=click.Choice(["on", "off"]))
@with_tenant
@with_json
@with_settings
def switch(
    settings: Settings, *, webhook_id: str, state: Literal["on", "off"], tenant: str | None, as_json: bool
) -> None:
    """Switch a webhook on or off; on again, it is as new."""

    def work(verbs: Webhooks, tx: Tx, scope: Scope) -> Outcome[Any]:
        now = verbs.endpoints.find(tx, scope, webhook_id)
        kept = {name: getattr(now, name) for name in EDITABLE}
        wish = EndpointWish(**kept | {"state": state})
        return verbs.change(tx, scope, webhook_id, wish, edition=now.edition)

    changed = _do(settings, tenant, work)
    if as_json:
        print_json(changed)
    else:
        say(f"The webhook is {state}.")


@command.command(epilog=examples("doorward webhook remove 01k0000000000000000000000a"))
@click.argument("webhook_id", metavar="ID")
@with_tenant
@with_json
@with_settings
def remove(settings: Settings, *, webhook_id: str, tenant: str | None, as_json: bool) -> None:
    """Remove a webhook, its secret and its log."""
    _do(settings, tenant, lambda verbs, tx, scope: verbs.endpoints.remove(tx, scope, webhook_id))
    if as_json:
        print_json({"removed": webhook_id})
    else:
        say("The webhook is removed.")


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"
