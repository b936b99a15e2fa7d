"""The composition root: settings and discovered plugins become one House with every service in it."""

import contextlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from doorward import record, routing
from doorward.admission import Admission, Blocks, VisitorTokens
from doorward.admission.effort import Efforts
from doorward.answering import (
    ArticleRepository,
    Composer,
    Knowledge,
    KnowledgeService,
    Publisher,
    Publishing,
    StewardRepository,
    Stewards,
)
from doorward.answering.procedures import UntouchedRuns
from doorward.bootstrap.companies import Companies
from doorward.bootstrap.counting import open_counting
from doorward.bootstrap.engines import Engines, make_engines
from doorward.bootstrap.flooding import open_flooding
from doorward.bootstrap.machines import MachineWiring
from doorward.bootstrap.plugins import chosen_language_model, chosen_scanner, chosen_translator
from doorward.bootstrap.preparedness import open_preparing
from doorward.bootstrap.proposing import Assistance, make_assistance
from doorward.bootstrap.sweeping import serve_each
from doorward.bootstrap.upkeep import open_upkeep
from doorward.decision import HousePolicies
from doorward.flow.accept import FrontDoor, Recognition, TenantScreening
from doorward.flow.agreeing import Agreeing
from doorward.flow.attachments import Downloads, Leftovers, Scanning
from doorward.flow.attendance import Attendance
from doorward.flow.automation import RuleWork
from doorward.flow.colleagues import Colleagues
from doorward.flow.contact import Contact, ContactRooms
from doorward.flow.core_facts import CoreFacts
from doorward.flow.customer_search import CustomerSearch
from doorward.flow.desk import Bulk, Desk, DeskRooms, FileRules
from doorward.flow.destroy import Destruction
from doorward.flow.dossier import Dossiers
from doorward.flow.filters import FilterBook, FilterReader, names_of_kinds
from doorward.flow.fragments import Fragments
from doorward.flow.idempotency import forget_old
from doorward.flow.kept_ids import KeptIds
from doorward.flow.machines import MandateSpeaking
from doorward.flow.masking_check import MaskingCheck, settings_check
from doorward.flow.measuring import Meters
from doorward.flow.offering import Offering
from doorward.flow.policies import Policies
from doorward.flow.portal import Portal
from doorward.flow.portal_export import PortalExport
from doorward.flow.portal_wishes import PortalWishes, WishRooms
from doorward.flow.procedure_rehearsal import ProcedureRehearsals
from doorward.flow.promises import Promises
from doorward.flow.refusals import noting
from doorward.flow.repository import count_unfinished, forget_runs
from doorward.flow.reviewing import Reviewing
from doorward.flow.runner import IN_MEMORY, Runner
from doorward.flow.scheduled_reports import ScheduledReports
from doorward.flow.search import LedgerReading, Search
from doorward.flow.seed import PastWriter, Seeder
from doorward.flow.senders import Senders
from doorward.flow.settle import Settlement
from doorward.flow.shares import ContactCount
from doorward.flow.staffing import Staffing
from doorward.flow.teaching import Teaching
from doorward.flow.tenancy import SettingsBook
from doorward.flow.tenant_rules import TenantRules
from doorward.flow.views.wallboard import WallRooms
from doorward.flow.walk import WalkRooms
from doorward.flow.wallboards import Wallboards
from doorward.flow.webhooks import Alarm, WebhookWork
from doorward.identity import (
    Identity,
    Mailer,
    MailSender,
    open_identity,
    sweep_codes,
    sweep_host_tokens,
    sweep_mandates,
    sweep_sessions,
    sweep_sign_ins,
)
from doorward.kit import logging as kit_logging
from doorward.kit.bus import ProcessBus, open_bus
from doorward.kit.clock import Clock, SystemClock
from doorward.kit.db import Database
from doorward.kit.health import Health
from doorward.kit.jobs import JobWorker, forget_done
from doorward.kit.keys import EpochKeys, Keys, KeyStore
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions, Tx
from doorward.protection import CustomerIndex, ProtectionService
from doorward.record.search import SearchIndex, Terms
from doorward.understanding import ActiveModels, IntentModels, Intents, read_active
from doorward.understanding.feelings import sweep_hints
from doorward.understanding.jobs import IntentTrainer, TrainerRooms, own_process
from doorward.vocabulary.company import CoreSystem
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText

log = kit_logging.get_logger("bootstrap")

SEAL_EVERY = timedelta(seconds=1)
RECOVER_EVERY = timedelta(seconds=3)
ATTEND_EVERY = timedelta(seconds=30)
HOSTS_EVERY = timedelta(seconds=15)
SCAN_EVERY = timedelta(minutes=1)
READ_EVERY = timedelta(minutes=1)
DESK_EVERY = timedelta(seconds=1)
OFFER_EVERY = timedelta(seconds=3)
RULES_EVERY = timedelta(seconds=15)
REPORTS_EVERY = timedelta(seconds=30)
FORGET_EVERY = timedelta(hours=1)
KEEP_DONE_JOBS = timedelta(days=7)
KEEP_DONE_RUNS = timedelta(days=1)


class House(Companies, MachineWiring):
    """Every service of the installation. Doors receive one and call its verbs; nothing here is global."""

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        keys: KeyStore,
        clock: Clock | None = None,
        engines: Engines | None = None,
    ) -> None:
        """Wire everything over an open, migrated database. `start` sets the background work going.

        `engines` are made unless there are some to share; whoever shares them closes them. `clock` is for tests.
        """
        self.settings = settings
        self.clock = clock or SystemClock()
        self.database = database
        self.keys = Keys(keys)
        self.health = Health()
        self.meters = Meters()
        folder = settings.folder / "cache"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.tenant_hosts: frozenset[str] = frozenset()
        self._owns_engines = engines is None
        self.engines = engines or make_engines(
            settings, clock=self.clock, cache_folder=folder, encoder_failed=self.meters.encoder_failed
        )
        self.plugins = self.engines.plugins
        self.packs = self.plugins.packs
        self.translator = self.engines.translator
        self.screener = self.engines.screener
        self.masking_check = MaskingCheck.over(self.plugins.detectors, self.plugins.channels)
        self.reader = self.engines.reader
        self.bus: ProcessBus = open_bus(database)
        self.search_index = SearchIndex(Terms(self.packs.values()))
        settlement = Settlement(self.bus, ring=self._ring, written=self.meters.entry_written, index=self.search_index)
        self.transactions = Transactions(database, clock=self.clock, settle=settlement)
        self.jobs = JobWorker(self.transactions)
        self.customer_index = CustomerIndex(self.keys, self.screener)
        self.identity: Identity = open_identity(
            self.keys,
            settings=settings,
            phrases=self.translator,
            passwords=self.engines.passwords,
            findable=self.customer_index,
        )
        self.identity.tenants.check_settings_by(settings_check(lambda: (self.masking_check, self.translator)))
        self._build_rooms()
        self._build_flow()
        self._build_office()
        self._build_portal()
        self.upkeep = open_upkeep(self)
        self.webhook_work = WebhookWork(self.transactions, keys=self.keys, settings=settings.webhooks)
        self.webhooks = self.webhook_work.verbs
        self._build_promises()
        settlement.follow = self.promises.follow
        settlement.announce = self._announce
        self._register_jobs()
        self._register_procedures()
        self.health.register("database", database.ping)
        self.health.register("walks", self._walks_ping, vital=False)
        self.health.register("webhooks", lambda: self.webhook_work.ping(self.tenant_scopes), vital=False)
        if self.scanner is not None:
            self.health.register("scanner", self.scanner[1].ping, vital=False)

    def _build_promises(self) -> None:
        settings_of = self.identity.tenants.settings_of
        channels = (one.id for one in self.plugins.channels if any(r.operation == "callback" for r in one.routes()))
        self.offering = Offering(self.transactions, self.translator, settings_of=settings_of, channels=channels)
        self.promises = Promises(self.transactions, settings_of)

    def _build_rooms(self) -> None:
        settings, clock = self.settings, self.clock
        self.mailer: Mailer = self.plugins.connectors["outbox" if settings.demo else "smtp"]
        self.scanner = chosen_scanner(self.plugins, settings)
        self.settings_book = SettingsBook(self.transactions, self.identity.tenants, clock=clock)
        self.counting = open_counting(
            settings, self.keys, clock=clock, health=self.health, heard=self.meters.counted_together
        )
        self.admission = Admission(settings.limits, rates=self.counting.rates)
        self.blocks = Blocks()
        self.visitor_tokens = VisitorTokens(self.keys, clock=clock, lifetime=settings.visitor_lifetime)
        self.protection = ProtectionService(self.keys)
        period = timedelta(days=settings.protection.likeness_days)
        self.likeness_keys = EpochKeys(self.keys, purpose="likeness", clock=clock, period=period)
        self.knowledge = Knowledge(
            lambda scope, held: self.transactions.read(lambda tx: self.knowledge_service.newer(tx, scope, held)),
            Composer(self.translator),
        )
        articles = ArticleRepository()
        self.knowledge_service = KnowledgeService(
            articles,
            self.reader,
            changed=self.knowledge.changed,
            needs_review=lambda tx, scope: self.identity.tenants.settings_of(tx, scope).article_review,
        )
        self.publishing = Publishing(articles, self.knowledge_service)
        self.policies = Policies(
            self.transactions,
            HousePolicies(self.plugins.policies),
            settings_of=self.settings_book.settings_of,
            clock=clock,
            phrases=self.translator,
        )
        self.stewards = Stewards(StewardRepository())
        self.sealer = record.AuditSealer(self.transactions, self.keys, self.audit_folder)
        self._build_understanding()
        self.flooding = open_flooding(self)
        self.preparing = open_preparing(self)

    def bot_places(self) -> tuple[int, int]:
        """Return how many messages may wait for their walk in memory, and how many are walked or wait for it."""
        return IN_MEMORY, self.runner.in_hand

    def _build_understanding(self) -> None:
        self.active_models = ActiveModels(
            lambda scope, held: self.transactions.read(lambda tx: read_active(tx, scope, held)),
            encoder=self.reader.encoder_id,
        )
        self.intents = Intents()
        self.intent_models = IntentModels(changed=self.active_models.changed)
        self.intent_trainer = IntentTrainer(
            self.transactions,
            rooms=TrainerRooms(
                intents=self.intents,
                models=self.intent_models,
                languages_of=lambda tenant_id: self.settings_book.settings_of(tenant_id).languages,
                settings=msgspec.to_builtins(Settings(data=self.settings.data, models=self.settings.models)),
            ),
            bus=self.bus,
            command=own_process("doorward.bootstrap.training"),
            folder=self.settings.folder / "cache",
        )

    def _build_flow(self) -> None:
        self.procedure_work = self._procedures()
        self._build_nudges()
        self._build_screening()
        self.assistance = self._assistance()
        self.walk_rooms = WalkRooms(
            reader=self.reader,
            risk=self.engines.assessor,
            understander=self.engines.understander,
            rules_of=self.policies.rules_of,
            knowledge=self.knowledge,
            translator=self.translator,
            packs=self.packs,
            settings_of=self.settings_book.settings_of,
            plan_of=lambda scope: self.transactions.read(lambda tx: routing.read_plan(tx, scope).plan),
            wished=self.active_models.wished,
            procedures=self.procedure_work,
            words=None if self.assistance is None else self.assistance.wording,
            nudges=self.nudge_work,
            expecting=self.expecting,
            second_look=self.flooding.second_look,
        )
        self.runner = Runner(
            self.walk_rooms,
            self.transactions,
            threads=self.settings.server.walkers,
            stage_seen=self.meters.stage_seen,
        )
        self.front_door = FrontDoor(
            self.transactions,
            screening=self.screening,
            protection=self.protection,
            keys=self.keys,
            submit=self.runner.submit,
        )
        self._build_desk()
        self.core_systems: dict[TenantId, CoreSystem] = {}
        self.contact = Contact(self.transactions, self._contact_rooms())

    def _contact_rooms(self) -> ContactRooms:
        self.contact_count = ContactCount(self.transactions, clock=self.clock)
        return ContactRooms(
            admission=self.admission,
            blocks=self.blocks,
            visitor_tokens=self.visitor_tokens,
            identity=self.identity,
            settings_book=self.settings_book,
            front_door=self.front_door,
            screening=self.screening,
            protection=self.protection,
            knowledge=self.knowledge_service,
            translator=self.translator,
            packs=self.packs,
            bus=self.bus,
            clock=self.clock,
            keys=self.keys,
            core_systems=self.core_systems,
            scans_files=self.scanner is not None,
            flood=self.flooding.control,
            efforts=Efforts(self.keys.installation_secret("effort"), clock=self.clock),
            expecting=self.expecting,
            signed=self._signed_requests(),
            tokens=self._access_tokens(),
            signed_devices=self.signed_devices,
            public_url=self.settings.server.public_url,
            contacts=self.contact_count,
            mandating=MandateSpeaking(self.transactions, self.identity),
        )

    def _assistance(self) -> Assistance | None:
        model = chosen_language_model(self.plugins, self.settings)
        if model is None:
            return None
        made = make_assistance(model, self)
        self.health.register("language_model", made.ping, vital=False)
        return made

    def _build_desk(self) -> None:
        self.colleagues = Colleagues(self.identity.staff, self.identity.sessions)
        self.desk_rooms = rooms = DeskRooms(
            self.screening,
            self.protection,
            self.translator,
            self.settings_book.settings_of,
            self.colleagues,
            self.identity.parties,
            FileRules(self.keys, self.scanner is not None, self.settings.limits.attachment_bytes),
            chosen_translator(self.plugins, self.settings),
        )
        self.desk = Desk(self.transactions, rooms)
        self.crowds = self.flooding.open_crowds(self.transactions, rooms)
        self.agreeing = Agreeing(self.transactions, rooms, book=self.procedure_book)
        tenants = self.identity.tenants
        self.rule_work = RuleWork(self.transactions, rooms, company_of=lambda tx, scope: tenants.tenant(tx, scope).name)
        self.reviewing = Reviewing(self.transactions, rooms)
        self.bulk = Bulk(self.transactions, self.desk)
        self._build_assisting()
        self.staffing = Staffing(self.transactions, self.identity.staff, self.settings_book.settings_of)
        self.wallboards = Wallboards(
            self.transactions,
            WallRooms(staff=self.identity.staff, sessions=self.identity.sessions),
            settings_of=self.settings_book.settings_of,
            clock=self.clock,
        )

    def _build_screening(self) -> None:
        facts, cache = (self.settings.server.public_url, self.settings.mail.sender), self.settings.folder / "cache"
        self.rules_of_tenants = TenantRules(
            self.screener, settings_of=self.settings_book.settings_of, cache_folder=cache, house_facts=facts
        )
        self.screening = TenantScreening(
            self.rules_of_tenants,
            recognition=Recognition(self.likeness_keys, self.customer_index, KeptIds(self.keys, self.screener)),
            note=noting(self.transactions),
            is_at_hand=self.settings_book.is_at_hand,
            fragments=Fragments(self.clock),
        )

    def _build_office(self) -> None:
        self.attendance = Attendance(self.transactions, self.identity.sessions, self.translator)
        self.scanning = Scanning(self.transactions, keys=self.keys, scanner=self.scanner)
        self.downloads = Downloads(self.transactions, keys=self.keys)
        self.leftovers = Leftovers(self.transactions)
        self.untouched_runs = UntouchedRuns(self.transactions)
        self.destruction = Destruction(
            self.transactions, keys=self.keys, protection=self.protection, parties=self.identity.parties
        )
        self.core_facts = CoreFacts(self.core_systems, clock=self.clock)
        self._build_nudge_cards()
        self.dossiers = Dossiers(self.transactions, identity=self.identity, core_facts=self.core_facts)
        self.customer_search = CustomerSearch(self.transactions, admission=self.admission, index=self.customer_index)
        self.ledger_reading = LedgerReading(self.transactions, index=self.search_index)
        book = FilterBook(
            self.packs,
            terms=self.search_index.terms,
            channels=(channel.id for channel in self.plugins.channels),
            kinds=names_of_kinds(self.packs),
        )
        self.filters = FilterReader(book, staff=self.identity.staff, settings_of=self.identity.tenants.settings_of)
        self.search = Search(
            self.transactions, filters=self.filters, customers=(self.customer_search, self.customer_index)
        )
        self.senders = Senders(
            self.transactions,
            blocks=self.blocks,
            parties=self.identity.parties,
            screening=self.screening,
            keys=self.keys,
        )
        self.seeder = Seeder(
            self.transactions,
            identity=self.identity,
            knowledge=self.knowledge_service,
            past=PastWriter(self.transactions, screening=self.screening, protection=self.protection),
        )

    def _build_portal(self) -> None:
        identity = self.identity
        self.teaching = Teaching(
            self.transactions,
            intents=self.intents,
            active=self.active_models,
            screening=self.screening,
            reader=self.reader,
        )
        self.rehearsals = ProcedureRehearsals(
            screening=self.screening, listener=self.listener, settings_book=self.settings_book, clock=self.clock
        )
        self.portal = Portal(self.transactions, admission=self.admission, identity=identity, keys=self.keys)
        self.portal_export = PortalExport(self.transactions, identity=identity)
        self.portal_wishes = PortalWishes(
            self.transactions,
            WishRooms(
                admission=self.admission,
                identity=identity,
                visitor_tokens=self.visitor_tokens,
                front_door=self.front_door,
                call_backs=self.contact.call_backs,
                translator=self.translator,
                clock=self.clock,
            ),
        )
        self._build_machines()

    def _register_jobs(self) -> None:
        # A lane each: who waits for a code or publishes an article does not wait behind a scanner that does not answer.
        sender = MailSender(self.transactions, keys=self.keys, parties=self.identity.parties, mailer=self.mailer)
        self.jobs.register(sender.kind, sender, lane="mail")
        publisher = Publisher(
            self.transactions, knowledge=self.knowledge_service, publishing=self.publishing, bus=self.bus
        )
        self.jobs.register(publisher.kind, publisher, lane="publishing")
        self.upkeep.register(self.jobs)
        self.flooding.register(self.jobs, self.watch_floods)
        self.preparing.register(self.jobs)
        self._register_machines()
        self.jobs.register(self.intent_trainer.kind, self.intent_trainer, lane="training")
        self.scheduled_reports = ScheduledReports(
            self.transactions,
            mailer=self.mailer,
            phrases=self.translator,
            settings_of=self.settings_book.settings_of,
            public_url=self.settings.server.public_url,
        )
        self.jobs.register(self.scheduled_reports.kind, self.scheduled_reports, lane="mail")
        self.jobs.register_sweep("reports", every=REPORTS_EVERY, sweep=self.send_reports)
        self.jobs.register(self.scanning.kind, self.scanning, lane="scanning")
        self.jobs.register(self.webhook_work.deliverer.kind, self.webhook_work.deliverer, lane="webhooks")
        alarm = Alarm(
            self.transactions,
            endpoints=self.webhooks.endpoints,
            mailer=self.mailer,
            translator=self.translator,
            company_of=self._company_of,
        )
        self.jobs.register(alarm.kind, alarm, lane="mail")
        if self.assistance is not None:
            summarising = self.assistance.summarising
            self.jobs.register(summarising.kind, summarising, lane="language_model")
        self.jobs.register(self.rule_work.job.kind, self.rule_work.job, lane="automation")
        self.jobs.register(self.ledger_reading.kind, self.ledger_reading, lane="search")
        self.jobs.register_sweep("audit.seal", every=SEAL_EVERY, sweep=self.seal_audit)
        self.jobs.register_sweep("flow.recover", every=RECOVER_EVERY, sweep=self.recover_runs)
        self.jobs.register_sweep("attendance", every=ATTEND_EVERY, sweep=self.retire_absent)
        self.jobs.register_sweep("desk", every=DESK_EVERY, sweep=self.keep_time_at_the_desk)
        self.jobs.register_sweep("offers", every=OFFER_EVERY, sweep=self.offer_call_backs)
        self.jobs.register_sweep("automation", every=RULES_EVERY, sweep=self.keep_time_for_rules)
        self.jobs.register_sweep("hosts", every=HOSTS_EVERY, sweep=self.learn_hosts)
        self.jobs.register_sweep("scanning", every=SCAN_EVERY, sweep=self.scan_held)
        self.jobs.register_sweep("search", every=READ_EVERY, sweep=self.read_ledgers)
        self.jobs.register_sweep("destroyed", every=HOSTS_EVERY, sweep=self.forget_destroyed_keys)
        self.jobs.register_sweep("replay", every=FORGET_EVERY, sweep=self.replay_destructions)
        self.jobs.register_sweep("forget", every=FORGET_EVERY, sweep=self._forget)

    # -- life --------------------------------------------------------------------------------------------------------

    @property
    def audit_folder(self) -> Path:
        """Return the folder of the signed audit heads, which lies outside the database."""
        return self.settings.folder / "audit"

    def start(self) -> None:
        """Forget again what a restored database brought back, take up what a crash left, and set the work going."""
        for scope in self.tenant_scopes("destruction"):
            self.destruction.replay(scope)  # nothing is served before all is forgotten that was destroyed
        self._open_core_systems()
        self._warm_up()
        for scope in self.tenant_scopes("audit"):
            self.sealer.seal(scope)  # a crash may have come between the sealing and the writing of the head
        self.learn_hosts()
        self.runner.recover(all_of_them=self.database.is_sqlite)
        self.jobs.start()

    def _warm_up(self) -> None:
        """Load the encoder and the knowledge before the first customer has to wait for them."""
        self.reader.read(MaskedText("warm"), languages=("en",))
        for scope in self.tenant_scopes("knowledge"):
            self.knowledge.index(scope)

    def close(self) -> None:
        """Finish what is in hand, seal the audit, and close everything."""
        self.intent_trainer.stop()
        self.preparing.work.stop()
        self.jobs.stop()
        self.runner.close()
        self.core_facts.close()
        self.flooding.campaigns.close()
        self.core_calls.close()
        self.directories.close()
        self.issuer_keys.close()
        self.counting.close()
        with contextlib.suppress(Exception):
            self.seal_audit()
        with contextlib.suppress(Exception):
            self.contact_count.keep()
        if self._owns_engines:
            self.engines.close()
        self.transactions.close()
        self.bus.close()
        self.database.close()

    def _company_of(self, tx: Tx, scope: Scope) -> tuple[str, str]:
        tenant = self.identity.tenants.tenant(tx, scope)
        return tenant.name, tenant.settings.languages[0]

    def _announce(self, tx: Tx, scope: Scope, written: Sequence[record.WrittenEntry]) -> tuple[Job, ...]:
        told = self.webhook_work.announcer.announce(tx, scope, written)
        summaries = () if self.assistance is None else self.assistance.summarising.follow(tx, scope, written)
        return (*told, *summaries, *self.rule_work.follower.follow(tx, scope, written))

    def _ring(self) -> None:
        self.jobs.ring()

    def _forget(self) -> None:
        def forget(tx: Tx) -> Outcome[int]:
            sessions = sweep_sessions(tx, settings=self.settings.sessions).value
            others = (sweep_codes(tx).value, sweep_host_tokens(tx).value, sweep_sign_ins(tx).value, sweep_hints(tx))
            mandates = sweep_mandates(tx).value
            done = forget_done(tx, older_than=KEEP_DONE_JOBS) + forget_runs(tx, older_than=KEEP_DONE_RUNS)
            return Outcome(done + forget_old(tx) + sessions + mandates + sum(others))

        self.transactions.write(None, forget)
        work = (
            self._forget_likenesses,
            self.leftovers.sweep,
            self.webhook_work.forget,
            self.rule_work.forget,
            self.upkeep.forget,
            self.flooding.watch.forget,
            self.nudge_work.sweep,
            self.expecting.sweep,
        )
        serve_each("forget", self.tenant_scopes("protection"), *work, self.untouched_runs.sweep, self.agreeing.forget)

    def _forget_likenesses(self, scope: Scope) -> None:
        self.likeness_keys.expire(scope.tenant_id)
        self.transactions.write(
            scope, lambda tx: Outcome(self.protection.forget_expired(tx, scope, self.likeness_keys))
        )

    def _walks_ping(self) -> str | None:
        open_walks = self.transactions.read(count_unfinished)
        return f"{open_walks} messages wait for their walk" if open_walks > 1000 else None
