"""A house for trying messages out: throw-away unless a database is named."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from doorward.bootstrap import House
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import require_current_tables
from doorward.doors.cli.output import hint, progress
from doorward.flow.accept import FrontDoor
from doorward.flow.replay import Replay, ReplayRooms
from doorward.identity import Tenant, new_tenant_id
from doorward.kit.db import Database
from doorward.kit.db.migrate import migrate, schema_state
from doorward.kit.keys import FileKeyStore, KeyStore, MemoryKeyStore
from doorward.kit.settings import Settings, user_cache
from doorward.vocabulary.scope import Scope, system_scope

COMPANY: Final = "halden"
"""Whose knowledge a throw-away house answers from."""


@contextmanager
def trial(settings: Settings, *, own_database: bool, tenant: str | None) -> Iterator[Replay]:
    """Open a house and yield a replay into it; what was made for it is removed at the end.

    With `own_database` the settings' database is used: as an installation's if its keys are there, else in a new tenant
    whose keys are kept in memory alone.
    """
    with ExitStack() as stack:
        installed = own_database and (settings.key_folder / "root.key").exists()
        keys: KeyStore = FileKeyStore(settings.key_folder) if installed else MemoryKeyStore()
        if not installed:
            settings = _thrown_away(settings, own_database=own_database, stack=stack)
        database = Database.open(settings.database_url)
        stack.callback(database.close)
        if installed:
            require_current_tables(database)
        else:
            _make_tables(database)
        house = House(settings, database=database, keys=keys)
        stack.callback(house.close)
        scope = _scope(_tenant(house, tenant) if installed else _seeded_tenant(house, own_database=own_database))
        yield Replay(_rooms(house), scope, threads=settings.server.walkers)


def _thrown_away(settings: Settings, *, own_database: bool, stack: ExitStack) -> Settings:
    """Return settings whose data folder is a fresh temporary one (0700) that goes with `stack`."""
    folder = Path(
        stack.enter_context(tempfile.TemporaryDirectory(prefix="doorward-trial-", ignore_cleanup_errors=True))
    )
    folder.chmod(0o700)
    cache = user_cache()
    if cache is not None:
        # Compiling the patterns takes seconds and has nothing to do with the messages.
        shutil.copytree(cache, folder / "cache")
        stack.callback(shutil.copytree, folder / "cache", cache, dirs_exist_ok=True)
    address = settings.storage.database if own_database else f"sqlite:///{folder / 'doorward.db'}"
    storage = msgspec.structs.replace(settings.storage, database=address, keys="")
    return msgspec.structs.replace(settings, data=str(folder), storage=storage)


def _make_tables(database: Database) -> None:
    state = schema_state(database)
    if state.current is None:
        migrate(database)
    elif not state.is_current:
        require_current_tables(database)


def _tenant(house: House, slug: str | None) -> Tenant:
    tenants = house.transactions.read(house.identity.tenants.all_tenants)
    found = [one for one in tenants if slug in {None, one.slug}]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.slug for one in tenants)
    raise Stop(f"Say with --tenant which tenant to replay into: {names or 'there is none'}.", code=Code.USAGE)


def _seeded_tenant(house: House, *, own_database: bool) -> Tenant:
    """Make a tenant with the demo company's settings and knowledge."""
    others = house.transactions.read(house.identity.tenants.all_tenants)
    if any(not one.slug.startswith("trial-") for one in others):
        raise Stop(
            "This database belongs to an installation whose keys are not here. Nothing was changed. Name its data "
            "folder with --data, or use an empty database.",
            code=Code.MISCONFIGURED,
        )
    company = house.plugins.companies[COMPANY]
    tenant_id = new_tenant_id()
    scope = system_scope(tenant_id, "trial")
    slug = f"trial-{tenant_id[-10:]}"
    tenants = house.identity.tenants
    made = house.transactions.write(
        scope, lambda tx: tenants.make_tenant(tx, scope, slug=slug, name=company.branding.name)
    )
    house.seeder.seed_settings(scope, company)
    with progress("reading the knowledge") as tell:
        house.seeder.seed_articles(scope, company, progress=lambda what, done, total: tell(done, total, doing=what))
    if own_database:
        hint(f"The messages stay in this database, as tenant {slug}; what is masked in them can never be opened.")
    return made


def _scope(tenant: Tenant) -> Scope:
    return system_scope(tenant.id, "replay")


def _rooms(house: House) -> ReplayRooms:
    front_door = FrontDoor(
        house.transactions,
        screening=house.screening,
        protection=house.protection,
        keys=house.keys,
        submit=lambda _key, _begun: None,
    )
    return ReplayRooms(
        transactions=house.transactions,
        front_door=front_door,
        runner=house.runner,
        admission=house.admission,
        parties=house.identity.parties,
        clock=house.clock,
    )
