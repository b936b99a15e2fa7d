"""`doorward plugins`: what this installation is made of."""

import msgspec
import rich_click as click

from doorward.doors.cli.options import examples, with_json
from doorward.doors.cli.output import print_json, print_table
from doorward.kit.plugins import KINDS, FoundPlugin, discover_all


class PluginReport(msgspec.Struct, frozen=True, kw_only=True):
    """One plugin as `--json` prints it; `missing` are required Python packages that are not installed."""

    kind: str
    id: str
    version: str
    quality: str
    summary: str
    languages: tuple[str, ...]
    missing: tuple[str, ...]
    package: str


@click.command(epilog=examples("doorward plugins", "doorward plugins --kind channel --json"))
@click.option("--kind", type=click.Choice(list(KINDS)), help="Only plugins of this kind.")
@with_json
def command(*, kind: str | None, as_json: bool) -> None:
    """List the plugins that were found: channels, detectors, policies, languages, connectors, models, companies.

    Nothing is started. Whether they work right now is what `doorward doctor` asks them.
    """
    found = tuple(_report(plugin) for plugin in discover_all() if kind in {None, plugin.manifest.kind})
    if as_json:
        print_json(found)
        return
    rows = (
        (it.kind, it.id, it.quality, f"needs {', '.join(it.missing)}" if it.missing else "", it.summary) for it in found
    )
    print_table(("kind", "id", "quality", "missing", "what it does"), rows, empty="There are no such plugins.")


def _report(plugin: FoundPlugin) -> PluginReport:
    manifest = plugin.manifest
    return PluginReport(
        kind=manifest.kind,
        id=manifest.id,
        version=manifest.version,
        quality=manifest.quality,
        summary=manifest.summary,
        languages=manifest.languages,
        missing=plugin.missing,
        package=plugin.package,
    )
