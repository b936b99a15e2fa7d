"""The identity room over a test's database, with two tenants in it."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from sqlalchemy import MetaData, select

from doorward.identity import Identity, MemberSeed, Passwords, SignedIn, SignInAttempt, SignInRequest, open_identity
from doorward.kit.clock import FixedClock
from doorward.kit.db import Database, metadata
from doorward.kit.jobs import job_table
from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.kit.settings import Sessions, Settings
from doorward.kit.tx import Transactions, Tx
from doorward.record.tables import audit_table
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.ids import PartyId, StaffId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import Party
from doorward.vocabulary.scope import Role, Scope, system_scope

T = TypeVar("T")

SETTINGS = Settings(
    sessions=Sessions(staff_idle_minutes=60, staff_hours=12, step_up_minutes=30, code_minutes=10, code_attempts=3)
)
AYSE = CustomerSeed(
    reference="HB-100234", name="Ayşe Yılmaz", email="Ayse.Yilmaz@example.org", phone="+49 30 1234567", language="tr"
)
BORIS = CustomerSeed(
    reference="HB-100777", name="Борис Петров", email="boris@example.net", phone="+49 30 7654321", language="ru"
)
on_one_database = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
"""For promises about what is refused before any database is asked: once is enough."""
GOOD_PASSWORD = "violet-harbour-27-lanterns"


class Phrases:
    """Says a key and its values, so that tests see what was said."""

    def say(self, language: str | None, key: str, /, *, count: int | None = None, **values: object) -> str:
        """Return the key with its values."""
        return " ".join([language or "-", key, *(f"{name}={value}" for name, value in values.items())])


class Office:
    """Two tenants with an identity room; verbs run in transactions of the kind they need."""

    def __init__(self, transactions: Transactions, database: Database, clock: FixedClock) -> None:
        """Make the tenants `halden` and `other`."""
        self.transactions = transactions
        self.database = database
        self.clock = clock
        self.keys = Keys(MemoryKeyStore())
        passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.identity: Identity = open_identity(self.keys, settings=SETTINGS, phrases=Phrases(), passwords=passwords)
        self.scope = self.make_tenant("halden", "Halden Bank", host="chat.halden.example")
        self.other = self.make_tenant("other", "Other Ltd", host="other.example")

    def make_tenant(self, slug: str, name: str, *, host: str) -> Scope:
        """Make a tenant and return its scope."""
        scope = system_scope(TenantId(f"tenant{slug}".ljust(26, "0")), "test")
        self.write(lambda tx: self.identity.tenants.make_tenant(tx, scope, slug=slug, name=name, hosts=(host,)), scope)
        return scope

    def write(self, work: Callable[[Tx], Outcome[T]], scope: Scope | None = None) -> T:
        """Run a verb that changes something."""
        return self.transactions.write(scope or self.scope, work)

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run a verb that reads."""
        return self.transactions.read(work)

    def a_visitor(self, *, language: str | None = "en", scope: Scope | None = None) -> PartyId:
        """Make a visitor."""
        where = scope or self.scope
        return self.write(lambda tx: self.identity.parties.new_visitor(tx, where, language=language), where).id

    def a_customer(self, seed: CustomerSeed = AYSE, *, scope: Scope | None = None) -> Party:
        """Register a customer."""
        where = scope or self.scope
        return self.write(lambda tx: self.identity.parties.register_customer(tx, where, seed), where)

    def a_member(
        self, username: str = "selin", *, role: Role = "agent", password: str | None = GOOD_PASSWORD
    ) -> StaffId:
        """Add a member of staff."""
        seed = MemberSeed(username=username, display_name=username.title(), role=role)
        staff_id = self.write(lambda tx: self.identity.staff.add(tx, self.scope, seed)).id
        if password is not None:
            hashed = self.identity.passwords.hash(password)
            self.write(lambda tx: self.identity.staff.set_password(tx, self.scope, staff_id, password_hash=hashed))
        return staff_id

    def begin(self, request: SignInRequest) -> SignInAttempt:
        """Begin to sign in."""
        return self.write(lambda tx: self.identity.sign_ins.begin(tx, self.scope, request))

    def sign_in(
        self,
        username: str = "selin",
        password: str = GOOD_PASSWORD,
        *,
        address: str = "192.0.2.1",
        device: str | None = None,
        session: str | None = None,
    ) -> SignedIn | None:
        """Sign in, all three steps."""
        attempt = self.begin(SignInRequest(username=username, address=address, device=device, session=session))
        check = self.identity.passwords.check(attempt.password_hash, password)
        return self.write(lambda tx: self.identity.sign_ins.finish(tx, self.scope, attempt, check=check))

    def audit(self, scope: Scope | None = None) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return what was audited in a tenant: action, object, fields."""
        where = scope or self.scope
        query = select(audit_table).where(audit_table.c.tenant_id == where.tenant_id).order_by(audit_table.c.id)
        rows = self.read(lambda tx: tx.execute(query).all())
        return [(row.action, row.object_id, tuple(row.fields)) for row in rows]

    def actions(self, scope: Scope | None = None) -> list[str]:
        """Return the audited actions."""
        return [action for action, _, _ in self.audit(scope)]

    def jobs(self) -> list[Any]:
        """Return the jobs that were asked for."""
        return list(self.read(lambda tx: tx.execute(select(job_table).order_by(job_table.c.id)).all()))

    def rows(self, name: str) -> list[Any]:
        """Return a table's rows."""
        return list(self.read(lambda tx: tx.execute(select(metadata.tables[name])).all()))

    def everything_stored(self) -> bytes:
        """Return all values of all tables as they lie in the database, one after the other."""
        found = MetaData()
        found.reflect(self.database.reader)
        parts: list[bytes] = []
        with self.database.reader.connect() as connection:
            for table in found.sorted_tables:
                for row in connection.execute(select(table)):
                    parts += [value if isinstance(value, bytes) else str(value).encode() for value in row]
        return b"\n".join(parts)


@pytest.fixture
def office(transactions: Transactions, database: Database, clock: FixedClock) -> Iterator[Office]:
    """Two tenants with an identity room, on each kind of database."""
    made = Office(transactions, database, clock)
    yield made
    made.identity.passwords.close()
