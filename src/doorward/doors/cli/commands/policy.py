"""`doorward policy`: the rules that decide, and what others would have decided."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rich_click as click

from doorward.bootstrap import load_plugins
from doorward.decision import HousePolicies
from doorward.decision.service import rules_in_force
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import Office, office, scope_of
from doorward.doors.cli.options import EXISTING_FILE, examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import hint, print_json, print_table, say
from doorward.flow.policies import Policies
from doorward.flow.policy_rehearsal import Came, PolicyRehearsal
from doorward.kit.clock import SystemClock
from doorward.kit.i18n import Translator
from doorward.kit.settings import Settings

LONGEST_FILE = 200_000
MOST_DAYS = 3650


@click.group()
def command() -> None:
    """Show the rules that decide, and rehearse others on what was decided before."""


@contextmanager
def _policies(settings: Settings) -> Iterator[tuple[Office, Policies]]:
    plugins = load_plugins(settings, clock=SystemClock(), kinds=("language", "policy"))
    with office(settings, read_only=True) as opened:
        tenants = {tenant.id: tenant.settings for tenant in opened.tenants()}
        yield (
            opened,
            Policies(
                opened.transactions,
                HousePolicies(plugins.policies),
                settings_of=tenants.__getitem__,
                clock=SystemClock(),
                phrases=Translator(plugins.packs),
            ),
        )


@command.command(epilog=examples("doorward policy show", "doorward policy show --file > rules.toml"))
@click.option("--file", "as_file", is_flag=True, help="Print the rule file itself, with its cases, to begin with.")
@with_tenant
@with_json
@with_settings
def show(settings: Settings, *, as_file: bool, tenant: str | None, as_json: bool) -> None:
    """Show the rules in force, in the order in which they are tried."""
    with _policies(settings) as (opened, policies):
        scope = scope_of(opened.tenant(tenant))
        active = opened.read(lambda tx: rules_in_force(tx, scope))
        book = policies.book_of(active)
        text = active.text if active is not None and active.text else policies.house.text()
    if as_file:
        click.echo(text, nl=False)
        return
    rules = [
        {
            "rule": name,
            "when": "" if rule.when is None else rule.when.text,
            "action": rule.action,
            "reason": rule.reason,
        }
        for name, rule in book.rules
    ]
    if as_json:
        print_json({"number": 0 if active is None else active.number, "rules": rules})
        return
    rows = ((it["rule"].partition("@")[0], it["when"] or "always", it["action"], it["reason"]) for it in rules)
    print_table(("rule", "when", "action", "reason"), rows, empty="There are no rules.")


@command.command(
    epilog=examples(
        "doorward policy rehearse --rules rules.toml",
        "doorward policy rehearse --rules rules.toml --days 90 --tenant halden --json",
    )
)
@click.option("--rules", "file", type=EXISTING_FILE, required=True, metavar="FILE", help="The changed rules.toml.")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=30, show_default=True, help="How far back decisions are asked."
)
@with_tenant
@with_json
@with_settings
def rehearse(settings: Settings, *, file: Path, days: int, tenant: str | None, as_json: bool) -> None:
    """Check a changed rule file, and tell which decisions of the last days would come out otherwise.

    Facts of kept decisions are gone through again under the rules in force and under the file, with the thresholds of
    today. Nothing is changed, nothing is said to anybody, and no text of a customer is read. Conversations are named by
    their ids.
    """
    text = _text_of(file)
    with _policies(settings) as (opened, policies):
        scope = scope_of(opened.tenant(tenant))
        checked = policies.check(text)
        found = opened.read(lambda tx: policies.rehearse(tx, scope, checked, days=days))
    if as_json:
        print_json({"version": checked.file.version, "rehearsal": found})
        return
    _tell(found)


def _text_of(file: Path) -> str:
    if file.stat().st_size > LONGEST_FILE * 4:
        raise Stop("--rules: the file is too long.", code=Code.USAGE)
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Stop("--rules: the file is not UTF-8.", code=Code.USAGE) from None


def _tell(found: PolicyRehearsal) -> None:
    rows = ((_came(it.before), _came(it.after), it.count, " ".join(it.examples)) for it in found.changes)
    print_table(("from", "to", "decisions", "for example"), rows, empty="No decision would change.")
    say(f"{found.changed} of {found.decisions} decisions in {found.conversations} conversations would change.")
    if found.unlike:
        hint(
            f"{found.unlike} of them were decided otherwise at the time than the rules and thresholds of today would; "
            "they are compared as today's rules decide them."
        )
    if not found.complete:
        hint("There were more conversations; the latest ones were gone through.")


def _came(came: Came) -> str:
    return f"{came.action}: {came.reason} ({came.rule})"
