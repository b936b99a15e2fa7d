"""Opening a house, and founding tenants in it."""

from doorward.bootstrap.house import House
from doorward.flow.seed import Progress
from doorward.identity import (
    Tenant,
    new_tenant_id,
)
from doorward.kit import logging as kit_logging
from doorward.kit.clock import Clock
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore
from doorward.kit.settings import Settings
from doorward.vocabulary.company import Company, IntentSource
from doorward.vocabulary.scope import Scope, system_scope


def found_tenant(house: House, *, slug: str, name: str) -> Tenant:
    """Make a tenant with its keys and its widget key. Raises `Malformed`, or `Conflict` when the slug is taken."""
    scope = system_scope(new_tenant_id(), "init")
    tenants = house.identity.tenants
    return house.transactions.write(scope, lambda tx: tenants.make_tenant(tx, scope, slug=slug, name=name))


def found_company(house: House, company: Company, *, password: str, progress: Progress) -> Tenant:
    """Make a company plugin's tenant and fill it; what is there already stays. For demonstrations and tests.

    All of its staff get `password`. `progress` hears how far it is.
    """
    known = house.transactions.read(lambda tx: house.identity.tenants.tenant_by_slug(tx, company.id))
    tenant = known or found_tenant(house, slug=company.id, name=company.branding.name)
    scope = system_scope(tenant.id, "seed")
    seeder = house.seeder
    seeder.seed_settings(scope, company)
    seeder.seed_pieces(scope, company)
    house.settings_book.forget(tenant.id)
    seeder.seed_articles(scope, company, progress=progress)
    staff = seeder.seed_staff(scope, company, password=password)
    seeder.seed_customers(scope, company, progress=progress)
    seeder.seed_history(scope, company, staff=staff, progress=progress)
    seed_intents(house, company, scope)
    return tenant


def seed_intents(house: House, company: Company, scope: Scope) -> int:
    """Keep what a company says that its customers want, and ask for a training where any of it was new.

    Returns how many phrases were new. The training is a job: nothing waits for it.
    """
    if not isinstance(company, IntentSource):
        return 0
    added = house.teaching.seed(scope, company.intents())
    if added:
        house.transactions.write(scope, lambda tx: house.intent_models.ask(tx, scope))
    return added


def open_house(settings: Settings, *, clock: Clock | None = None) -> House:
    """Open the installation that the settings describe: its database must be migrated, its keys must exist.

    Raises `StoreLocked`, `DatabaseUnusable`, `KeyStoreMissing`, `PluginBroken`.
    """
    kit_logging.configure(level=settings.logging.level)
    keys = FileKeyStore(settings.key_folder)
    database = Database.open(settings.database_url, threads=settings.server.walkers)
    try:
        return House(settings, database=database, keys=keys, clock=clock)
    except BaseException:
        database.close()
        raise
