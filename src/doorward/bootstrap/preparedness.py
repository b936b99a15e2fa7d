"""Knowing how well a company is prepared, wired: what reads what it has, and the job that plays scenarios with it."""

from typing import NamedTuple, Protocol

from doorward.bootstrap.flooding import Flooding
from doorward.flow.preparedness import PREPARING_LANE, Gathering, PlaysApart, Preparing, PreparingRooms
from doorward.flow.tenancy import SettingsBook
from doorward.identity import Identity
from doorward.kit.jobs import JobWorker
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions


class PreparednessRooms(Protocol):
    """What the house brings."""

    settings: Settings
    transactions: Transactions
    settings_book: SettingsBook
    identity: Identity
    flooding: Flooding


class Preparation(NamedTuple):
    """The services."""

    gathering: Gathering
    work: Preparing

    def register(self, jobs: JobWorker) -> None:
        """Have it played in a lane of its own."""
        jobs.register(self.work.kind, self.work, lane=PREPARING_LANE)


def open_preparing(house: PreparednessRooms) -> Preparation:
    """Wire the services over a house; scenarios are played in a process of their own."""
    rooms = PreparingRooms(
        staff=house.identity.staff,
        settings_of=house.settings_book.settings_of,
        control=house.flooding.control,
        flood=house.settings.flood,
    )
    gathering = Gathering(rooms)
    return Preparation(gathering, Preparing(house.transactions, gathering=gathering, plays=PlaysApart()))
