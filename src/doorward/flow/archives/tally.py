"""What was found where, in numbers and masked excerpts: small whatever the size of the archive."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from doorward.flow.archives.terms import Reason
from doorward.vocabulary.finding import Finding

SLICES: Final = 50
"""Parts of equal size that an archive is cut into, to show where things were found."""

MOST_FIELDS: Final = 200
OTHER_FIELDS: Final = "…"
"""Where fields are counted beyond the first `MOST_FIELDS` names."""

MOST_REFUSALS: Final = 200
MOST_EXCERPTS: Final = 3
"""Excerpts kept of each kind."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was not screened and therefore not copied: where and why. `name` and `field` are masked."""

    record: int
    offset: int
    reason: Reason
    name: str = ""
    field: str | None = None


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """A few masked words around a masked place."""

    record: int
    field: str
    text: str


class Tally(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The counts of a part of an archive.

    `records` were read, `clean` of them held nothing, `refused` were refused as a whole, `replaced` attachments had a
    note put in their place. `texts` were screened. `kinds`: findings by kind, of the kinds' `families`. `fields`: by
    field and kind. `slices`: by `SLICES`. `reasons`: refused records and parts by reason. `refusals` and `excerpts` are
    the first ones only.
    """

    records: int = 0
    clean: int = 0
    refused: int = 0
    replaced: int = 0
    texts: int = 0
    kinds: dict[str, int] = {}
    families: dict[str, str] = {}
    fields: dict[str, dict[str, int]] = {}
    slices: dict[int, int] = {}
    reasons: dict[str, int] = {}
    refusals: list[Refusal] = []
    excerpts: dict[str, list[Excerpt]] = {}

    def found(self, field: str, findings: Iterable[Finding], *, part: int) -> None:
        """Count the findings of one text; `part` is the slice that its record begins in."""
        for finding in findings:
            self.families[finding.kind] = finding.family
            _add(self.kinds, finding.kind, 1)
            _add(self._field(field), finding.kind, 1)
            _add(self.slices, part, 1)

    def refuse(self, refusal: Refusal) -> None:
        """Count something that was refused."""
        _add(self.reasons, refusal.reason, 1)
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append(refusal)

    def quote(self, kind: str, excerpt: Excerpt) -> None:
        """Keep an excerpt, if there are few of its kind yet."""
        kept = self.excerpts.setdefault(kind, [])
        if len(kept) < MOST_EXCERPTS:
            kept.append(excerpt)

    def add(self, other: "Tally") -> None:
        """Add the counts of what comes behind this part in the archive."""
        for name in ("records", "clean", "refused", "replaced", "texts"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.kinds, other.kinds), (self.slices, other.slices), (self.reasons, other.reasons)):
            _add_all(mine, theirs)
        self.families |= other.families
        for field, kinds in other.fields.items():
            _add_all(self._field(field), kinds)
        self.refusals += other.refusals[: MOST_REFUSALS - len(self.refusals)]
        for kind, excerpts in other.excerpts.items():
            for excerpt in excerpts:
                self.quote(kind, excerpt)

    def _field(self, field: str) -> dict[str, int]:
        known = field in self.fields or len(self.fields) < MOST_FIELDS
        return self.fields.setdefault(field if known else OTHER_FIELDS, {})

    @property
    def left_out(self) -> int:
        """Return how many records and parts were refused."""
        return sum(self.reasons.values())


def _add(counts: dict[str, int] | dict[int, int], name: str | int, more: int) -> None:
    known: dict[str | int, int] = counts  # type: ignore[assignment]  # the key is of the kind that the counts have
    known[name] = known.get(name, 0) + more


def _add_all(counts: dict[str, int] | dict[int, int], others: Mapping[str, int] | Mapping[int, int]) -> None:
    for name, more in others.items():
        _add(counts, name, more)
