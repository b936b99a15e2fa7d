"""Finding the plugins of a kind by looking into their folder, as the house does at its start."""

import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import doorward.plugins

FOLDER = Path(doorward.plugins.__path__[0])


def plugin_names(group: str) -> list[str]:
    """Return the names of all plugins in `plugins/<group>`, in order."""
    return sorted(file.parent.name for file in (FOLDER / group).glob("*/plugin.toml"))


def about(group: str, name: str) -> dict[str, Any]:
    """Return what a plugin's `plugin.toml` says."""
    return tomllib.loads((FOLDER / group / name / "plugin.toml").read_text(encoding="utf-8"))


def build_plugin(group: str, name: str, kit: object = None) -> Any:
    """Return the plugin, built."""
    return import_module(f"doorward.plugins.{group}.{name}.plugin").build(kit)


def build_all(group: str, kit: object = None) -> list[Any]:
    """Return all plugins of a group, built, in order of their names."""
    return [build_plugin(group, name, kit) for name in plugin_names(group)]
