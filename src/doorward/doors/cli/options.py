"""Options that many commands share, and the settings that follow from them."""

from collections.abc import Callable, Mapping
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from doorward.kit import logging
from doorward.kit.settings import Settings, load

F = TypeVar("F", bound=Callable[..., Any])

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def with_settings(command: F) -> Callable[..., Any]:
    """Give a command `--data`, `--config` and `--database`, and hand it the `settings` that follow from them."""

    def wrapped(*arguments: Any, data: str | None, config: Path | None, database: str | None, **rest: Any) -> Any:
        settings = settings_from(config, overrides={"data": data, "storage.database": database})
        return command(*arguments, settings=settings, **rest)

    update_wrapper(wrapped, command)
    options = (
        click.option("--data", metavar="FOLDER", help="Data folder. [default: doorward-data, or $DOORWARD_DATA]"),
        click.option(
            "--config", type=EXISTING_FILE, metavar="FILE", help="Settings file. [default: doorward.toml there]"
        ),
        click.option("--database", metavar="URL", help="Database, if not SQLite in the data folder."),
    )
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


def with_config(command: F) -> Callable[..., Any]:
    """Give a command that works on files alone `--config`, and hand it the `settings` that follow from it."""

    def wrapped(*arguments: Any, config: Path | None, **rest: Any) -> Any:
        return command(*arguments, settings=settings_from(config, overrides={}), **rest)

    update_wrapper(wrapped, command)
    option = click.option("--config", type=EXISTING_FILE, metavar="FILE", help="Settings file. [default: none]")
    return option(wrapped)


def settings_from(file: Path | None, *, overrides: Mapping[str, Any]) -> Settings:
    """Load the settings and set up logs by them. Raises `SettingsInvalid`."""
    settings = load(file=file, overrides=overrides)
    logging.configure(level=settings.logging.level)
    return settings


def with_json(command: F) -> F:
    """Give a command `--json`, handed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")(command)


def with_tenant(command: F) -> F:
    """Give a command `--tenant`; without it, the only tenant there is."""
    return click.option("--tenant", metavar="SLUG", help="Which tenant. [default: the only one]")(command)


def examples(*lines: str) -> str:
    """Return an epilogue that shows how a command is used."""
    return "Examples:\n\n" + "\n\n".join(f"  {line}" for line in lines)
