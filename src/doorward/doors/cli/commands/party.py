"""`doorward party`: the customers and visitors whom Doorward knows."""

import sys

import rich_click as click

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import print_json, say
from doorward.flow.destroy import Destruction
from doorward.kit.settings import Settings
from doorward.protection import ProtectionService
from doorward.vocabulary.ids import PartyId


@click.group()
def command() -> None:
    """Look after customers' and visitors' data."""


@command.command(
    epilog=examples(
        "doorward party shred 01j9zq4v7m8k2c3d4e5f6g7h8j", "doorward party shred ID --tenant acme --yes --json"
    )
)
@click.argument("party", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_tenant
@with_json
@with_settings
def shred(settings: Settings, *, party: str, yes: bool, tenant: str | None, as_json: bool) -> None:
    """Destroy a customer's key and everything it sealed, for good: nobody can read it again, in no backup either.

    Sealed values, profile, files, sessions, passkeys, the index and the marks of equal values go, also those of the
    visitors that the customer was. Conversations stay, masked. Replace old key backups afterwards: the key is in them.
    """
    with office(settings) as opened:
        scope = scope_of(opened.tenant(tenant))
        destruction = Destruction(
            opened.transactions,
            keys=opened.keys,
            protection=ProtectionService(opened.keys),
            parties=opened.identity.parties,
        )
        if not yes:
            _ask(party)
        shredded = destruction.shred(scope, PartyId(party))
    if as_json:
        print_json(shredded)
        return
    others = len(shredded.parties) - 1
    say(f"Shredded {party}{f' and {others} visitors that it was' if others else ''}: {shredded.rows} rows are gone.")
    say("Make a new key backup now and destroy older ones: the key is still in them.")


def _ask(party: str) -> None:
    if not sys.stdin.isatty():
        raise Stop("There is nobody to ask: say --yes to shred. Nothing was changed.", code=Code.USAGE)
    click.confirm(f"Shred everything that {party} ever sealed? There is no way back.", abort=True, err=True)
