"""What contacts asked for lately and how long they waited: what fairness and scarcity are reckoned from."""

from collections.abc import Mapping
from typing import Final

import msgspec

from doorward.routing.matching import Contact

ALL: Final = "all"
REMEMBERED: Final = 10_000.0
"""When so many contacts have been counted every count is halved: what was long ago matters ever less."""


class Lately(msgspec.Struct, frozen=True, kw_only=True):
    """So many contacts, and how long they waited together as shares of their patience."""

    contacts: float = 0.0
    waited: float = 0.0


def names_of(contact: Contact) -> tuple[str, ...]:
    """Return under what a contact is counted: all, its language, the skills that it needs."""
    language = (f"language:{contact.language}",) if contact.language else ()
    return (ALL, *language, *sorted({f"skill:{need.skill}" for need in contact.needs}))


def noted(lately: Mapping[str, Lately], contact: Contact, *, share: float) -> dict[str, Lately]:
    """Return the counts with one contact more, that waited this share of its patience (1 at most)."""
    counts = dict(lately)
    for name in names_of(contact):
        old = counts.get(name, Lately())
        counts[name] = Lately(contacts=old.contacts + 1, waited=old.waited + min(max(share, 0.0), 1.0))
    if counts[ALL].contacts > REMEMBERED:
        return {name: Lately(contacts=one.contacts / 2, waited=one.waited / 2) for name, one in counts.items()}
    return counts


def demand_of(lately: Mapping[str, Lately]) -> dict[str, float]:
    """Return which share of contacts asked for each language and skill."""
    every = lately.get(ALL, Lately()).contacts
    return {name: one.contacts / every for name, one in lately.items() if name != ALL} if every else {}


def waits_of(lately: Mapping[str, Lately], *, least: float = 20.0) -> dict[str, float]:
    """Return the mean wait of each language group, as a share of patience; of groups with `least` contacts at least."""
    return {
        name.removeprefix("language:"): one.waited / one.contacts
        for name, one in lately.items()
        if name.startswith("language:") and one.contacts >= least
    }


def mean_wait(lately: Mapping[str, Lately]) -> float:
    """Return the mean wait of all contacts as a share of patience, 0 when there were none."""
    every = lately.get(ALL, Lately())
    return every.waited / every.contacts if every.contacts else 0.0


def share_of(waited_seconds: float, patience_seconds: float) -> float:
    """Return a wait as a share of patience, 0 to 1."""
    return min(max(waited_seconds / patience_seconds, 0.0), 1.0)
