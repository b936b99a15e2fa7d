"""What the pages of procedures show: the list, and one procedure drawn and in words."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from doorward.answering.procedures import Diagram, Procedure, draw, explain
from doorward.answering.procedures import Line as Words
from doorward.answering.procedures.drawing import Node
from doorward.answering.procedures.keeping import count_endings
from doorward.doors.web.desk.procedures.layout import Drawing, lay_out
from doorward.doors.web.desk.shared import DeskCall
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import NotFound

HERE: Final = "procedures"
DAYS: Final = 30
ENDINGS: Final = ("resolved", "declined", "handed_over", "abandoned")
KINDS: Final = ("say", "ask", "confirm", "verify", "look_up", "act", "branch", "hand_over", "end")

_LONGEST: Final = 90


class ShownProcedure(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure in the list. `endings` counts how its runs ended lately."""

    id: str
    version: int
    intents: tuple[str, ...]
    languages: tuple[str, ...]
    steps: int
    endings: Mapping[str, int]


class ShownBox(msgspec.Struct, frozen=True, kw_only=True):
    """A step in the drawing, with its kind and what it is about in words."""

    id: str
    x: float
    y: float
    kind: str
    text: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure's drawing with its words, and which steps were `taken` in a rehearsal, `at` the last."""

    drawing: Drawing
    boxes: tuple[ShownBox, ...]
    taken: frozenset[str] = frozenset()
    at: str = ""


async def listed(desk: DeskCall) -> dict[str, Any]:
    """Return the places of the list."""
    procedures = await asyncio.to_thread(desk.house.procedure_book.of, desk.scope.tenant_id)

    def read(tx: Tx) -> Mapping[str, Mapping[str, int]]:
        return count_endings(tx, desk.scope, since=tx.now - timedelta(days=DAYS))

    endings = await desk.house.transactions.read_async(read)
    shown = [
        ShownProcedure(
            id=one.id,
            version=one.version,
            intents=one.intents,
            languages=tuple(one.texts),
            steps=len(one.steps),
            endings=endings.get(one.id, {}),
        )
        for one in (() if procedures is None else procedures.procedures.values())
    ]
    series = [
        {"name": desk.say(f"procedures.ending.{how}"), "points": [(one.id, one.endings.get(how, 0)) for one in shown]}
        for how in ENDINGS
    ]
    return {
        "here": HERE,
        "procedures": shown,
        "endings": ENDINGS,
        "series": series,
        "days": DAYS,
        "ended": any(one.endings for one in shown),
    }


def procedure_of(desk: DeskCall, procedure_id: str) -> Procedure:
    """Return one of the tenant's procedures. It may look into the database. Raises `NotFound`."""
    procedures = desk.house.procedure_book.of(desk.scope.tenant_id)
    found = None if procedures is None else procedures.procedures.get(procedure_id)
    if found is None:
        raise NotFound("no such procedure")
    return found


def language_for(desk: DeskCall, procedure: Procedure, wanted: str) -> str:
    """Return the language to show texts in: the one asked for, else the reader's, else the procedure's first."""
    return next((one for one in (wanted, desk.language) if one in procedure.texts), next(iter(procedure.texts), ""))


def one_shown(desk: DeskCall, procedure: Procedure, language: str) -> dict[str, Any]:
    """Return the places that show a procedure: its picture, its steps in words, its slots, and its texts."""
    texts = procedure.texts.get(language, {})
    return {
        "here": HERE,
        "procedure": procedure,
        "tongue": language,
        "tongues": [(code, code.upper()) for code in procedure.texts],
        "picture": picture_of(desk, procedure, language),
        "lines": words_of(desk, procedure),
        "texts": sorted(texts.items()),
        "kinds": KINDS,
        "edits": procedure.id in desk.house.procedure_book.brought(desk.scope.tenant_id).written,
    }


def words_of(desk: DeskCall, procedure: Procedure) -> tuple[Words, ...]:
    """Return a procedure step by step in the reader's language."""
    return explain(procedure, desk.language, desk.house.translator)


def picture_of(
    desk: DeskCall, procedure: Procedure, language: str, *, taken: Collection[str] = (), at: str = ""
) -> Picture:
    """Return a procedure's drawing."""
    diagram: Diagram = draw(procedure)
    drawing = lay_out(diagram)
    nodes = {node.id: node for node in diagram.nodes}
    boxes = tuple(
        ShownBox(
            id=one.id, x=one.x, y=one.y, kind=nodes[one.id].kind, text=_text(desk, procedure, language, nodes[one.id])
        )
        for one in drawing.boxes
    )
    return Picture(drawing=drawing, boxes=boxes, taken=frozenset(taken), at=at)


def _text(desk: DeskCall, procedure: Procedure, language: str, node: Node) -> str:
    """Return what a step is about, short enough for its box; the whole of it stands in the words beneath."""
    texts = procedure.texts.get(language, {})
    match node.kind:
        case "say" | "confirm":
            told = texts.get(node.about, node.about)
        case "ask":
            told = texts.get(procedure.slots[node.about].ask, node.about)
        case "verify":
            told = desk.say(f"procedures.level.{node.about}")
        case "end":
            told = desk.say(f"procedures.ending.{node.about}")
        case "branch":
            told = node.id
        case _:
            told = node.about
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"
