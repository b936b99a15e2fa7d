"""`doorward new`: a plugin that works right away and shows what to fill in."""

from pathlib import Path

import rich_click as click

from doorward.doors.cli.options import examples
from doorward.doors.cli.output import hint, say
from doorward.doors.cli.scaffolding import make_plugin, plugin_house
from doorward.kit.plugins import KINDS


@click.command(epilog=examples("doorward new detector tax_number", "doorward new language fr"))
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write FOLDER/<kind folder>/NAME instead of into Doorward's own checkout.",
)
def command(*, kind: str, name: str, into: Path | None) -> None:
    """Make a plugin's folder: description, code, read-me, cases and tests that pass.

    Look for TODO in it. Nothing else has to be changed: a plugin is found by lying in its place.
    """
    made = make_plugin(kind, name, house=into or plugin_house())
    folder = next(file for file in made if file.name == "plugin.toml").parent
    for file in made:
        say(str(file))
    hint("Done. Look for TODO in it." if into else f"Done. Its tests pass: python3 run.py test {folder / 'tests'}")
