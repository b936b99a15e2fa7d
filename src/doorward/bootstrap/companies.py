"""What companies bring along, opened at start: core systems, procedures, what is offered unasked; and what helps
by it.
"""

from collections.abc import Mapping, Sequence

from doorward.answering import Knowledge
from doorward.answering.procedures import Listener
from doorward.bootstrap.plugins import Plugins
from doorward.flow.assist import Assisting, AssistRooms
from doorward.flow.core_facts import CoreFacts
from doorward.flow.expecting import Expecting
from doorward.flow.machines import MachineBook
from doorward.flow.nudging import CardRooms, NudgeBooks, NudgeCards, NudgeRooms, NudgeWork
from doorward.flow.procedures import Gate, ProcedureBook, ProcedureWork
from doorward.flow.tenancy import SettingsBook
from doorward.identity import Identity, Tenant
from doorward.kit.health import Health
from doorward.kit.i18n import Translator
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions
from doorward.understanding import ActiveModels, Reader
from doorward.vocabulary.company import (
    Company,
    CoreSystem,
    ExpectationSource,
    IntentSource,
    MachineOrderSource,
    NudgeSource,
    ProcedureSource,
)
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.operations import Operates


class Companies:
    """Opens them; the house that inherits this brings the services."""

    settings: Settings
    plugins: Plugins
    transactions: Transactions
    identity: Identity
    health: Health
    core_systems: dict[TenantId, CoreSystem]
    procedure_book: ProcedureBook
    procedure_work: ProcedureWork
    gate: Gate
    listener: Listener
    machine_book: MachineBook
    knowledge: Knowledge
    reader: Reader
    translator: Translator
    packs: Mapping[str, LanguagePack]
    settings_book: SettingsBook
    active_models: ActiveModels
    core_facts: CoreFacts

    def _build_assisting(self) -> None:
        self.assisting = Assisting(
            self.transactions,
            AssistRooms(
                knowledge=self.knowledge,
                reader=self.reader,
                procedures=self.procedure_book,
                translator=self.translator,
                packs=self.packs,
                settings_of=self.settings_book.settings_of,
                called=self.active_models.called,
            ),
        )

    def _build_nudges(self) -> None:
        self.expecting = Expecting(
            self.transactions, gate=self.gate, procedures=self.procedure_book, called=self.active_models.called
        )
        self.nudge_books = NudgeBooks()
        self.nudge_work = NudgeWork(
            self.transactions,
            NudgeRooms(
                books=self.nudge_books,
                procedures=self.procedure_book,
                work=self.procedure_work,
                gate=self.gate,
                listener=self.listener,
                knowledge=self.knowledge,
                sentences=self.translator,
            ),
        )

    def _build_nudge_cards(self) -> None:
        self.nudge_cards = NudgeCards(
            self.transactions,
            CardRooms(
                books=self.nudge_books,
                identity=self.identity,
                core_facts=self.core_facts,
                knowledge=self.knowledge,
                names=lambda scope, language: self.assisting.names(scope, language=language),
                expecting=self.expecting,
            ),
        )

    def _open_core_systems(self) -> None:
        """Open the core system of every tenant that is a company plugin's; its files lie apart from ours."""
        for tenant in self.transactions.read(self.identity.tenants.all_tenants):
            company = self.plugins.companies.get(tenant.slug)
            if company is None or tenant.id in self.core_systems:
                continue
            folder = self.settings.folder
            for name in ("core", tenant.slug):  # `parents=True` would make those above with the usual mode
                folder /= name
                folder.mkdir(exist_ok=True, mode=0o700)
            core = company.core_system(folder)
            if core is not None:
                self.core_systems[tenant.id] = core
                self.health.register(f"core.{tenant.slug}", core.ping, vital=False)
            self._load_procedures(tenant, company, core)

    def _load_procedures(self, tenant: Tenant, company: Company, core: object) -> None:
        if isinstance(core, Operates) and isinstance(company, ProcedureSource):
            languages = tenant.settings.languages
            self.procedure_book.load(tenant.id, company.procedures(), core=core, languages=languages)
            self._load_nudges(tenant, company)
            self._load_expectations(tenant, company, core)
            self._load_machine_orders(tenant, company)

    def _load_expectations(self, tenant: Tenant, company: Company, core: object) -> None:
        if isinstance(company, ExpectationSource):
            self.expecting.load(tenant.id, company.expectations(), core=core, intents=_intents(company))

    def _load_machine_orders(self, tenant: Tenant, company: Company) -> None:
        procedures = self.procedure_book.of(tenant.id)
        if procedures is not None and isinstance(company, MachineOrderSource):
            path, languages = company.machine_orders(), tenant.settings.languages
            self.machine_book.load(tenant.id, path, procedures=procedures, languages=languages)

    def _load_nudges(self, tenant: Tenant, company: Company) -> None:
        procedures = self.procedure_book.of(tenant.id)
        if procedures is not None and isinstance(company, NudgeSource):
            self.nudge_books.load(
                tenant.id,
                company.nudges(),
                procedures=procedures,
                languages=tenant.settings.languages,
                known=({article.slug for article in company.articles()}, _intents(company)),
            )


def _intents(company: Company) -> Sequence[str]:
    return [one.name for one in company.intents() if one.name] if isinstance(company, IntentSource) else ()
