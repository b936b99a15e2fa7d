"""`doorward demo`: everything running, with two made-up companies, in one command."""

import contextlib
import socket
import webbrowser
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Final

import msgspec
import rich_click as click
from rich.console import Console
from rich.panel import Panel

from doorward.bootstrap import House, found_company
from doorward.doors.cli.demo_state import DemoState, begin, write_state
from doorward.doors.cli.demo_traffic import Traffic
from doorward.doors.cli.opening import DEMO_FOLDER
from doorward.doors.cli.options import examples
from doorward.doors.cli.output import hint, progress
from doorward.identity import Tenant
from doorward.kit import logging
from doorward.kit.db import Database
from doorward.kit.db.migrate import migrate
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings, has_screen, load
from doorward.vocabulary.company import Company

WEB: Final = "doorward.doors.web.server"
"""The other door is called by its name: doors do not know each other."""

SHOWN_STAFF: Final = 3

Founded = Sequence[tuple[Tenant, Company]]


@click.command(epilog=examples("doorward demo", "doorward demo --fresh --port 9000 --no-traffic"))
@click.option("--fresh", is_flag=True, help="Forget what earlier demos left in the demo's folder, without asking.")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="Listen here. [default: 8420, or a free one]")
@click.option("--no-traffic", is_flag=True, help="No simulated visitors.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option(
    "--data", default=DEMO_FOLDER, show_default=True, metavar="FOLDER", help="Where the demo keeps its state."
)
def command(*, fresh: bool, port: int | None, no_traffic: bool, no_browser: bool, data: str) -> None:
    """Start everything on SQLite with two made-up companies, and print where to look.

    Ctrl-C stops it cleanly; the next start goes on where it stopped. All of it lies in one folder of the present one
    (--data), which you can simply delete.
    """
    folder = Path(data).absolute()
    state = begin(folder, fresh=fresh)
    settings = load(environment={}, overrides={"data": str(folder), "demo": True, "server.port": _port(port)})
    settings = msgspec.structs.replace(settings, logging=msgspec.structs.replace(settings.logging, level="warning"))
    logging.configure(level=settings.logging.level)
    with progress("opening the house"):
        house = _open(settings)
    try:
        founded = _found(house, state)
        if not state.seeded:
            write_state(folder, DemoState(password=state.password, seeded=True))
        with progress("warming up"):
            house.start()
        running = Demo(folder=folder, password=state.password, founded=founded)
        _serve(house, running, traffic=not no_traffic, browser=not no_browser)
    finally:
        house.close()
    hint("Stopped. The demo's state is kept; the next start goes on from here.")


def _port(wished: int | None) -> int:
    """Return the port to listen on: the one that is wished, else the usual one unless somebody has it."""
    if wished is not None:
        return wished
    usual = Settings().server.port
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((Settings().server.host, usual))
        return usual
    return 0


def _open(settings: Settings) -> House:
    keys = FileKeyStore.create(settings.key_folder)
    database = Database.open(settings.database_url)
    try:
        migrate(database)
        return House(settings, database=database, keys=keys)
    except BaseException:
        database.close()
        raise


def _found(house: House, state: DemoState) -> Founded:
    """Found every demo company, or find those of an earlier start."""
    demos = [plugin.manifest.id for plugin in house.plugins.found if plugin.manifest.quality == "demo"]
    companies = [company for name, company in house.plugins.companies.items() if name in demos]
    companies.sort(key=lambda company: -len(company.languages))
    if state.seeded:
        tenants = {one.slug: one for one in house.transactions.read(house.identity.tenants.all_tenants)}
        return [(tenants[company.id], company) for company in companies if company.id in tenants]
    hint("The first start reads and embeds the companies' knowledge, which takes about half a minute.")
    founded = []
    with progress("founding") as tell:
        for company in companies:

            def heard(what: str, done: int, total: int, name: str = company.branding.name) -> None:
                tell(done, total, doing=f"{name}: {what}")

            founded.append((found_company(house, company, password=state.password, progress=heard), company))
    return founded


def _serve(house: House, demo: "Demo", *, traffic: bool, browser: bool) -> None:
    visitors: list[Traffic] = []

    def ready(url: str) -> None:
        Console(highlight=False).print(demo.greeting(url))
        if traffic:
            keys = [(tenant.widget_key, company) for tenant, company in demo.founded]
            visitors.append(Traffic(url, keys, random=Random()))  # noqa: S311 - who comes next is no secret
            visitors[0].start()
        if browser and has_screen():
            webbrowser.open(url)

    try:
        import_module(WEB).serve(house, ready=ready, sign_ins=demo.sign_ins())
    finally:
        for one in visitors:
            one.stop()


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What a running demo tells whoever started it."""

    folder: Path
    password: str
    founded: Founded

    def sign_ins(self) -> list[tuple[str, str, str]]:
        """Return company, user name and password of everybody on the made-up staff."""
        return [
            (tenant.slug, one.username, self.password) for tenant, company in self.founded for one in company.staff()
        ]

    def greeting(self, url: str) -> Panel:
        """Return where to look and how to sign in."""
        lines = [f"[bold]Doorward runs:[/] {url}", ""]
        lines += [f"Chat as a customer of {tenant.name}:  {url}/demo/{tenant.slug}" for tenant, _ in self.founded]
        lines += [self._portal(url, tenant, company) for tenant, company in self.founded]
        lines += [
            f"Answer as its staff:  {url}/desk/",
            f"Read the mail it sends, sign-in codes too:  {url}/desk/outbox",
            "",
        ]
        for tenant, company in self.founded:
            staff = [f"{one.username} ({one.role})" for one in company.staff()]
            lines.append(f"Sign in to {tenant.slug} as {', '.join([*staff[:SHOWN_STAFF], *staff[SHOWN_STAFF:][-1:]])}")
        lines += [f"with the password [bold]{self.password}[/]", "", f"Its state is in {self.folder}. Ctrl-C stops it."]
        return Panel("\n".join(lines), title="Doorward demo", expand=False)

    def _portal(self, url: str, tenant: Tenant, company: Company) -> str:
        """Return where a company's customers find what is theirs, and with which address one of them signs in."""
        line = f"See what is a customer's own at {tenant.name}:  {url}/my/{tenant.slug}/"
        customer = next(iter(company.customers()), None)
        return line if customer is None else f"{line}  as {customer.email}"
