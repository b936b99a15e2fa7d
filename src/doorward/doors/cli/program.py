"""The `doorward` command and its table of contents. A command's module is imported when it is called."""

from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import Final

import rich_click as click

from doorward import __version__
from doorward.doors.cli.ending import end

COMMANDS: Final = {
    "Begin": ("init", "demo", "serve", "worker"),
    "Look after": (
        "doctor",
        "backup",
        "restore",
        "db",
        "key",
        "audit",
        "settings",
        "plugins",
        "flood",
        "drill",
        "machines",
    ),
    "People and sites": ("tenant", "staff", "token", "site", "webhook", "party"),
    "Work with contacts": ("contact", "screen", "import", "machines"),
    "Teach and judge": ("intents", "knowledge", "policy", "evals"),
    "Extend": ("new",),
}
"""Every command, under the heading that the help shows it."""

EXAMPLES: Final = """\
Exit codes: 0 all went well, 1 a check failed or something was refused, 2 the command was not understood,
3 some input lines were bad, 4 something is not set up as it must be, 5 another process is using the data folder,
6 something is not available right now, 70 a mistake in Doorward, 130 stopped with Ctrl-C.
"""


class Contents(click.RichGroup):
    """A group whose commands live in modules of their own, imported when they are needed."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return [name for names in COMMANDS.values() for name in names]

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import the command's module and return its `command`."""
        if name not in self.list_commands(_context):
            return None
        place = name.replace("-", "_")
        # A module cannot be called as a word of Python is.
        module = import_module(f"doorward.doors.cli.commands.{place}{'_' * iskeyword(place)}")
        command: click.Command = module.command
        command.name = name
        return command


click.rich_click.COMMAND_GROUPS = {
    "doorward": [{"name": heading, "commands": list(names)} for heading, names in COMMANDS.items()]
}
click.rich_click.MAX_WIDTH = 100


@click.command(
    cls=Contents,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": None},
    epilog=EXAMPLES,
)
@click.version_option(__version__, message="Doorward %(version)s")
def doorward() -> None:
    """The secure front door of customer service, on your own machine.

    Try it:            doorward demo

    For real use:      doorward init, then doorward serve

    Each command says more:  doorward contact replay --help
    """


def run(words: Sequence[str] | None = None) -> int:
    """Run the command that `words` (default: the command line) ask for and return the exit code; never raises."""
    try:
        code = doorward.main(args=None if words is None else list(words), prog_name="doorward", standalone_mode=False)
    except BaseException as trouble:  # noqa: BLE001 - this is the edge: whatever happened becomes a sentence
        return end(trouble)
    return code if isinstance(code, int) else 0
