"""Finding and opening what a command works on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from doorward import record
from doorward.bootstrap import load_plugins
from doorward.doors.cli.ending import Code, Stop
from doorward.flow.masking_check import MaskingCheck, settings_check
from doorward.flow.settle import Settlement
from doorward.identity import Identity, Tenant, open_identity
from doorward.kit.bus import ProcessBus, open_bus
from doorward.kit.clock import SystemClock
from doorward.kit.db import Database
from doorward.kit.db.looking import embedded_file
from doorward.kit.db.migrate import schema_state
from doorward.kit.i18n import Translator
from doorward.kit.keys import FileKeyStore, Keys
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope

T = TypeVar("T")

DEMO_FOLDER: Final = "doorward-demo"
"""Where `doorward demo` keeps its state: in the folder it was started from, to be found and thrown away easily."""

OPERATOR: Final = Actor(kind="system", id="operator")
"""Who acts on the command line: whoever may read the data folder."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """What administrative commands need: the database, the keys, and who is who. Nothing walks here."""

    settings: Settings
    database: Database
    keys: Keys
    transactions: Transactions
    identity: Identity

    def read(self, work: Callable[[Tx], T]) -> T:
        """Read, on a snapshot."""
        return self.transactions.read(work)

    def write(self, scope: Scope, work: Callable[[Tx], Outcome[T]]) -> T:
        """Write, with whatever the work wants written down."""
        return self.transactions.write(scope, work)

    def seal_audit(self) -> None:
        """Chain what was just written to the audits, and sign their heads."""
        sealer = record.AuditSealer(self.transactions, self.keys, self.settings.folder / "audit")
        for tenant in self.tenants():
            sealer.seal(scope_of(tenant))

    def tenants(self) -> tuple[Tenant, ...]:
        """Return all tenants, the oldest first."""
        return self.read(self.identity.tenants.all_tenants)

    def tenant(self, slug: str | None) -> Tenant:
        """Return the tenant with this slug, or the only one there is. Raises `Stop`."""
        tenants = self.tenants()
        if slug is None and len(tenants) == 1:
            return tenants[0]
        names = ", ".join(tenant.slug for tenant in tenants)
        if slug is None:
            raise Stop(f"There are several tenants; say which with --tenant: {names}.", code=Code.USAGE)
        for tenant in tenants:
            if tenant.slug == slug:
                return tenant
        raise Stop(f"There is no tenant '{slug}'. There are: {names or 'none'}.")


def scope_of(tenant: Tenant) -> Scope:
    """Return the scope in which the operator acts for a tenant."""
    return Scope(tenant_id=tenant.id, actor=OPERATOR)


@contextmanager
def office(settings: Settings, *, read_only: bool = False) -> Iterator[Office]:
    """Open database and keys; `read_only` also works while Doorward runs on SQLite.

    Raises what opening raises, and `Stop` when there is no database or its tables are not this version's.
    """
    require_database(settings)
    keys = Keys(FileKeyStore(settings.key_folder))
    database = Database.open(settings.database_url, read_only=read_only)
    bus = ProcessBus() if read_only else open_bus(database)
    try:
        require_current_tables(database)
        transactions = Transactions(database, clock=SystemClock(), settle=Settlement(bus, ring=lambda: None))
        try:
            opened = Office(
                settings=settings,
                database=database,
                keys=keys,
                transactions=transactions,
                identity=open_identity(
                    keys,
                    settings=settings,
                    phrases=_NoPhrases(),
                ),
            )
            opened.identity.tenants.check_settings_by(settings_check(lambda: _masking(settings)))
            yield opened
            if not read_only:
                opened.seal_audit()
        finally:
            transactions.close()
    finally:
        bus.close()
        database.close()


def _masking(settings: Settings) -> tuple[MaskingCheck, Translator]:
    """Return what checks masking; the plugins are read only when somebody changes it."""
    plugins = load_plugins(settings, clock=SystemClock(), kinds=("language", "detector", "channel"))
    return MaskingCheck.over(plugins.detectors, plugins.channels), Translator(plugins.packs)


class _NoPhrases:
    """Says nothing: administrative commands mail nobody, and reading all language packs would be for nothing."""

    def say(self, _language: str | None, key: str, /, *, count: int | None = None, **values: object) -> str:
        """Return the key itself."""
        return key


def require_database(settings: Settings) -> None:
    """Raise `Stop` when there is no data folder yet; tell of the demo's, since that is what people look for."""
    file = embedded_file(settings.database_url)
    if file is None or file.exists():
        return
    advice = "Make one with `doorward init`, or name another folder with --data FOLDER."
    if (settings.folder.parent / DEMO_FOLDER / "doorward.db").exists():
        advice = f"The demo's is here: add --data {DEMO_FOLDER}. For real use make one with `doorward init`."
    raise Stop(f"There is no Doorward database in {file.parent}. {advice}", code=Code.MISCONFIGURED)


def check_ready(settings: Settings) -> None:
    """Raise `Stop` when there is no database, or one with old tables, before anything else is opened."""
    require_database(settings)
    database = Database.open(settings.database_url, read_only=True)
    try:
        require_current_tables(database)
    finally:
        database.close()


def require_current_tables(database: Database) -> None:
    """Raise `Stop` when the tables are not those of this version."""
    state = schema_state(database)
    if not state.is_current:
        raise Stop(
            f"The database's tables are at step {state.current or 'none'}, this version wants {state.newest}. Nothing "
            "was changed. Copy the database, then: doorward db upgrade",
            code=Code.MISCONFIGURED,
        )
