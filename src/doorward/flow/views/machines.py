"""What a company sees of machine customers: platforms, keys, and what came of late."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import msgspec

from doorward.admission.kept import count_arrivals
from doorward.flow.signing.kept_keys import Looked
from doorward.identity import Identity, MachineKey, MachinePlatform, UseCount
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope

LATELY: Final = timedelta(days=7)
"""So far back acts are counted."""

LAST_HOUR: Final = timedelta(hours=1)


class SeenPlatform(msgspec.Struct, frozen=True, kw_only=True):
    """A platform that the company decided about, and how this process read its directory last, None if it did not."""

    platform: MachinePlatform
    looked: Looked | None


class MachineOverview(msgspec.Struct, frozen=True, kw_only=True):
    """Platforms in order and keys, the newest first. `mandates` are in use now; `signed` contacts under one began in
    the last hour; `acts` were done in the last seven days, by capability and how they stand.
    """

    platforms: tuple[SeenPlatform, ...]
    keys: tuple[MachineKey, ...]
    mandates: int
    signed: int
    acts: Mapping[str, Mapping[str, int]]


def machine_overview(
    tx: Tx, scope: Scope, *, identity: Identity, looked: Callable[[str], Looked | None]
) -> MachineOverview:
    """Return what there is of machine customers; `looked` tells how a platform's directory was read."""
    arrived = count_arrivals(tx, scope, since=tx.now - LAST_HOUR)
    return MachineOverview(
        platforms=tuple(
            SeenPlatform(platform=one, looked=looked(one.platform)) for one in identity.machines.platforms(tx, scope)
        ),
        keys=identity.machines.keys(tx, scope),
        mandates=identity.mandates.count_in_use(tx, scope),
        signed=sum(number for kind, number in arrived.items() if kind.caller_class == "signed"),
        acts=_by_capability(identity.mandate_uses.counts_since(tx, scope, tx.now - LATELY)),
    )


def _by_capability(counts: tuple[UseCount, ...]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, Counter[str]] = {}
    for one in counts:
        found.setdefault(one.capability, Counter())[one.state] += one.number
    return found
