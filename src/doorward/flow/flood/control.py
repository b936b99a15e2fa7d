"""Admission at the door of every tenant: who comes now, how things stand, and what that comes to."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward import routing
from doorward.admission.flood import (
    CLASSES,
    TICK,
    Alert,
    Arriving,
    CallerClass,
    CapacityRules,
    Counted,
    Level,
    Occupancy,
    Quota,
    admit,
    people_for,
)
from doorward.admission.flood.capacity import RESERVED
from doorward.admission.kept import ArrivalKind, count_promised, read_kept
from doorward.admission.together import QuotasTogether, Whose
from doorward.flow.flood.admitted import Admitted, admitted_as
from doorward.flow.flood.knocking import Knock
from doorward.kit.clock import Clock
from doorward.kit.settings import Flood
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import Scope

FRESH: Final = timedelta(seconds=1)
"""For how long it is remembered how things stand: another process may have changed it."""

_HOUR: Final = 3600.0

MOST_KINDS: Final = 2_000
"""So many kinds of arrivals are counted apart between two observations; beyond without language and region."""

Seen = Callable[[CallerClass, str], None]
"""Hears of every new contact: its class, and what it was admitted to."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a tenant stands at a moment."""

    at: datetime
    alert: Alert
    occupancy: Occupancy


_BEFORE_STRANGERS: Final = ("open_case", "known")


class _Tenant:
    """What a process knows of one tenant. Under the lock of the control."""

    __slots__ = ("arrived", "changes", "handed", "standing")

    def __init__(self) -> None:
        self.changes = 0
        self.standing: Standing | None = None
        self.handed: Counter[CallerClass] = Counter()
        self.arrived: Counter[ArrivalKind] = Counter()


class FloodControl:
    """Admits contacts; see `docs/concepts/admission.md`. Thread-safe.

    What it keeps in memory is bounded: counts of owners as `Quotas` keeps them, and a row of numbers a tenant.
    """

    def __init__(
        self,
        transactions: Transactions,
        *,
        clock: Clock,
        quotas: QuotasTogether,
        settings: Flood,
        bot: Callable[[], tuple[int, int]] = lambda: (1, 0),
    ) -> None:
        """Count owners in `quotas`; `bot` tells how many places the bot has and how many are taken."""
        self._transactions = transactions
        self._clock = clock
        self._quotas = quotas
        self._quota = Quota(
            kind="contact", count=settings.contacts_per_hour, seconds=_HOUR, burst=settings.contacts_at_once
        )
        self._bot = bot
        self.rules = rules_of(settings)
        self.seen: Seen = lambda _caller_class, _way: None
        self._tenants: dict[TenantId, _Tenant] = {}
        self._lock = threading.Lock()

    # -- how things stand ----------------------------------------------------------------------------------------------

    def standing(self, tx: Tx, scope: Scope) -> Standing:
        """Return how the tenant stands, at most a second old."""
        now, (known, since) = tx.now, self._known(scope.tenant_id)
        if known is not None and abs(now - known.at) < FRESH:
            return known
        kept = read_kept(tx, scope)
        alert = Alert(since=now) if kept is None else kept.alert
        fresh = Standing(at=now, alert=alert, occupancy=self.occupancy(tx, scope))
        self._note(scope.tenant_id, fresh, since=since)
        return fresh

    def level(self, scope: Scope) -> Level:
        """Return the level that holds."""
        return self._transactions.read(lambda tx: self.standing(tx, scope)).alert.level

    def look_again(self, tenant_id: TenantId) -> None:
        """Forget how a tenant stands: it was just changed."""
        with self._lock:
            if tenant_id in self._tenants:
                self._tenants[tenant_id].standing = None
                self._tenants[tenant_id].changes += 1

    def occupancy(self, tx: Tx, scope: Scope) -> Occupancy:
        """Return how full people and bot are now."""
        load = routing.load_of(tx, scope)
        places, busy = self._bot()
        waiting = {
            one: load.waiting[rank] * load.handling for rank, one in enumerate(CLASSES) if load.waiting.get(rank)
        }
        return Occupancy(
            people=load.places,
            busy=load.taken,
            bot_places=places,
            bot_busy=busy,
            waiting=waiting,
            promised=count_promised(tx, scope) * load.handling,
            handling=max(load.handling, 1.0),
        )

    def kept_free(self, occupancy: Occupancy) -> dict[CallerClass, int]:
        """Return how many places are kept free of each class, in whole places."""
        people = occupancy.people
        return {one: people - people_for(one, people=people, rules=self.rules) for one in CLASSES}

    # -- who comes -----------------------------------------------------------------------------------------------------

    async def admit(self, scope: Scope, knock: Knock, standing: Standing) -> Admitted:
        """Decide what a contact may have, and count it if it begins one. Nobody is refused."""
        counted = await self._quotas.take(self._whose(scope, knock)) if knock.begins else self._counted(knock)
        return self._admitted(scope, knock, standing, counted)

    def admit_now(self, scope: Scope, knock: Knock, standing: Standing) -> Admitted:
        """Do as `admit`, in a thread that may wait for the count."""
        counted = self._quotas.take_now(self._whose(scope, knock)) if knock.begins else self._counted(knock)
        return self._admitted(scope, knock, standing, counted)

    def _admitted(self, scope: Scope, knock: Knock, standing: Standing, counted: Counted) -> Admitted:
        caller = knock.caller
        arriving = Arriving(caller=caller, at=standing.at, handling=standing.occupancy.handling)
        occupancy = self._since(scope.tenant_id, standing.occupancy)
        made = admit(arriving, occupancy=occupancy, alert=standing.alert, counted=counted, rules=self.rules)
        admitted = admitted_as(made, caller, told=knock.told)
        if knock.begins:
            self._arrived(scope.tenant_id, knock, admitted)
        return admitted

    def admit_again(
        self, scope: Scope, admitted: Admitted, standing: Standing, *, flagged: bool, vulnerable: bool
    ) -> Admitted:
        """Decide again with what the content says. Nothing is counted, and what was told before stays told."""
        caller = admitted.caller(flagged=flagged, vulnerable=vulnerable)
        arriving = Arriving(caller=caller, at=standing.at, handling=standing.occupancy.handling)
        occupancy = self._since(scope.tenant_id, standing.occupancy)
        made = admit(arriving, occupancy=occupancy, alert=standing.alert, counted=admitted.counted(), rules=self.rules)
        return admitted_as(made, caller, told=admitted.told)

    def note_handed(self, scope: Scope, caller_class: CallerClass) -> None:
        """Count one more who waits for a person: it is a while until the database says so here."""
        with self._lock:
            self._of(scope.tenant_id).handed[caller_class] += 1

    def take_counts(self, tenant_id: TenantId) -> Counter[ArrivalKind]:
        """Return what was counted since the last time; whoever takes it keeps it or gives it back."""
        with self._lock:
            tenant = self._of(tenant_id)
            counts, tenant.arrived = tenant.arrived, Counter()
            return counts

    def give_back(self, tenant_id: TenantId, counts: Counter[ArrivalKind]) -> None:
        """Take back counts that could not be kept."""
        with self._lock:
            self._of(tenant_id).arrived.update(counts)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _whose(self, scope: Scope, knock: Knock) -> Whose:
        caller = knock.caller
        return Whose(self._quota, scope.tenant_id, caller.platform, caller.owner)

    def _counted(self, knock: Knock) -> Counted:
        """Return what was counted when the contact began that this goes on with."""
        now = self._clock.now()
        if knock.over_until is not None and knock.over_until > now:
            return Counted(within=False, retry_after=(knock.over_until - now).total_seconds())
        return Counted(within=True)

    def _arrived(self, tenant_id: TenantId, knock: Knock, admitted: Admitted) -> None:
        now = self._clock.now()
        kind = ArrivalKind(
            tick_of(now),
            admitted.caller_class,
            knock.channel,
            knock.language,
            admitted.way,
            admitted.because,
            knock.region,
        )
        with self._lock:
            arrived = self._of(tenant_id).arrived
            if kind not in arrived and len(arrived) >= MOST_KINDS:
                kind = kind._replace(language="", region="")
            arrived[kind] += 1
        self.seen(admitted.caller_class, admitted.way)

    def _since(self, tenant_id: TenantId, occupancy: Occupancy) -> Occupancy:
        """Return how full it is with those who were handed over since it was looked at."""
        with self._lock:
            handed = dict(self._of(tenant_id).handed)
        if not handed:
            return occupancy
        free = max(0, occupancy.people - occupancy.busy)
        waiting = dict(occupancy.waiting)
        for one, number in handed.items():
            taken = min(free, number)
            free -= taken
            waiting[one] = waiting.get(one, 0.0) + (number - taken) * occupancy.handling
        busy = max(occupancy.busy, occupancy.people - free) if occupancy.people else occupancy.busy
        return msgspec.structs.replace(occupancy, busy=busy, waiting=waiting)

    def _known(self, tenant_id: TenantId) -> tuple[Standing | None, int]:
        with self._lock:
            tenant = self._of(tenant_id)
            return tenant.standing, tenant.changes

    def _note(self, tenant_id: TenantId, standing: Standing, *, since: int) -> None:
        with self._lock:
            tenant = self._of(tenant_id)
            if tenant.changes != since:
                return  # read before the change that was told here
            tenant.standing = standing
            tenant.handed.clear()

    def _of(self, tenant_id: TenantId) -> _Tenant:
        return self._tenants.setdefault(tenant_id, _Tenant())


def tick_of(at: datetime) -> datetime:
    """Return when the ten seconds began in which a moment lies."""
    return at - timedelta(seconds=at.timestamp() % TICK)


def rules_of(settings: Flood) -> CapacityRules:
    """Return what is kept for whom as the operator wants it: what strangers may have, customers may have as well."""
    kept = settings.kept_from_strangers
    reserved = {one: min(share, kept) if one in _BEFORE_STRANGERS else share for one, share in RESERVED.items()}
    return CapacityRules(reserved={**reserved, "anonymous": kept}, callback_share=settings.call_back_share)
