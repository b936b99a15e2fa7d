"""Which procedures a tenant has, and the core system that they are for."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from doorward.answering.procedures import Loaded, Procedure, Run, known_of, load_procedures
from doorward.kit.expressions import compile_expression
from doorward.kit.logging import get_logger
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.operations import Operates

log = get_logger("flow.procedures")


class TenantProcedures(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's procedures by id, and what carries them out."""

    procedures: Mapping[str, Procedure]
    core: Operates

    def of_run(self, run: Run) -> Procedure | None:
        """Return the procedure that a run walks, None if it is there no more."""
        return self.procedures.get(run.procedure)

    def started_by(self, intent: str) -> Procedure | None:
        """Return the procedure that an intent starts, None if none does."""
        return Loaded(procedures=self.procedures).started_by(intent)


class ProcedureBook:
    """The procedures of all tenants that have any."""

    def __init__(self) -> None:
        """Begin without any."""
        self._books: dict[TenantId, TenantProcedures] = {}

    def of(self, tenant_id: TenantId) -> TenantProcedures | None:
        """Return a tenant's procedures, None where there are none."""
        return self._books.get(tenant_id)

    def put(self, tenant_id: TenantId, procedures: TenantProcedures) -> None:
        """Let a tenant have these procedures and no others."""
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
        return loaded
