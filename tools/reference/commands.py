"""The page about the command line."""

import inspect
from collections.abc import Iterator
from itertools import chain

import click

from doorward.doors.cli.ending import MEANINGS
from doorward.doors.cli.program import COMMANDS, doorward


def cli_page() -> str:
    """Every command with its arguments, options and examples."""
    lines = ["# Commands", "", "Written by `python3 run.py docs` from the commands themselves.", ""]
    lines += [
        "`doorward COMMAND --help` says the same. Facts go to standard output, `--json` makes them JSON whose fields"
    ]
    lines += ["are only ever added to; progress and hints go to the error stream.", "", "## Exit codes", ""]
    lines += ["| code | meaning |", "|---|---|"]
    lines += [f"| {code.value} | {meaning} |" for code, meaning in MEANINGS.items()]
    for heading, names in COMMANDS.items():
        lines += ["", f"## {heading}"]
        for name in names:
            context = click.Context(doorward, info_name="doorward")
            command = doorward.get_command(context, name)
            if command is not None:
                lines += chain.from_iterable(sections_of(command, click.Context(command, context, info_name=name)))
    return "\n".join(lines).rstrip() + "\n"


def sections_of(command: click.Command, context: click.Context) -> Iterator[list[str]]:
    """Yield a section for a command, or one for each command of a group."""
    if isinstance(command, click.Group) and command.invoke_without_command:
        yield from own_section(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from sections_of(child, click.Context(child, context, info_name=name))
        return
    yield from own_section(command, context)


def own_section(command: click.Command, context: click.Context) -> Iterator[list[str]]:
    """Yield the section of one command."""
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield ["", f"### {context.command_path}", "", f"`{usage}`", "", inspect.cleandoc(command.help or "")]
    records = [record for parameter in command.params if (record := parameter.get_help_record(context))]
    if records:
        yield ["", *(f"- `{names}`: {words}" for names, words in records)]
    if command.epilog:
        examples = [line.strip() for line in command.epilog.splitlines()[1:] if line.strip()]
        yield ["", "```", *examples, "```"]
