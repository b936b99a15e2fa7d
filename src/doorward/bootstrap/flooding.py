"""Flood control, wired: who is asked at the doors, who watches, and what people do about it."""

from typing import NamedTuple, Protocol

from doorward.admission.flood import Quotas, WorkGate, WorkLimitRules
from doorward.admission.together import QuotasTogether
from doorward.bootstrap.counting import Counting
from doorward.bootstrap.plugins import Plugins
from doorward.flow.accept import TenantScreening
from doorward.flow.crowds import Crowds
from doorward.flow.desk import DeskRooms
from doorward.flow.flood import WATCH_EVERY, CampaignWatch, FloodControl, FloodWatch, Levers, SecondLook
from doorward.flow.flood.announcing import announces_to
from doorward.flow.measuring import Meters
from doorward.flow.tenancy import SettingsBook
from doorward.kit.clock import Clock
from doorward.kit.crypto import new_key
from doorward.kit.i18n import Translator
from doorward.kit.ids import new_id
from doorward.kit.jobs import JobWorker, Sweep
from doorward.kit.keys import Keys
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions
from doorward.understanding import Intents, Reader
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText
from doorward.webhooks import Deliveries, Endpoints


class FloodRooms(Protocol):
    """What the house brings."""

    settings: Settings
    clock: Clock
    transactions: Transactions
    translator: Translator
    plugins: Plugins
    settings_book: SettingsBook
    meters: Meters
    keys: Keys
    screening: TenantScreening
    reader: Reader
    intents: Intents
    counting: Counting

    def bot_places(self) -> tuple[int, int]:
        """Return how many messages can be walked at once without a wait, and how many are."""


class Flooding(NamedTuple):
    """The services."""

    control: FloodControl
    watch: FloodWatch
    levers: Levers
    second_look: SecondLook
    campaigns: CampaignWatch
    gate: WorkGate

    def register(self, jobs: JobWorker, sweep: Sweep) -> None:
        """Have every tenant watched."""
        jobs.register_sweep("floods", every=WATCH_EVERY, sweep=sweep)

    def open_crowds(self, transactions: Transactions, rooms: DeskRooms) -> Crowds:
        """Wire what people say about campaigns and crowds, over the desk's rooms."""
        return Crowds(transactions, rooms, campaigns=self.campaigns, members=self.second_look.members)


def open_flooding(house: FloodRooms) -> Flooding:
    """Wire the services over a house."""
    counting = house.counting
    near = Quotas(house.clock, secret=new_key())
    control = FloodControl(
        house.transactions,
        clock=house.clock,
        quotas=QuotasTogether(near, counting.memory, clock=house.clock, secret=counting.secret),
        settings=house.settings.flood,
        bot=house.bot_places,
    )
    control.seen = house.meters.arrived
    watch = FloodWatch(
        house.transactions,
        control,
        settings_of=house.settings_book.settings_of,
        announces=announces_to(Endpoints(house.keys), Deliveries()),
        watched=house.meters.flood_watched,
    )

    def masks(scope: Scope, note: WildText) -> MaskedText:
        return house.screening.screen_staff(scope, note, MessageId(new_id()), names=()).masked

    levers = Levers(house.transactions, control=control, watch=watch, translator=house.translator, masks=masks)
    campaigns = CampaignWatch(
        house.transactions,
        reader=house.reader,
        intents=house.intents,
        languages_of=lambda tenant_id: house.settings_book.settings_of(tenant_id).languages,
        secret=new_key(),
    )
    gate = WorkGate(WorkLimitRules(least=house.settings.server.least_at_once))
    house.meters.watch_gate(gate)
    second_look = SecondLook(house.transactions, control, campaigns)
    return Flooding(control, watch, levers, second_look, campaigns, gate)
