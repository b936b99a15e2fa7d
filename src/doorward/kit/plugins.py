"""Finding plugins: folders below the house's own plugin package, and entry points of other wheels.

`plugin.toml` is read before anything is imported; a folder that lacks one, or whose id is not its name, is refused with
a sentence. Other wheels offer a folder by an entry point in the group `doorward.<kind folder>` that names a package.
"""

import importlib
import importlib.metadata
import importlib.util
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, cast

import msgspec

KINDS: Final[Mapping[str, str]] = {
    "channel": "channels",
    "detector": "detectors",
    "policy": "policies",
    "language": "languages",
    "procedure": "procedures",
    "connector": "connectors",
    "model": "models",
    "company": "companies",
}
"""Kind of plugin to the folder that holds its plugins."""

Quality = Literal["experimental", "beta", "stable", "demo"]


class PluginBroken(Exception):
    """A plugin folder is not as it should be; the sentence names the folder and what is wrong."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A `plugin.toml`. `requires` names Python packages, `languages` the languages that the plugin knows."""

    id: str
    kind: str
    quality: Quality
    summary: str
    version: str = "1"
    requires: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    opt_in: bool = False


class FoundPlugin(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin that was found, not yet imported."""

    manifest: Manifest
    package: str
    folder: Path

    def build(self, kit: object) -> Any:
        """Import the plugin and return what its `build(kit)` makes. Raises `PluginBroken` when it has none."""
        module = importlib.import_module(f"{self.package}.plugin")
        build = getattr(module, "build", None)
        if build is None:
            raise PluginBroken(f"{self.package}: plugin.py has no build(kit)")
        return build(kit)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the required Python packages that are not installed."""
        return tuple(name for name in self.manifest.requires if importlib.util.find_spec(name) is None)


def discover(kind: str, *, house: str = "doorward.plugins") -> tuple[FoundPlugin, ...]:
    """Return the plugins of a kind, in order of their ids. Raises `PluginBroken`."""
    folder_name = KINDS[kind]
    packages = [f"{house}.{folder_name}.{folder.name}" for folder in _folders(f"{house}.{folder_name}")]
    packages += [point.value for point in importlib.metadata.entry_points(group=f"doorward.{folder_name}")]
    found = [_read(kind, package) for package in packages]
    if len({plugin.manifest.id for plugin in found}) != len(found):
        raise PluginBroken(f"two {kind} plugins have the same id")
    return tuple(sorted(found, key=lambda plugin: plugin.manifest.id))


def discover_all(*, house: str = "doorward.plugins") -> tuple[FoundPlugin, ...]:
    """Return the plugins of every kind."""
    return tuple(plugin for kind in KINDS for plugin in discover(kind, house=house))


def _folders(package: str) -> Iterable[Path]:
    if importlib.util.find_spec(package) is None:
        return ()
    path = Path(cast("str", importlib.import_module(package).__file__)).parent
    # A folder without plugin.toml is nothing yet: what is left of a removed plugin, or a cache.
    return sorted(folder for folder in path.iterdir() if (folder / "plugin.toml").exists())


def _read(kind: str, package: str) -> FoundPlugin:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise PluginBroken(f"{package}: not a package (is __init__.py missing?)")
    folder = Path(next(iter(spec.submodule_search_locations)))
    try:
        manifest = msgspec.convert(tomllib.loads((folder / "plugin.toml").read_text("utf-8")), Manifest)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PluginBroken(f"{package}: plugin.toml: {error}") from error
    if manifest.kind != kind:
        raise PluginBroken(f"{package}: is a {manifest.kind}, but lies among the {KINDS[kind]}")
    if manifest.id != package.rpartition(".")[2]:
        raise PluginBroken(f"{package}: its id is '{manifest.id}', not its folder's name")
    return FoundPlugin(manifest=manifest, package=package, folder=folder)
