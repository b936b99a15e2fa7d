"""Flood control, wired: who is asked at the doors, who watches, and what people do about it."""

from typing import NamedTuple, Protocol

from doorward.bootstrap.plugins import Plugins
from doorward.flow.flood import WATCH_EVERY, FloodControl, FloodWatch, Levers, NothingAlike, SecondLook
from doorward.flow.tenancy import SettingsBook
from doorward.kit.clock import Clock
from doorward.kit.crypto import new_key
from doorward.kit.i18n import Translator
from doorward.kit.jobs import JobWorker, Sweep
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions


class FloodRooms(Protocol):
    """What the house brings."""

    settings: Settings
    clock: Clock
    transactions: Transactions
    translator: Translator
    plugins: Plugins
    settings_book: SettingsBook

    def bot_places(self) -> tuple[int, int]:
        """Return how many messages can be walked at once without a wait, and how many are."""


class Flooding(NamedTuple):
    """The services."""

    control: FloodControl
    watch: FloodWatch
    levers: Levers
    second_look: SecondLook

    def register(self, jobs: JobWorker, sweep: Sweep) -> None:
        """Have every tenant watched."""
        jobs.register_sweep("floods", every=WATCH_EVERY, sweep=sweep)


def open_flooding(house: FloodRooms) -> Flooding:
    """Wire the services over a house."""
    # Owners are counted by each process for itself; with the process it is forgotten who came.
    control = FloodControl(
        house.transactions,
        clock=house.clock,
        secret=new_key(),
        settings=house.settings.flood,
        bot=house.bot_places,
    )
    watch = FloodWatch(house.transactions, control, settings_of=house.settings_book.settings_of)
    levers = Levers(house.transactions, control=control, watch=watch, translator=house.translator)
    return Flooding(control, watch, levers, SecondLook(house.transactions, control, NothingAlike()))
