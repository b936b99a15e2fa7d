"""What keeps a company's knowledge right."""

from typing import NamedTuple, Protocol

from doorward.answering import Knowledge, KnowledgeService, Stewards
from doorward.answering.corrections import Corrections
from doorward.answering.imports import Importer, Imports
from doorward.answering.links import Asking, LinkChecker, Links
from doorward.flow.corrections import Correcting, CorrectionRooms, Finder, Teller
from doorward.flow.desk import DeskRooms
from doorward.flow.questions import QuestionRooms, Questions
from doorward.flow.tenancy import SettingsBook
from doorward.flow.views.care import CareView
from doorward.identity import Identity
from doorward.kit.http import Exit
from doorward.kit.i18n import Translator
from doorward.kit.jobs import JobWorker
from doorward.kit.keys import Keys
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions
from doorward.understanding import Reader
from doorward.vocabulary.scope import Scope


class UpkeepRooms(Protocol):
    """What the house brings."""

    settings: Settings
    transactions: Transactions
    knowledge: Knowledge
    knowledge_service: KnowledgeService
    reader: Reader
    settings_book: SettingsBook
    keys: Keys
    translator: Translator
    desk_rooms: DeskRooms
    stewards: Stewards
    identity: Identity


class Upkeep(NamedTuple):
    """The services, and the jobs that do their work."""

    transactions: Transactions
    questions: Questions
    correcting: Correcting
    finder: Finder
    teller: Teller
    imports: Imports
    importer: Importer
    links: Links
    checker: LinkChecker
    care: CareView

    def register(self, jobs: JobWorker) -> None:
        """Have the jobs done, in a lane of their own: a ledger of years takes a while to look through."""
        jobs.register(self.finder.kind, self.finder, lane="corrections")
        jobs.register(self.teller.kind, self.teller, lane="corrections")
        jobs.register(self.importer.kind, self.importer, lane="imports")
        jobs.register(self.checker.kind, self.checker, lane="links")

    def forget(self, scope: Scope) -> None:
        """Remove what a tenant's imports left that nobody has touched for a day."""
        self.transactions.write(scope, lambda tx: self.imports.forget(tx, scope))


def open_upkeep(house: UpkeepRooms) -> Upkeep:
    """Wire the services over the rooms of a house."""
    transactions, service = house.transactions, house.knowledge_service
    settings_of, destroyed = house.settings_book.settings_of, house.keys.destroyed_parties
    corrections = Corrections()
    imports, links = Imports(service), Links(service)
    way_out = Exit(named=house.settings.links.allowed_hosts, seconds=house.settings.links.seconds)
    rooms = CorrectionRooms(corrections, house.desk_rooms, house.translator, destroyed)
    return Upkeep(
        transactions=transactions,
        questions=Questions(
            transactions, QuestionRooms(house.knowledge, service, house.reader, settings_of, destroyed)
        ),
        correcting=Correcting(transactions, service, rooms),
        finder=Finder(transactions, corrections, destroyed=destroyed),
        teller=Teller(transactions, rooms),
        imports=imports,
        importer=Importer(transactions, imports),
        links=links,
        checker=LinkChecker(transactions, links, asking=lambda: Asking(way_out)),
        care=CareView(service, house.stewards, house.identity.tenants, links),
    )
