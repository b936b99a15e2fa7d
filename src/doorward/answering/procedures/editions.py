"""Editions of a procedure that a company wrote itself: drafts, which may be broken, and versions, which never are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from doorward.answering.procedures import repository
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, NotFound, Outdated
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

VERSIONS: Final = 50
KEPT_FOR_RUNS: Final = 10
"""Versions of a procedure in which runs that began with them still go on; those of older ones go to a person."""

LARGEST: Final = 64 * 1024
"""Bytes of each file of a draft: what is larger is refused at load as well."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What a procedure is written as: its YAML, and a file of texts for each language, by its code."""

    procedure: str = ""
    texts: Mapping[str, str] = {}

    def files(self) -> dict[str, str]:
        """Return the files by the names that they have in a folder."""
        return {"procedure.yaml": self.procedure, **{f"texts/{code}.yaml": text for code, text in self.texts.items()}}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is writing. `revision` counts from 1; `writers` are those who wrote since it was begun."""

    procedure: str
    revision: int
    written: Written
    writers: tuple[str, ...]
    at: datetime


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """A version that is or was in force; `written` is None where the company's plugin was taken again."""

    procedure: str
    number: int
    version: int
    written: Written | None
    at: datetime
    by: str


class NewEdition(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be in force of a procedure from now on; without `written` what the company's plugin brings."""

    procedure: str
    version: int
    written: Written | None


def draft_of(tx: Tx, scope: Scope, procedure: str) -> Draft | None:
    """Return the draft of a procedure, None where nobody writes one."""
    row = repository.find_draft(tx, scope, procedure)
    return None if row is None else _draft(row)


def save_draft(tx: Tx, scope: Scope, procedure: str, written: Written, *, expected: int) -> Outcome[Draft]:
    """Keep a draft, broken or not, behind revision `expected` (0: there is none yet).

    Raises `Outdated` when somebody wrote meanwhile, and `Malformed` for what can be stored nowhere.
    """
    for name, text in written.files().items():
        if len(text.encode("utf-8", "replace")) > LARGEST:
            raise Malformed(f"{name}: larger than {LARGEST // 1024} KiB")
        if any((sign < " " and sign not in "\n\t") or "\ud800" <= sign <= "\udfff" for sign in text):
            raise Malformed(f"{name}: holds control characters")
    before = draft_of(tx, scope, procedure)
    if (0 if before is None else before.revision) != expected:
        raise Outdated("somebody wrote meanwhile")
    writers = tuple(dict.fromkeys((*(() if before is None else before.writers), scope.actor.id)))
    values = {"revision": expected + 1, "document": written, "writers": writers, "at": tx.now}
    kept = (
        repository.add_draft(tx, scope, procedure, values)
        if before is None
        else repository.change_draft(tx, scope, procedure, values, expected=expected)
    )
    if not kept:
        raise Outdated("somebody wrote meanwhile")
    audit = AuditEvent(action="procedure.drafted", object_kind="procedure", object_id=procedure, fields=("draft",))
    return Outcome(_found(draft_of(tx, scope, procedure)), (audit,))


def drop_draft(tx: Tx, scope: Scope, procedure: str, *, expected: int) -> Outcome[None]:
    """Throw a draft away. Raises `Outdated`."""
    if not repository.remove_draft(tx, scope, procedure, expected=expected):
        raise Outdated("somebody wrote meanwhile")
    audit = AuditEvent(action="procedure.draft_dropped", object_kind="procedure", object_id=procedure)
    return Outcome(None, (audit,))


def editions_of(tx: Tx, scope: Scope, procedure: str) -> tuple[Edition, ...]:
    """Return the versions of a procedure that were ever in force, the newest, which is in force, first."""
    return tuple(map(_edition, repository.find_editions(tx, scope, procedure, limit=VERSIONS)))


def edition_numbers(tx: Tx, scope: Scope) -> Mapping[str, int]:
    """Return the number that is in force of each procedure of which the company wrote an edition."""
    return repository.newest_numbers(tx, scope)


def latest_editions(tx: Tx, scope: Scope) -> Sequence[Edition]:
    """Return the latest editions of all procedures, each procedure's newest first: what runs may have begun with."""
    return [
        _edition(row)
        for procedure in repository.newest_numbers(tx, scope)
        for row in repository.find_editions(tx, scope, procedure, limit=KEPT_FOR_RUNS)
    ]


def put_in_force(tx: Tx, scope: Scope, new: NewEdition, *, expected: int) -> Outcome[Edition]:
    """Put an edition in force behind number `expected`; the caller has checked it. Raises `Outdated`."""
    newest = repository.newest_numbers(tx, scope).get(new.procedure, 0)
    number = expected + 1
    values = {"number": number, "version": new.version, "document": new.written, "at": tx.now}
    if newest != expected or not repository.add_edition(
        tx, scope, new.procedure, {**values, "actor_id": scope.actor.id}
    ):
        raise Outdated("the procedure was changed meanwhile")
    audit = AuditEvent(
        action="procedure.activated",
        object_kind="procedure",
        object_id=new.procedure,
        fields=("edition",),
        reason=f"number {number} version {new.version}",
    )
    return Outcome(editions_of(tx, scope, new.procedure)[0], (audit,))


def edition_at(tx: Tx, scope: Scope, procedure: str, number: int) -> Edition:
    """Return one version. Raises `NotFound`."""
    found = next((one for one in editions_of(tx, scope, procedure) if one.number == number), None)
    if found is None:
        raise NotFound("no such version of the procedure")
    return found


def _found(draft: Draft | None) -> Draft:
    if draft is None:
        raise NotFound("no such draft")
    return draft


def _draft(row: Any) -> Draft:
    return Draft(
        procedure=row.procedure,
        revision=row.revision,
        written=msgspec.convert(row.document, Written),
        writers=tuple(row.writers),
        at=row.at,
    )


def _edition(row: Any) -> Edition:
    return Edition(
        procedure=row.procedure,
        number=row.number,
        version=row.version,
        written=None if row.document is None else msgspec.convert(row.document, Written),
        at=row.at,
        by=row.actor_id,
    )
