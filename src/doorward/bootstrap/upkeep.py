"""What keeps a company's knowledge right."""

from typing import NamedTuple, Protocol

from doorward.answering import Knowledge, KnowledgeService
from doorward.flow.questions import QuestionRooms, Questions
from doorward.flow.tenancy import SettingsBook
from doorward.kit.keys import Keys
from doorward.kit.tx import Transactions
from doorward.understanding import Reader


class UpkeepRooms(Protocol):
    """What the house brings."""

    transactions: Transactions
    knowledge: Knowledge
    knowledge_service: KnowledgeService
    reader: Reader
    settings_book: SettingsBook
    keys: Keys


class Upkeep(NamedTuple):
    """The services."""

    questions: Questions


def open_upkeep(house: UpkeepRooms) -> Upkeep:
    """Wire the services over the rooms of a house."""
    settings_of, destroyed = house.settings_book.settings_of, house.keys.destroyed_parties
    rooms = QuestionRooms(house.knowledge, house.knowledge_service, house.reader, settings_of, destroyed)
    return Upkeep(questions=Questions(house.transactions, rooms))
