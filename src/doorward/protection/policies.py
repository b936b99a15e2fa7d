"""What becomes of what is found: for each kind and channel one of five actions, else what the kind is made for.

- no rule: masked as its detector shows it (a card's last four digits, a link's host), the original sealed
- `mask`: masked, nothing of it shown, the original sealed
- `keep_last_four`: masked, its last four characters shown, where the kind is one to be recognised by them
- `drop`: masked, nothing shown, nothing kept: no original, no keyed hash, nothing to be found by
- `refuse`: nothing of the message is kept, and whoever wrote it is told in their language
- `block`: refused, and the sender is turned away until somebody has looked at it

Where a detector failed, nobody knows what it would have found: if anything must be dropped or refused on the channel,
the original of a withheld place is not kept either (house law 2).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from doorward.kit.tenant_settings import ANY_CHANNEL, MaskingAction, TenantSettings
from doorward.protection.findable import FINDABLE
from doorward.protection.masking import WITHHELD
from doorward.protection.overlap import Placed
from doorward.protection.own_kinds import RULE
from doorward.protection.ports import Certainty, Claim
from doorward.protection.screened import Screened
from doorward.vocabulary.text import MaskedText

DESK: Final = "desk"
"""The channel of what staff write: replies, notes, decisions."""

LAST_FOUR: Final = frozenset({"CARD", "IBAN", "BANK_ACCOUNT", "PHONE", "ORDER_NUMBER", "CUSTOMER_NUMBER"})
"""The built-in kinds whose last four characters may be shown: what customers are asked for to find something. Secrets
and documents are not among them. Companies' own kinds are."""

_FEWEST_HIDDEN: Final = 4  # characters that stay hidden beside the four that are shown
_HARDNESS: Final[Sequence[MaskingAction]] = ("keep_last_four", "mask", "drop", "refuse", "block")
_REFUSING: Final = frozenset({"refuse", "block"})


class Refusal(NamedTuple):
    """Why a message is refused: how many of which kinds, and whether its sender is to be turned away."""

    kinds: Mapping[str, int]
    blocks: bool


class Weighed(NamedTuple):
    """A screened text, the refusal if the policy does not let it in, and the kinds whose originals are not kept."""

    screened: Screened
    refusal: Refusal | None = None
    dropped: tuple[str, ...] = ()


class ChannelPolicy:
    """One tenant's rules on one channel. Immutable and thread-safe."""

    def __init__(self, actions: Mapping[str, MaskingAction]) -> None:
        """Take an action for each kind that has one."""
        self._actions = actions
        self._strict = not {"drop", "refuse", "block"}.isdisjoint(actions.values())

    def weigh(
        self, standing: Sequence[Placed], found: Sequence[Placed], *, wanted: Collection[str] = ()
    ) -> list[Placed]:
        """Return the claims that stand with what may be shown and known of their values; `found` are all claims.
        `wanted` as in `judge`.

        A company's own kind never softens a rule: where it took a place from a built-in kind with a harder one, the
        place is that kind's.
        """
        return [
            placed
            if placed.claim.kind in wanted
            else placed._replace(claim=self._weighed(self._hardened(placed, found)))
            for placed in standing
        ]

    def _hardened(self, placed: Placed, found: Sequence[Placed]) -> Claim:
        claim = placed.claim
        if not claim.rule.startswith(RULE):
            return claim
        for other in found:
            rival = other.claim
            beside = other.end <= placed.start or placed.end <= other.start
            if beside or rival.rule.startswith(RULE) or rival.certainty < Certainty.CONTEXT:
                continue
            if self._hardness(rival.kind) > self._hardness(claim.kind):
                claim = msgspec.structs.replace(rival, start=claim.start, end=claim.end)
        return claim

    def _hardness(self, kind: str) -> int:
        action = self._actions.get(kind)
        return -1 if action is None else _HARDNESS.index(action)

    def _weighed(self, claim: Claim) -> Claim:
        action = self._actions.get(claim.kind)
        if action is None:
            return claim
        if action == "keep_last_four":
            return msgspec.structs.replace(claim, tail=_last_four(claim))
        if action == "mask":
            return msgspec.structs.replace(claim, tail=None)
        return msgspec.structs.replace(claim, tail=None, host=None, canonical=None)

    def judge(self, screened: Screened, *, wanted: Collection[str] = ()) -> Weighed:
        """Return a screened text without what must not be kept, and whether it is refused.

        `wanted` are kinds that were asked for (a number to call back): they are masked and kept whatever the rules say.
        """
        spans = [span for span in screened.masked.spans if span.kind not in wanted]
        dropped = {span.kind for span in spans if self._is_dropped(span.kind)}
        if dropped:
            screened = _without(screened, dropped)
        counted = Counter(span.kind for span in spans if self._actions.get(span.kind) in _REFUSING)
        if not counted:
            return Weighed(screened, dropped=tuple(sorted(dropped)))
        blocks = any(self._actions[kind] == "block" for kind in counted)
        return Weighed(screened, Refusal(dict(counted), blocks), tuple(sorted(dropped)))

    def _is_dropped(self, kind: str) -> bool:
        return self._actions.get(kind) in {"drop", *_REFUSING} or (kind == WITHHELD and self._strict)


def channel_policy(settings: TenantSettings, channel: str) -> ChannelPolicy:
    """Return a tenant's rules on a channel: a rule for the channel itself counts before one for all of them."""
    actions: dict[str, MaskingAction] = {kind.name: kind.action for kind in settings.own_kinds}
    for kind, rules in settings.masking.items():
        action = rules.get(channel) or rules.get(ANY_CHANNEL)
        if action is not None:
            actions[kind] = action
    return ChannelPolicy(actions)


def _last_four(claim: Claim) -> str | None:
    """Return the last four letters or digits of a value, None where too little would stay hidden."""
    if claim.kind not in LAST_FOUR and not claim.rule.startswith(RULE):
        return None
    value = (claim.canonical or "").partition(":")[2]
    known = [sign for sign in value if sign.isalnum()]
    return "".join(known[-4:]).upper() if len(known) >= 4 + _FEWEST_HIDDEN else None


def _without(screened: Screened, kinds: Collection[str]) -> Screened:
    spans = tuple(
        msgspec.structs.replace(span, id=None) if span.kind in kinds else span for span in screened.masked.spans
    )
    indexed = {FINDABLE[kind] for kind in kinds if kind in FINDABLE}
    return msgspec.structs.replace(
        screened,
        likenesses=tuple(one for one in screened.likenesses if one.kind not in kinds),
        index=tuple(one for one in screened.index if one.kind not in indexed),
        masked=MaskedText(screened.masked.text, spans),
        originals=tuple(original for original in screened.originals if original.kind not in kinds),
    )
