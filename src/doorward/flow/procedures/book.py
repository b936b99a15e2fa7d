"""Which procedures a tenant has, in which edition, and the core system that they are for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from doorward.answering.procedures import Known, Loaded, Procedure, Run, known_of, load_procedures
from doorward.answering.procedures.editions import Edition, Written, edition_numbers, latest_editions
from doorward.answering.procedures.loading import load_written
from doorward.kit.clock import Clock
from doorward.kit.expressions import compile_expression
from doorward.kit.logging import get_logger
from doorward.kit.recent import Recent
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import ProcedureInvalid
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.operations import Operates
from doorward.vocabulary.scope import system_scope

log = get_logger("flow.procedures")

FRESH: Final = timedelta(seconds=2)
"""How long editions are used before it is asked whether others are in force: another process may have changed them."""

T = TypeVar("T")


class TenantProcedures(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's procedures by id, and what carries them out. `earlier` are other versions that runs may go on in."""

    procedures: Mapping[str, Procedure]
    core: Operates
    earlier: Mapping[tuple[str, int], Procedure] = {}

    def of_run(self, run: Run) -> Procedure | None:
        """Return the procedure that a run walks, in the version that it began with if that is still known.

        Another version has the machine hand over to a person; None where the procedure is there no more.
        """
        now = self.procedures.get(run.procedure)
        if now is not None and now.version == run.version:
            return now
        return self.earlier.get((run.procedure, run.version), now)

    def started_by(self, intent: str) -> Procedure | None:
        """Return the procedure that an intent starts, None if none does."""
        return Loaded(procedures=self.procedures).started_by(intent)


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What a company's plugin brings: its procedures as they are written, and what they are checked against."""

    written: Mapping[str, Written] = {}
    languages: tuple[str, ...] = ()
    known: Known = Known()


class _Held(msgspec.Struct, frozen=True):
    brought: TenantProcedures
    numbers: Mapping[str, int]
    procedures: TenantProcedures


class ProcedureBook:
    """The procedures of all tenants that have any. Thread-safe."""

    def __init__(self, transactions: Transactions, *, clock: Clock) -> None:
        """Begin without any."""
        self._transactions = transactions
        self._books: dict[TenantId, TenantProcedures] = {}
        self._brought: dict[TenantId, Brought] = {}
        self._recent: Recent[TenantId, _Held] = Recent(clock, fresh=FRESH)

    def of(self, tenant_id: TenantId, *, tx: Tx | None = None) -> TenantProcedures | None:
        """Return a tenant's procedures as of at most two seconds ago, None where there are none.

        Inside a transaction it is read in that. An edition that this version of Doorward cannot read any more is left
        aside for what the plugin brings, and logged.
        """
        own = self._books.get(tenant_id)
        if own is None:
            return None
        fresh = self._recent.get(tenant_id)
        if fresh is not None and fresh.brought is own:
            return fresh.procedures
        since, held = self._recent.mark(), self._recent.last(tenant_id)
        scope = system_scope(tenant_id, "procedures")
        read: Callable[[Callable[[Tx], T]], T] = self._transactions.read if tx is None else lambda work: work(tx)
        numbers = read(lambda one: edition_numbers(one, scope))
        if held is not None and held.brought is own and held.numbers == numbers:
            procedures = held.procedures
        else:
            editions = read(lambda one: latest_editions(one, scope)) if numbers else ()
            procedures = self._with_editions(tenant_id, own, editions)
        self._recent.keep(tenant_id, _Held(own, numbers, procedures), since=since)
        return procedures

    def brought(self, tenant_id: TenantId) -> Brought:
        """Return what a tenant's plugin brings; nothing where there is none."""
        return self._brought.get(tenant_id, Brought())

    def own_version(self, tenant_id: TenantId, procedure_id: str) -> int:
        """Return the version that a tenant's plugin brings of a procedure, 0 for none."""
        own = self._books.get(tenant_id)
        found = None if own is None else own.procedures.get(procedure_id)
        return 0 if found is None else found.version

    def forget(self, tenant_id: TenantId) -> None:
        """Ask for this tenant's editions anew next time: they were just changed here."""
        self._recent.forget(tenant_id)

    def put(self, tenant_id: TenantId, procedures: TenantProcedures) -> None:
        """Let a tenant's plugin bring these procedures and no others."""
        if procedures.procedures:
            self._books[tenant_id] = procedures
        else:
            self._books.pop(tenant_id, None)

    def load(self, tenant_id: TenantId, root: Path, *, core: Operates, languages: Sequence[str]) -> Loaded:
        """Read a company's folder of procedures for a tenant; one that is refused is logged and left out."""
        loaded = load_procedures(root, languages=languages, known=known_of(core), compiled=compile_expression)
        for error in loaded.refused:
            log.error("flow.procedures.refused", tenant_id=tenant_id, why=str(error))
        self.put(tenant_id, TenantProcedures(procedures=loaded.procedures, core=core))
        written = {one: _read(root / one, languages) for one in loaded.procedures}
        self._brought[tenant_id] = Brought(written=written, languages=tuple(languages), known=known_of(core))
        return loaded

    def _with_editions(
        self, tenant_id: TenantId, own: TenantProcedures, editions: Sequence[Edition]
    ) -> TenantProcedures:
        """Return the procedures with the editions that are in force in the place of what the plugin brings."""
        if not editions:
            return own
        current = dict(own.procedures)
        earlier = {(one.id, one.version): one for one in own.procedures.values()}
        newest: dict[str, Edition] = {}
        for one in editions:
            newest.setdefault(one.procedure, one)
            loaded = self._loaded(tenant_id, one)
            if loaded is None:
                continue
            earlier.setdefault((loaded.id, loaded.version), loaded)
            if newest[one.procedure] is one:
                current[one.procedure] = loaded
        return msgspec.structs.replace(own, procedures=current, earlier=earlier)

    def _loaded(self, tenant_id: TenantId, edition: Edition) -> Procedure | None:
        brought = self.brought(tenant_id)
        if edition.written is None or edition.procedure not in brought.written:
            return None
        try:
            return load_written(
                edition.procedure, edition.written.files(), languages=brought.languages, known=brought.known
            )
        except ProcedureInvalid as error:
            log.warning("flow.procedures.edition_refused", tenant_id=tenant_id, number=edition.number, why=str(error))
            return None


def _read(folder: Path, languages: Sequence[str]) -> Written:
    """Return a procedure's files as they are written; they were read a moment ago."""
    texts = {one: (folder / f"texts/{one}.yaml").read_text(encoding="utf-8") for one in languages}
    return Written(procedure=(folder / "procedure.yaml").read_text(encoding="utf-8"), texts=texts)
