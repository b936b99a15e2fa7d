"""A machine and its owner in a whole house: granted over the portal's verbs, acting by the one verb for machines."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from doorward.bootstrap import House
from doorward.flow.machines import MachineAct, MachineAnswer, MandateForm
from doorward.identity import CustomerSession, Limits, Mandate, Tenant, Terms
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.ids import PartyId, SessionId
from doorward.vocabulary.machines import CAPABILITIES, MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Actor, Scope, system_scope
from doorward.vocabulary.text import WildText
from tests.support.portal import PAUSE, TRIES, customer

T = TypeVar("T")

PRINTER = MachineIdentity(platform="printers.example", key_id="k1", agent_id="printer-7")
LIMITS = Limits(currency="EUR", act_amount=1000, period="month", period_amount=5000, period_count=2)
TERMS = Terms(capabilities=CAPABILITIES, kinds=("paper",), limits=LIMITS)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Wait for one of the portal's verbs, in a thread of its own: a browser's test has a loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


class Owner:
    """A customer of Halden's with one payment terminal, who has just proven who they are."""

    def __init__(self, house: House, tenant: Tenant) -> None:
        """Take the first who has one."""
        self.house, self.tenant = house, tenant
        self.scope = system_scope(tenant.id, "test")
        self.core = cast("HaldenCore", house.core_systems[tenant.id])
        self.seed = _with_terminal(self.core, house)
        self.device = self.core.devices(self.seed.reference)[0].serial
        parties = house.identity.parties
        found = house.transactions.read(lambda tx: parties.find_by_reference(tx, self.scope, self.seed.reference))
        assert found is not None
        self.id = found.id
        house.transactions.write(self.scope, lambda tx: parties.change_language(tx, self.scope, self.id, language="en"))
        self.session = self.sign_in()

    def sign_in(self) -> CustomerSession:
        """Return a session at the portal, proven just now."""
        parties, scope = self.house.identity.parties, self.scope

        def work(tx: Any) -> Outcome[PartyId]:
            acting = parties.new_visitor(tx, scope).value.id
            parties.link(tx, scope, acting, customer_id=self.id)
            parties.raise_assurance(tx, scope, acting, level=AssuranceLevel.VERIFIED, factor="mailed_code")
            return Outcome(acting)

        acting = self.house.transactions.write(scope, work)
        return CustomerSession(
            scope=Scope(tenant_id=self.tenant.id, actor=Actor(kind="customer", id=acting)),
            session_id=SessionId("s"),
            acting_id=acting,
            customer_id=self.id,
            factor="mailed_code",
            stale=False,
        )

    def grant(self, terms: Terms = TERMS, *, machine: MachineIdentity = PRINTER, name: str = "Shop printer") -> Mandate:
        """Grant a mandate, and have the machine present the code."""
        form = MandateForm(name=WildText(name), terms=terms, days=90)
        verbs = self.house.own_mandates
        mandate = run(verbs.grant(self.session, form))
        code = run(verbs.pair(self.session, mandate.id)).code
        return self.house.machines.present_code(self.scope, machine, code=code)

    def act(self, capability: Any, key: str, *, machine: MachineIdentity = PRINTER, **what: Any) -> MachineAnswer:
        """Let the machine act."""
        return self.house.machines.act_for_owner(
            self.scope, machine, MachineAct(capability=capability, key=key, **what)
        )

    def order(self, key: str, *, thing: str | None = None, kind: str = "paper") -> MachineAnswer:
        """Let the machine order for the terminal."""
        return self.act("order.place", key, kind=kind, thing=self.device if thing is None else thing)

    def ended(self, key: str, **what: str) -> MachineAnswer:
        """Return how an order ended that the owner allowed: a job carries it out."""
        for _ in range(TRIES):
            self.house.jobs.run_due()
            said = self.order(key, **what)
            if said.state != "working":
                return said
            threading.Event().wait(PAUSE)
        raise AssertionError("nothing came of it")

    def ordered(self) -> int:
        """Return how many orders the core system has of this owner."""
        return len(self.core.orders(self.seed.reference))


def _with_terminal(core: HaldenCore, house: House) -> CustomerSeed:
    """Return a registered customer with a single terminal for which nothing is on its way."""
    for seed in (customer(house, number) for number in range(20)):
        under_way = any(not order.closed for order in core.orders(seed.reference))
        if len(core.devices(seed.reference)) == 1 and not under_way:
            return seed
    raise AssertionError("nobody has a terminal")
