"""Options that many commands share, and the settings that follow from them."""

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from doorward.kit import logging
from doorward.kit.settings import load

F = TypeVar("F", bound=Callable[..., Any])

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def with_settings(command: F) -> Callable[..., Any]:
    """Give a command `--data`, `--config` and `--database`, and hand it the `settings` that follow from them."""

    def wrapped(*arguments: Any, data: str | None, config: Path | None, database: str | None, **rest: Any) -> Any:
        settings = load(file=config, overrides={"data": data, "storage.database": database})
        logging.configure(level=settings.logging.level)
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


def with_json(command: F) -> F:
    """Give a command `--json`, handed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")(command)


def examples(*lines: str) -> str:
    """Return an epilogue that shows how a command is used."""
    return "Examples:\n\n" + "\n\n".join(f"  {line}" for line in lines)
