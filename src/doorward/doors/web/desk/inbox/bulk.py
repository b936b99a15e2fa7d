"""Bulk actions of the inbox: the rows that were picked, one thing done to them, what came of it, and undoing it."""

from collections.abc import Sequence
from typing import Any, Final, TypedDict, cast, get_args

import msgspec
from litestar import Response, post

from doorward.doors.web.desk.marks import Pieces, label_named, pieces_of, wake_moment
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.desk import MOST_AT_ONCE, BulkAct, BulkDone, UndoStep, Verb
from doorward.kit.tx import Tx
from doorward.record import Card, card_of
from doorward.vocabulary.errors import Malformed, NotFound, Refusal, TooLarge
from doorward.vocabulary.ids import ConversationId

_FIELDS: Final = MOST_AT_ONCE + 20
_LONGEST_ID: Final = 40
_NAMED: Final = 20
"""Conversations that could not be changed which are named one by one."""


class Came(TypedDict):
    """The places of the template that says what came of it."""

    done: BulkDone | None
    trouble: str
    undone: bool
    undo: str
    refused: list[tuple[Card | None, str]]
    pieces: Pieces


@post("/desk/inbox/bulk", status_code=200, include_in_schema=False)
async def change_many(desk: ADeskCall) -> Response[Any]:
    """Do one thing to the conversations that were picked, and say what came of it."""
    scope = desk.require("conversations:write")
    pairs = await desk.pairs(most=_FIELDS)
    picked = tuple(ConversationId(value[:_LONGEST_ID]) for name, value in pairs if name == "id")
    try:
        if not picked:
            return await _tell(desk, trouble=desk.say("bulk.nothing_picked"))
        act = await _act(desk, dict(pairs))
        done = await desk.house.bulk.do(scope, picked, act)
    except (Malformed, NotFound, TooLarge) as error:
        return await _tell(desk, trouble=_trouble(desk, error))
    return await _tell(desk, done=done)


@post("/desk/inbox/undo", status_code=200, include_in_schema=False)
async def undo_many(desk: ADeskCall) -> Response[Any]:
    """Take back what a bulk action changed."""
    scope = desk.require("conversations:write")
    fields = await desk.form()
    try:
        steps = msgspec.json.decode(fields.get("undo", ""), type=tuple[UndoStep, ...])
    except msgspec.MsgspecError:
        raise Malformed("undo: not one of ours") from None
    if sum(len(step.conversation_ids) for step in steps) > MOST_AT_ONCE:
        raise TooLarge(f"more than {MOST_AT_ONCE} conversations", limit=MOST_AT_ONCE)
    try:
        done = await desk.house.bulk.undo(scope, steps)
    except (Malformed, NotFound) as error:
        return await _tell(desk, trouble=_trouble(desk, error))
    return await _tell(desk, done=done, undone=True)


BULK_HANDLERS: Final = [change_many, undo_many]


async def _act(desk: DeskCall, fields: dict[str, str]) -> BulkAct:
    """Return what the pressed button says. Raises `Malformed`, and `NotFound` for a label that there is not."""
    verb, _, value = fields.get("act", "").partition(":")
    if verb not in get_args(Verb):
        raise Malformed("act: not one of ours")
    if verb in {"label", "unlabel"}:
        value = await label_named(desk, value or fields.get("label", ""))
    elif verb == "snooze":
        value = (await wake_moment(desk, value, fields)).isoformat()
    return BulkAct(verb=cast("Verb", verb), value=value)


def _trouble(desk: DeskCall, error: Refusal) -> str:
    if isinstance(error, TooLarge):
        return desk.say("bulk.too_many", limit=str(MOST_AT_ONCE))
    if "label" in error.facts:
        return desk.say("marks.label.unknown", label=error.facts["label"])
    return desk.say("bulk.gone" if isinstance(error, NotFound) else "bulk.choose")


async def _tell(
    desk: DeskCall, *, done: BulkDone | None = None, trouble: str = "", undone: bool = False
) -> Response[Any]:
    """Say what came of it: in the page's place for it, which then asks for the lists anew, or on a page of its own."""
    places = await _came(desk, done, trouble=trouble, undone=undone)
    status = 400 if trouble else 200
    if not desk.by_script:
        return await desk.page("desk/inbox/done.html", status=status, here="inbox", **places)
    part = await desk.part("desk/inbox/_done.html", status=status, **places)
    if done is not None:
        part.headers["hx-trigger"] = "desk, picked-done"
    return part


async def _came(desk: DeskCall, done: BulkDone | None, *, trouble: str, undone: bool) -> Came:
    refused = () if done is None else done.refused

    def read(tx: Tx) -> tuple[Sequence[Card | None], Pieces]:
        return [card_of(tx, desk.scope, one.conversation_id) for one in refused[:_NAMED]], pieces_of(tx, desk.scope)

    cards, pieces = await desk.house.transactions.read_async(read)
    why = [desk.say(_WHY.get(one.why, "bulk.why.other")) for one in refused]
    return Came(
        done=done,
        trouble=trouble,
        undone=undone,
        undo="" if done is None or not done.undo else msgspec.json.encode(done.undo).decode(),
        refused=list(zip(cards, why, strict=False)),
        pieces=pieces,
    )


_WHY: Final = {
    "not_mine": "bulk.why.not_mine",
    "over": "bulk.why.over",
    "not_found": "bulk.why.not_found",
    "since": "bulk.why.since",
}
