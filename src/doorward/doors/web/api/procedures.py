"""A company's procedures, as whoever reads settings sees them: what there is, and one of them step by step."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

import msgspec
from litestar import get
from litestar.params import PathParameter

from doorward.answering.procedures import Line, Procedure, draw, explain
from doorward.answering.procedures.drawing import Edge, Node
from doorward.answering.procedures.keeping import count_endings
from doorward.doors.web.api.common import ANY_OF, ACall, Call, problems
from doorward.vocabulary.errors import NotFound

DAYS: Final = 30

NamePath = Annotated[str, PathParameter(pattern="^[a-z][a-z0-9_]{0,63}$", description="A procedure's name.")]


class ProcedureSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure in the version in force. `endings` counts how runs ended in the last 30 days, by outcome."""

    id: str
    version: int
    intents: tuple[str, ...]
    languages: tuple[str, ...]
    endings: Mapping[str, int]


class ProcedureList(msgspec.Struct, frozen=True, kw_only=True):
    """All procedures, in the order of their names."""

    items: tuple[ProcedureSummary, ...]


class ShownSlot(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a procedure asks for; `of` is the kind of a thing, `where` which of them can be meant."""

    name: str
    kind: str
    of: str
    where: str


class ProcedureBody(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure: its diagram, and the same in words of the company's first language."""

    id: str
    version: int
    intents: tuple[str, ...]
    languages: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    steps: tuple[Line, ...]
    slots: tuple[ShownSlot, ...]


@get("/procedures", responses=problems(), security=ANY_OF, operation_id="list_procedures")
async def list_procedures(call: ACall) -> ProcedureList:
    """List the company's procedures in the versions that are in force."""
    scope = call.scope("settings:read")
    endings = await call.house.transactions.read_async(
        lambda tx: count_endings(tx, scope, since=tx.now - timedelta(days=DAYS))
    )
    return ProcedureList(
        items=tuple(
            ProcedureSummary(
                id=one.id,
                version=one.version,
                intents=one.intents,
                languages=tuple(one.texts),
                endings=endings.get(one.id, {}),
            )
            for one in (await asyncio.to_thread(_procedures, call)).values()
        )
    )


@get("/procedures/{procedure_id:str}", responses=problems(404), security=ANY_OF, operation_id="get_procedure")
async def get_procedure(call: ACall, procedure_id: NamePath) -> ProcedureBody:
    """Show a procedure step by step."""
    scope = call.scope("settings:read")
    found = (await asyncio.to_thread(_procedures, call)).get(procedure_id)
    if found is None:
        raise NotFound("no such procedure")
    diagram, house = draw(found), call.house
    language = house.settings_book.settings_of(scope.tenant_id).languages[0]
    return ProcedureBody(
        id=found.id,
        version=found.version,
        intents=found.intents,
        languages=tuple(found.texts),
        nodes=diagram.nodes,
        edges=diagram.edges,
        steps=explain(found, language, house.translator),
        slots=tuple(
            ShownSlot(name=one.name, kind=one.kind, of=one.of, where=one.where) for one in found.slots.values()
        ),
    )


HANDLERS: Final = [list_procedures, get_procedure]


def _procedures(call: Call) -> Mapping[str, Procedure]:
    procedures = call.house.procedure_book.of(call.principal.scope.tenant_id)
    return {} if procedures is None else procedures.procedures
