"""Which nudges a tenant's company declares."""

from collections.abc import Iterable
from pathlib import Path

from doorward.answering.nudges import Declared, NudgeBook, NudgesInvalid, read_nudges
from doorward.flow.procedures import TenantProcedures
from doorward.kit.logging import get_logger
from doorward.vocabulary.company import SignalSource
from doorward.vocabulary.ids import TenantId

log = get_logger("flow.nudging")


class NudgeBooks:
    """The nudges of all tenants that have any."""

    def __init__(self) -> None:
        """Begin without any."""
        self._books: dict[TenantId, NudgeBook] = {}

    def of(self, tenant_id: TenantId) -> NudgeBook | None:
        """Return a tenant's nudges, None where there are none."""
        return self._books.get(tenant_id)

    def put(self, tenant_id: TenantId, book: NudgeBook) -> None:
        """Let a tenant have these nudges and no others."""
        self._books[tenant_id] = book

    def load(
        self,
        tenant_id: TenantId,
        path: Path,
        *,
        procedures: TenantProcedures,
        languages: tuple[str, ...],
        known: tuple[Iterable[str], Iterable[str]],
    ) -> str:
        """Read a company's file for a tenant; one that is not there is none. `known` are the slugs of its articles and
        its intents.

        One that is refused is logged and left out as a whole; returns why, empty where nothing is wrong.
        """
        core = procedures.core
        if not path.is_file() or not isinstance(core, SignalSource):
            return ""
        articles, intents = known
        declared = Declared(
            languages=languages,
            signals=core.signal_kinds(),
            procedures={one.id: one.intents for one in procedures.procedures.values()},
            articles=frozenset(articles),
            intents=frozenset(intents),
            currency=core.currency,
        )
        try:
            self.put(tenant_id, read_nudges(path, declared=declared))
            return ""
        except NudgesInvalid as error:
            refused = str(error)
        log.error("flow.nudges.refused", tenant_id=tenant_id, why=refused)
        return refused
