"""`doorward serve`: the web server and all work behind it."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import rich_click as click

from doorward.bootstrap import open_house
from doorward.doors.cli.opening import check_ready
from doorward.doors.cli.options import EXISTING_FILE, examples, settings_from
from doorward.doors.cli.output import hint, progress
from doorward.kit.process import leave_no_core

WEB: Final = "doorward.doors.web.server"
"""The other door is called by its name: doors do not know each other."""


@click.command(
    epilog=examples(
        "doorward serve",
        "doorward serve --host 0.0.0.0 --port 443 --tls-cert chain.pem --tls-key key.pem",
        "doorward serve --behind-proxy --database postgresql://doorward@db/doorward",
    )
)
@click.option("--host", metavar="ADDRESS", help="Address to listen on; anything but loopback needs TLS or a proxy.")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="Port to listen on; 0 takes a free one.")
@click.option("--tls-cert", type=EXISTING_FILE, metavar="FILE", help="Certificate chain in PEM.")
@click.option("--tls-key", type=EXISTING_FILE, metavar="FILE", help="Private key in PEM, if not in the chain's file.")
@click.option("--behind-proxy", is_flag=True, help="A proxy in front speaks TLS and sets X-Forwarded-For and -Proto.")
@click.option("--data", metavar="FOLDER", help="Data folder. [default: doorward-data, or $DOORWARD_DATA]")
@click.option("--config", type=EXISTING_FILE, metavar="FILE", help="Settings file. [default: doorward.toml there]")
@click.option("--database", metavar="URL", help="Database, if not SQLite in the data folder.")
def command(*, config: Path | None, **options: Any) -> None:
    """Serve the web chat, the desk and the API, and walk every message. Ctrl-C stops cleanly."""
    leave_no_core()
    settings = settings_from(config, overrides=_overrides(options))
    check_ready(settings)
    with progress("opening the house"):
        house = open_house(settings)
    try:
        with progress("warming up"):
            house.start()
        serve(house)
    finally:
        house.close()
    hint("Stopped. Everything that was accepted is safe.")


def serve(house: Any) -> None:
    """Call the web door until it is told to stop."""
    import_module(WEB).serve(house, ready=lambda url: hint(f"Doorward listens on {url}. Ctrl-C stops it."))


def _overrides(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the command line's wishes by the names of the settings."""
    places = {
        "data": "data",
        "database": "storage.database",
        "host": "server.host",
        "port": "server.port",
        "tls_cert": "server.tls_cert",
        "tls_key": "server.tls_key",
    }
    wishes = {places[name]: _text(value) for name, value in options.items() if name in places}
    return {**wishes, "server.behind_proxy": options["behind_proxy"] or None}


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value
