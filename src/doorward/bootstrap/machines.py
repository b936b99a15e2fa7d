"""The part of the composition that lets machines act for their owners: the same rooms and gates, behind a mandate."""

from datetime import timedelta
from typing import Final

from doorward.admission import Admission
from doorward.bootstrap.counting import Counting
from doorward.bootstrap.flooding import Flooding
from doorward.bootstrap.procedures import ProcedureWiring
from doorward.bootstrap.sweeping import serve_each
from doorward.flow.accept import FrontDoor, TenantScreening
from doorward.flow.contact import Contact
from doorward.flow.enrolling import Enrolling
from doorward.flow.machine_acts import MachineActs
from doorward.flow.machines import ApprovedActs, MachineBook, MachineRooms, Machines, OwnMandates
from doorward.flow.machines.carrying import Ordering
from doorward.flow.machines.telling import Telling
from doorward.flow.procedures import Gate, Mandated, ProcedureBook, Speaking
from doorward.flow.shares import KEEP_EVERY, ContactCount
from doorward.flow.signing import (
    REMEMBERED,
    AccessTokens,
    Directories,
    IssuerKeys,
    SignedDevices,
    SignedRequests,
    SignedRooms,
    SignedSkills,
    TokenRooms,
)
from doorward.flow.skills import Skills
from doorward.kit.settings import Settings

NEWS_EVERY: Final = timedelta(minutes=1)


class MachineWiring(ProcedureWiring):
    """What machines need; the house that inherits it brings the services."""

    admission: Admission
    flooding: Flooding
    contact: Contact
    counting: Counting
    contact_count: ContactCount
    front_door: FrontDoor
    gate: Gate
    machine_book: MachineBook
    procedure_book: ProcedureBook
    screening: TenantScreening
    settings: Settings

    def _build_machines(self) -> None:
        settings_of, work = self.settings_book.settings_of, self.procedure_work
        self.machine_book = MachineBook()
        telling = Telling(
            self.identity,
            self.translator,
            book=self.machine_book,
            settings_of=settings_of,
            public_url=self.settings.server.public_url,
        )
        ordering = Ordering(
            self.transactions,
            Mandated(self.transactions, work.rooms),
            speaking=Speaking(work.finishing, translator=self.translator, settings_of=settings_of),
            identity=self.identity,
            books=(self.machine_book, self.settings_book),
        )
        self.machines = Machines(
            self.transactions,
            MachineRooms(
                admission=self.admission,
                identity=self.identity,
                front_door=self.front_door,
                gate=self.gate,
                procedures=self.procedure_book,
                book=self.machine_book,
                ordering=ordering,
                telling=telling,
                keys=self.keys,
                clock=self.clock,
                flood=self.flooding.control,
                contacts=self.contact_count,
            ),
        )
        self.own_mandates = OwnMandates(
            self.transactions,
            identity=self.identity,
            screening=self.screening,
            telling=telling,
            guards=(self.admission, self.keys),
        )
        self.machine_acts = MachineActs(self.contact.machines, self.machines)
        self.device_acts = MachineActs(self.contact.devices, self.machines)
        self.enrolling = Enrolling(self.contact.devices, self.signed_devices)
        self.skills = Skills(
            self.contact.machines, self.machines, signatures=self.signed_skills, translator=self.translator
        )
        self.approved_acts = ApprovedActs(self.transactions, identity=self.identity, ordering=ordering)

    def _signed_requests(self) -> SignedRequests:
        self.directories = Directories(self.settings.machines.allowed_hosts, clock=self.clock)
        nonces = self.counting.nonces(self.clock, window=REMEMBERED)
        self.signed_devices = SignedDevices(
            self.transactions,
            self.identity.devices,
            pairing=self.identity.pairing,
            nonces=nonces,
            clock=self.clock,
        )
        self.signed_skills = SignedSkills(self.admission, nonces=nonces, clock=self.clock)
        return SignedRequests(
            self.transactions,
            SignedRooms(
                machines=self.identity.machines,
                directories=self.directories,
                nonces=nonces,
                admission=self.admission,
                clock=self.clock,
            ),
        )

    def _access_tokens(self) -> AccessTokens:
        self.issuer_keys = IssuerKeys(self.settings.machines.allowed_hosts, clock=self.clock)
        rooms = TokenRooms(issuers=self.identity.issuers, keys=self.issuer_keys, clock=self.clock)
        return AccessTokens(self.transactions, rooms)

    def _register_machines(self) -> None:
        self.jobs.register(self.approved_acts.kind, self.approved_acts, lane="procedures")
        self.jobs.register_sweep("machines", every=NEWS_EVERY, sweep=self.tell_owners_news)
        self.jobs.register_sweep("contacts", every=KEEP_EVERY, sweep=self.contact_count.keep)

    def tell_owners_news(self) -> None:
        """Tell owners of every tenant what changed about their orders, where they want to hear of it."""
        serve_each("machines", self.tenant_scopes("machines"), self.machines.tell_news)
