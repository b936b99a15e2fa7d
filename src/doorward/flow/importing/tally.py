"""What was taken, what was there already, and what was left out and why, in numbers."""

from typing import Final

import msgspec

from doorward.flow.importing.terms import LeftOut, Reason

MOST_NAMES: Final = 200
"""Names of statuses, agents, labels or fields that are counted one by one."""

OTHERS: Final = "…"


class ImportTally(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The counts of an import or of a part of one.

    `people`, `conversations`, `messages`, `notes`, `files`, `labels` and `fields` were taken; `again` conversations
    were there already and got nothing new. `left` counts what was left out, by reason.
    """

    people: int = 0
    conversations: int = 0
    again: int = 0
    messages: int = 0
    notes: int = 0
    files: int = 0
    labels: int = 0
    fields: int = 0
    left: dict[Reason, int] = {}

    def leave(self, left: LeftOut) -> None:
        """Count what was left out."""
        self.left[left.reason] = self.left.get(left.reason, 0) + left.times

    def add(self, other: "ImportTally") -> None:
        """Add the counts of another part."""
        for name in ("people", "conversations", "again", "messages", "notes", "files", "labels", "fields"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, times in other.left.items():
            self.left[reason] = self.left.get(reason, 0) + times


class Names(msgspec.Struct, kw_only=True):
    """How often each name of one kind was met: the first `MOST_NAMES`, the others together."""

    counts: dict[str, int] = {}

    def meet(self, name: str) -> None:
        """Count a name."""
        known = name in self.counts or len(self.counts) < MOST_NAMES
        kept = name if known else OTHERS
        self.counts[kept] = self.counts.get(kept, 0) + 1
