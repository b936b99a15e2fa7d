"""A scratch house: an installation of its own in a folder of its own, with a company that is there to be tried."""

import secrets
import shutil
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from doorward.bootstrap import Engines, House, found_company, make_engines
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.leaks.machine import new_machine_key, public_x
from doorward.doors.cli.passwords import made_up_password
from doorward.identity import Passwords, Terms, Wish
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database
from doorward.kit.db.migrate import migrate
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings, load, user_cache
from doorward.kit.tx import Tx
from doorward.vocabulary.company import ArticleSeed, Company, CustomerSeed, PastConversation
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Scope, system_scope

_ARTICLES: Final = 5
_CUSTOMERS: Final = 4
_PERMISSIONS: Final = (
    *("messages:write", "conversations:read", "conversations:write", "audit:read", "measure:read"),
    *("webhooks:read", "webhooks:write", "articles:read", "articles:write"),
)


class Excerpt:
    """A company with a few of its articles and customers and without its past: founded in a moment."""

    def __init__(self, company: Company) -> None:
        """Shorten `company`."""
        self._company = company

    def __getattr__(self, name: str) -> Any:
        """Be the company in everything else."""
        return getattr(self._company, name)

    def articles(self) -> Iterable[ArticleSeed]:
        """Yield the first articles."""
        return islice(self._company.articles(), _ARTICLES)

    def customers(self) -> Iterable[CustomerSeed]:
        """Yield the first customers."""
        return islice(self._company.customers(), _CUSTOMERS)

    def history(self) -> Iterable[PastConversation]:
        """Yield nothing."""
        return ()


class Founded(msgspec.Struct, frozen=True, kw_only=True):
    """What callers at the scratch house need to know of it. All of it is made up and ends with it."""

    slug: str
    widget_key: str
    token: str
    site_secret: str
    machine_key: bytes
    device: tuple[str, str]
    password: str
    agents: tuple[str, ...]
    customers: tuple[CustomerSeed, ...]

    def __repr__(self) -> str:
        """Show the company only."""
        return f"<Founded {self.slug}>"


def scratch_settings(folder: Path, address: str, *, limits_storage: str = "") -> Settings:
    """Return the settings of a scratch house: demonstration's mail, opt-in detectors, logs at debug."""
    wanted = {
        "data": str(folder / "data"),
        "storage.database": address,
        "demo": True,
        "protection.experimental": True,
        "logging.level": "debug",
        "limits.storage": limits_storage,
    }
    return load(environment={}, overrides=wanted)


def found(house: House) -> Founded:
    """Install the company that speaks most languages, with all who call there: staff, programs, machines."""
    companies = sorted(house.plugins.companies.values(), key=lambda company: (-len(company.languages), company.id))
    if not companies:
        raise Stop("There is no company plugin to try the house with. Nothing was looked for.", code=Code.MISCONFIGURED)
    company, password = companies[0], made_up_password()
    brief: Any = Excerpt(company)
    tenant = found_company(house, brief, password=password, progress=lambda *_: None)
    _open_core(company, house.settings.folder / "core")
    scope = system_scope(tenant.id, "leaks")
    tokens, sites = house.identity.tokens, house.identity.host_tokens
    made = house.transactions.write(
        scope, lambda tx: tokens.make(tx, scope, name="leak test", permissions=_PERMISSIONS)
    )
    site = house.transactions.write(scope, lambda tx: sites.rotate_host_secret(tx, scope))
    machines, machine_key = house.identity.machines, new_machine_key()
    house.transactions.write(
        scope, lambda tx: machines.pin_key(tx, scope, host="leaks.example", x=public_x(machine_key))
    )
    return Founded(
        slug=tenant.slug,
        widget_key=tenant.widget_key,
        token=made.secret,
        site_secret=site.secret,
        machine_key=machine_key,
        device=_device(house, scope, next(iter(brief.customers())).reference),
        password=password,
        agents=tuple(member.username for member in company.staff()),
        customers=tuple(brief.customers()),
    )


def _device(house: House, scope: Scope, reference: str) -> tuple[str, str]:
    """Return the id and the secret of a new device that may say something for a customer."""
    identity = house.identity

    def work(tx: Tx) -> Outcome[tuple[str, str]]:
        parties, acting = identity.parties, identity.parties.new_visitor(tx, scope).value.id
        parties.link(tx, scope, acting, customer_id=parties.known_customer(tx, scope, reference).value.id)
        parties.raise_assurance(tx, scope, acting, level=AssuranceLevel.VERIFIED, factor="mailed_code")
        grant = identity.require(tx, scope, acting, action="mandate.grant")
        made = identity.devices.register(tx, scope, name="leaks", origin="staff").value
        wish = Wish(name="leaks", terms=Terms(capabilities=("help", "problem.report")))
        identity.mandates.grant(tx, scope, grant, wish=wish, machine=made.device.identity)
        return Outcome((made.device.id, made.secret))

    return house.transactions.write(scope, work)


def _open_core(company: Company, folder: Path) -> None:
    """Make the company's own core system now, so that its made-up people are known before canaries are made."""
    for name in ("", company.id):
        folder /= name
        folder.mkdir(exist_ok=True, mode=0o700)
    company.core_system(folder)


def open_scratch(settings: Settings, shared: Engines | None) -> House:
    """Make keys, tables and folders, and open the house, over engines of its own if there are none to share. It is
    closed before the server has it.
    """
    settings.folder.mkdir(parents=True, mode=0o700)
    keys = FileKeyStore.create(settings.key_folder)
    if shared is None:
        engines = make_engines(settings, clock=SystemClock(), cache_folder=user_cache())
    else:
        engines = msgspec.structs.replace(shared, passwords=Passwords())  # those of the other house are closed
    _warm(settings.folder / "cache")
    database = Database.open(settings.database_url)
    try:
        migrate(database)
        return House(settings, database=database, keys=keys, engines=engines)
    except BaseException:
        database.close()
        raise


def _warm(cache: Path) -> None:
    """Give the scratch house the patterns that were compiled before: it would need half a minute for its own."""
    cache.mkdir(mode=0o700)
    kept = user_cache()
    for file in kept.iterdir() if kept is not None else ():
        if file.is_file():
            shutil.copy(file, cache)


def scratch_name() -> str:
    """Return a name for a scratch database that nobody else has."""
    return f"doorward_leaks_{secrets.token_hex(6)}"
