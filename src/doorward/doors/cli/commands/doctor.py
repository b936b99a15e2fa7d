"""`doorward doctor`: what is not as it should be, and what is not encrypted."""

from collections.abc import Sequence
from importlib import import_module
from itertools import groupby
from typing import Any

import rich_click as click
from rich.markup import escape

from doorward.doors.cli.doctor import Diagnosis, State, examine, worst_of
from doorward.doors.cli.ending import Code
from doorward.doors.cli.options import examples, with_json, with_settings
from doorward.doors.cli.output import print_json, progress, words
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings

_MARKS: dict[State, str] = {
    "ok": "[green]ok[/]     ",
    "note": "[cyan]note[/]   ",
    "warning": "[yellow]warning[/]",
    "failed": "[red]FAILED[/] ",
}


class Doctor(click.RichGroup):
    """What the doctor can do besides looking around; the module is imported when it is called."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names."""
        return ["leaks"]

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import the command's module and return its `command`."""
        if name != "leaks":
            return None
        command: click.Command = import_module("doorward.doors.cli.commands.doctor_leaks").command
        command.name = name
        return command


@click.group(
    cls=Doctor,
    invoke_without_command=True,
    epilog=examples("doorward doctor", "doorward doctor --data doorward-demo --json", "doorward doctor leaks"),
)
@with_json
@with_settings
@click.pass_context
def command(context: click.Context, settings: Settings, *, as_json: bool) -> Any:
    """Look at the whole installation and say what is wrong and what to do; changes nothing, works while it runs.

    Names every place where something lies unencrypted. Also looks at access rights, keys, tables, clocks, disk space,
    TLS, mail, plugins and languages. Exit code 1 when something failed.
    """
    if context.invoked_subcommand is not None:
        return None
    with progress("looking") as tell:
        found = []
        for diagnosis in examine(settings, clock=SystemClock()):
            found.append(diagnosis)
            tell(len(found), doing=diagnosis.subject)
    state = worst_of(found)
    if as_json:
        print_json({"state": state, "checks": found})
    else:
        _show(found, state)
    return Code.FAILED if state == "failed" else Code.OK


def _show(found: Sequence[Diagnosis], state: State) -> None:
    console = words()
    for subject, group in groupby(found, key=lambda one: one.subject):
        console.print(f"[bold]{escape(subject.capitalize() if subject != 'TLS' else subject)}[/]")
        for one in group:
            console.print(f"  {_MARKS[one.state]} {escape(one.name)}: {escape(one.detail)}")
    last = {"failed": "Something must be done before this is safe to use.", "warning": "It works; see the warnings."}
    console.print(last.get(state, "All is well."))
