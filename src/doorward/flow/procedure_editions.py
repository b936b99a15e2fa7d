"""Editions of a company's procedures: written as drafts, checked as at load, put in force, taken back."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from doorward.answering.procedures import Procedure
from doorward.answering.procedures.editions import (
    Draft,
    Edition,
    NewEdition,
    Written,
    draft_of,
    drop_draft,
    edition_at,
    editions_of,
    put_in_force,
    save_draft,
)
from doorward.answering.procedures.loading import load_written
from doorward.flow.procedures.book import ProcedureBook
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import NotFound, Outdated, ProcedureInvalid, ReviewRequired
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class Fault(NamedTuple):
    """Something that is wrong with what is written: in which file, and a sentence that says where and what."""

    file: str
    sentence: str


class EditedProcedure(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure as it is edited: what is in force under which number, the draft, and the versions before."""

    in_force: Written
    number: int
    draft: Draft | None
    editions: tuple[Edition, ...]

    @property
    def written(self) -> Written:
        """Return what stands in the editor: the draft, else what is in force."""
        return self.in_force if self.draft is None else self.draft.written

    @property
    def revision(self) -> int:
        """Return the draft's revision, 0 where there is none."""
        return 0 if self.draft is None else self.draft.revision


class ProcedureEditions:
    """The verbs. A draft may be broken; what is in force never is."""

    def __init__(self, book: ProcedureBook, *, settings_of: Callable[[TenantId], TenantSettings]) -> None:
        """Take the book of procedures, which is asked anew after a change."""
        self._book = book
        self._settings_of = settings_of

    def open(self, tx: Tx, scope: Scope, procedure_id: str) -> EditedProcedure:
        """Return a procedure as it is edited. Raises `NotFound` for one that the company's plugin does not bring."""
        brought = self._book.brought(scope.tenant_id).written.get(procedure_id)
        if brought is None:
            raise NotFound("no such procedure")
        editions = editions_of(tx, scope, procedure_id)
        newest = editions[0] if editions else None
        written = None if newest is None else newest.written
        return EditedProcedure(
            in_force=brought if written is None else written,
            number=0 if newest is None else newest.number,
            draft=draft_of(tx, scope, procedure_id),
            editions=editions,
        )

    def check(self, tenant_id: TenantId, procedure_id: str, written: Written, *, tx: Tx | None = None) -> Procedure:
        """Return the procedure that is written, checked as at load. Raises `ProcedureInvalid` with every fault."""
        brought, now = self._book.brought(tenant_id), self._book.of(tenant_id, tx=tx)
        others = {
            intent: one.id
            for one in (() if now is None else now.procedures.values())
            if one.id != procedure_id
            for intent in one.intents
        }
        return load_written(
            procedure_id, written.files(), languages=brought.languages, known=brought.known, others=others
        )

    def save(self, tx: Tx, scope: Scope, procedure_id: str, written: Written, *, expected: int) -> Outcome[Draft]:
        """Keep a draft, broken or not. Raises `NotFound`, `Outdated`, and `Malformed` for what can be kept nowhere."""
        self.open(tx, scope, procedure_id)
        return save_draft(tx, scope, procedure_id, written, expected=expected)

    def drop(self, tx: Tx, scope: Scope, procedure_id: str, *, expected: int) -> Outcome[None]:
        """Throw a draft away. Raises `Outdated`."""
        return drop_draft(tx, scope, procedure_id, expected=expected)

    def activate(self, tx: Tx, scope: Scope, procedure_id: str, *, revision: int, expected: int) -> Outcome[Edition]:
        """Put a draft in force behind number `expected`: whole, checked again, under a version that was never there.

        Runs that are under way go on in the version that they began with. Raises `NotFound`, `Outdated`,
        `ProcedureInvalid`, and `ReviewRequired` (fact `why`: `own`) where the company wants four eyes and whoever
        acts wrote at the draft.
        """
        desk = self.open(tx, scope, procedure_id)
        if desk.draft is None or desk.draft.revision != revision:
            raise Outdated("somebody wrote meanwhile")
        if self._settings_of(scope.tenant_id).procedure_review and scope.actor.id in desk.draft.writers:
            raise ReviewRequired("somebody who did not write it puts it in force", why="own")
        checked = self.check(scope.tenant_id, procedure_id, desk.draft.written, tx=tx)
        least = 1 + self.last_version(scope, desk, procedure_id)
        if checked.version < least:
            told = f"{procedure_id}/procedure.yaml: version: must be {least} at least, for runs know it by that"
            raise ProcedureInvalid(told, procedure=procedure_id)
        new = NewEdition(procedure=procedure_id, version=checked.version, written=desk.draft.written)
        put = put_in_force(tx, scope, new, expected=expected)
        dropped = drop_draft(tx, scope, procedure_id, expected=revision)
        return Outcome(put.value, (*put.entries, *dropped.entries))

    def take_back(self, tx: Tx, scope: Scope, procedure_id: str, *, number: int, expected: int) -> Outcome[Edition]:
        """Put an earlier version in force again, 0 for what the company's plugin brings, as a new number.

        Raises `NotFound`, `Outdated`, and `ProcedureInvalid` where this version of Doorward cannot read it any more.
        """
        self.open(tx, scope, procedure_id)
        earlier = edition_at(tx, scope, procedure_id, number) if number else None
        written = None if earlier is None else earlier.written
        version = self._book.own_version(scope.tenant_id, procedure_id)
        if written is not None:
            version = self.check(scope.tenant_id, procedure_id, written, tx=tx).version
        new = NewEdition(procedure=procedure_id, version=version, written=written)
        return put_in_force(tx, scope, new, expected=expected)

    def last_version(self, scope: Scope, edited: EditedProcedure, procedure_id: str) -> int:
        """Return the highest version that ever was: what comes next must be higher."""
        own = self._book.own_version(scope.tenant_id, procedure_id)
        return max((own, *(one.version for one in edited.editions)))

    def forget(self, tenant_id: TenantId) -> None:
        """Ask for this tenant's editions anew next time: they were just changed here."""
        self._book.forget(tenant_id)


def faults_of(error: Any) -> tuple[Fault, ...]:
    """Return what a `ProcedureInvalid` says, fault by fault, each with its file."""
    found = []
    for line in str(error).splitlines():
        place, _, sentence = line.partition(": ")
        found.append(Fault(file=place.partition("/")[2] or "procedure.yaml", sentence=sentence or line))
    return tuple(found)
