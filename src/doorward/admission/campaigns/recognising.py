"""The recogniser: sees a tenant's messages as they come and says of each how much it is one of many."""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from doorward.admission.campaigns.demand import USUAL_DEMAND, DemandHead, read_demand_head
from doorward.admission.campaigns.groups import Group, Groups
from doorward.admission.campaigns.likeness import FLAGGED_FROM, Campaign, Crowding, Likeness, LikenessBecause
from doorward.admission.campaigns.recent import Recent, Seen
from doorward.admission.campaigns.signs import Signs, measure_signs
from doorward.admission.campaigns.terms import Terms
from doorward.admission.campaigns.usual import Usual, vector_of
from doorward.admission.campaigns.weighing import (
    CAMPAIGN_BAR,
    CONCERTED_BAR,
    RISES_BY,
    VERSION,
    weigh_campaign,
    weigh_concerted,
)
from doorward.vocabulary.ids import MessageId, TenantId
from doorward.vocabulary.reading import Reading

REMEMBERED: Final = 4096
"""Messages whose likeness is remembered, so that who asks twice hears the same and nothing is counted twice."""

COPY_FROM: Final = 0.4
"""Share of runs written before from which a message is a copy."""

UNREMARKABLE: Final = 1.0
"""Distance below the bar from which a message is ordinary enough to be learnt from."""

LIFTED_EVERY: Final = 3
"""Messages of a group after which it is asked anew whether it is more than usual."""

NEAR_CENTROID: Final = 0.3
TENANTS: Final = 64

_UNLEARNT: Final = Likeness(score=0.0, kind="none", because=("unlearnt",), version=VERSION)


class Recogniser:
    """Recognises campaigns and crowds among one tenant's messages by what they say and by nothing else.

    Who sent a message is not asked for: the id only keeps it from being counted twice and names it to people. The same
    readings at the same times give the same answers. Memory is bounded (docs/concepts/admission.md); thread-safe.
    """

    def __init__(
        self, usual: Iterable[Reading], *, secret: bytes, encoder_id: str, head: DemandHead | None = None
    ) -> None:
        """Take what is usual (phrases, articles, history; 64 readings or nothing is ever flagged) and a 32-byte secret.

        `encoder_id` is the encoder of all readings: the head hears only the one that it was taught with. Raises
        `ValueError` for a secret of another length.
        """
        self._terms = Terms(secret)
        self._usual = Usual(usual, self._terms)
        head = head if head is not None else read_demand_head()
        self._hear = head.hear if head.encoder_id == encoder_id else None
        width = len(self._usual.centre)
        self._recent, self._groups = Recent(width), Groups(width)
        self._typical = CAMPAIGN_BAR
        self._at = datetime.min.replace(tzinfo=UTC)
        self._told: OrderedDict[MessageId, Likeness] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, reading: Reading, *, message_id: MessageId, at: datetime) -> Likeness:
        """Return how much a message is one of many, and count it. Asked again for the same id, return the same.

        A time before the last one counts as the last one. Never raises for any reading.
        """
        with self._lock:
            if message_id in self._told:
                return self._told[message_id]
            self._at = max(self._at, at)
            likeness = self._look(reading, message_id)
            self._told[message_id] = likeness
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
            return likeness

    def campaigns(self) -> tuple[Campaign, ...]:
        """Return what many write about now, campaigns and crowds, the greatest first."""
        with self._lock:
            return tuple(group.told(self._at) for group in self._groups.all() if group.kind != "none")

    def say(self, campaign_id: str, kind: Crowding) -> bool:
        """Have a person's word hold over what is weighed for a group; False where it is not followed any more.

        Nobody of what is said to be a crowd is flagged from now on. Of what is said to be a campaign those are whose
        own words are like it; what was answered before stays.
        """
        with self._lock:
            group = self._groups.find(campaign_id)
            if group is not None:
                group.said = kind
            return group is not None

    def _look(self, reading: Reading, message_id: MessageId) -> Likeness:
        self._recent.let_go(self._at)
        self._groups.let_go(self._at)
        seen = self._see(reading)
        signs = measure_signs(seen, self._recent, self._usual)
        self._recent.add(seen, self._at, is_copy=signs.copied >= COPY_FROM)
        if not self._usual.is_known:
            self._usual.learn(seen.terms, seen.vector, language=seen.language, at=self._at)
            return Likeness(score=0.0, kind="none", because=("unlearnt",), signs=signs, version=VERSION)
        return self._judge(seen, signs, message_id)

    def _see(self, reading: Reading) -> Seen:
        vector = vector_of(reading)
        if vector is not None and len(vector) != len(self._usual.centre):
            vector = None
        return Seen(
            vector=self._usual.centred(vector) if vector is not None else None,
            terms=self._terms.terms_of(reading),
            runs=self._terms.runs_of(reading),
            language=reading.language,
            demand=self._hear(vector) if self._hear is not None else USUAL_DEMAND,
        )

    def _judge(self, seen: Seen, signs: Signs, message_id: MessageId) -> Likeness:
        concerted, odds = weigh_concerted(signs), weigh_campaign(signs)
        stands_out = concerted >= CONCERTED_BAR or odds >= CAMPAIGN_BAR
        group = self._groups.nearest(seen) if stands_out else None
        bar = self._bar(group)
        if stands_out:
            group = group or self._begin(message_id)
            group.demanded += odds >= bar
            if group.is_plain:
                odds = weigh_campaign(signs, like_campaign=True)
            group.add(seen, self._at, message_id=message_id, rare=self._rare(seen))
            group.flagged += odds >= bar
            if group.count % LIFTED_EVERY == 0:
                group.lift = self._lift(group)
            if odds >= CAMPAIGN_BAR:
                self._typical += (odds - self._typical) / 8
                group.typical += (odds - group.typical) / 8
        elif odds < CAMPAIGN_BAR - UNREMARKABLE:
            self._usual.learn(seen.terms, seen.vector, language=seen.language, at=self._at)
        kind = _kind(group, odds=odds, bar=bar)
        score = 1 / (1 + math.exp(min(50.0, max(-50.0, bar - odds))))
        return Likeness(
            score=score if kind == "campaign" else min(score, FLAGGED_FROM - 0.01),
            kind=kind,
            campaign_id=group.name if group is not None and kind != "none" else "",
            because=_because(signs, kind),
            signs=signs,
            version=VERSION,
        )

    def _begin(self, message_id: MessageId) -> Group:
        group = self._groups.begin(self._name(message_id), self._at)
        # While a campaign speaks plainly, as much is asked of what is like it and begins a group of its own.
        group.typical = self._typical
        return group

    def _bar(self, group: Group | None) -> float:
        """Return the odds from which a message is flagged: the more plainly a campaign speaks, the more is asked.

        An ordinary message that shares a word with a plain campaign is like it, but much less than its own are.
        """
        typical = self._typical if group is None else group.typical
        return CAMPAIGN_BAR + RISES_BY * max(0.0, typical - CAMPAIGN_BAR)

    def _rare(self, seen: Seen) -> tuple[int, ...]:
        """Return those of a message's terms that are not usual."""
        shares = self._usual.shares(seen.terms, seen.language)
        return tuple(term for term, share in zip(seen.terms, shares, strict=True) if share < 0.02)

    def _lift(self, group: Group) -> float:
        """Return how many times as many write about a group's matter now as usually do."""
        now = (self._recent.vectors @ group.centroid)[self._recent.alive] > NEAR_CENTROID
        usually = self._usual.rows @ group.centroid > NEAR_CENTROID
        if not len(now) or not len(usually):
            return 1.0
        return float((now.mean() + 0.01) / (usually.mean() + 0.01))

    def _name(self, message_id: MessageId) -> str:
        return f"{self._terms.number_of(f'group {message_id}'):016x}"


def _at_once(work: Callable[[], None]) -> None:
    work()


class Recognisers:
    """A recogniser for each tenant, made when its first message comes. Thread-safe.

    While one is made `beside`, in a thread of its own, nobody waits and nothing of that tenant is flagged. Of more than
    `most` tenants the one not heard of for longest is made anew when it comes again.
    """

    def __init__(
        self,
        make: Callable[[TenantId], Recogniser],
        *,
        most: int = TENANTS,
        beside: Callable[[Callable[[], None]], None] = _at_once,
    ) -> None:
        """Take what makes a tenant's recogniser, and what runs that: at once unless told otherwise."""
        self._make, self._most, self._beside = make, most, beside
        self._making: set[TenantId] = set()
        self._made: OrderedDict[TenantId, Recogniser] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, tenant_id: TenantId, reading: Reading, *, message_id: MessageId, at: datetime) -> Likeness:
        """Return how much a message of a tenant's is one of many (see `Recogniser.look`)."""
        made = self._of(tenant_id)
        return _UNLEARNT if made is None else made.look(reading, message_id=message_id, at=at)

    def campaigns(self, tenant_id: TenantId) -> tuple[Campaign, ...]:
        """Return what many write about to a tenant now, the greatest first; nothing where nobody has written yet."""
        with self._lock:
            made = self._made.get(tenant_id)
        return made.campaigns() if made is not None else ()

    def say(self, tenant_id: TenantId, campaign_id: str, kind: Crowding) -> bool:
        """Have a person's word hold for a group of a tenant's (see `Recogniser.say`)."""
        with self._lock:
            made = self._made.get(tenant_id)
        return made is not None and made.say(campaign_id, kind)

    def _of(self, tenant_id: TenantId) -> Recogniser | None:
        with self._lock:
            made = self._made.get(tenant_id)
            if made is not None:
                self._made.move_to_end(tenant_id)
                return made
            if tenant_id in self._making:
                return None
            self._making.add(tenant_id)
        self._beside(partial(self._learn, tenant_id))
        with self._lock:
            return self._made.get(tenant_id)

    def _learn(self, tenant_id: TenantId) -> None:
        try:
            made = self._make(tenant_id)
            with self._lock:
                self._made[tenant_id] = made
                if len(self._made) > self._most:
                    self._made.popitem(last=False)
        finally:  # what failed is tried again by the next message
            with self._lock:
                self._making.discard(tenant_id)


def _kind(group: Group | None, *, odds: float, bar: float) -> Crowding:
    if group is not None and group.is_demanded is False:
        return group.kind
    return "campaign" if odds >= bar else "none"


def _because(signs: Signs, kind: Crowding) -> tuple[LikenessBecause, ...]:
    if kind == "none":
        return ("not_shared",)
    found: list[LikenessBecause] = []
    if signs.copied >= COPY_FROM:
        found.append("copied")
    if signs.words >= 1:
        found.append("same_words")
    if signs.density >= 0.1:
        found.append("same_meaning")
    found.append("demanded" if kind == "campaign" else "own_matter")
    return tuple(found)
