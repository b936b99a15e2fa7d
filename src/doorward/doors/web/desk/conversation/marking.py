"""Putting a conversation in order on its page: labels, priority and status, fields, sleep."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.doors.web.desk.conversation.view import conversation_places, line_number, shown_value
from doorward.doors.web.desk.marks import label_named, pieces_of, wake_moment
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.desk import card_at
from doorward.flow.desk.marking import AttributeValue
from doorward.kit.tx import Tx
from doorward.record import Card, card_of
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, Refusal, SecretRefused, TooLarge
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.text import WildText
from doorward.workspace import Attribute

LABELS: Final = 100
"""Labels of one page of them."""
LabelPage = Annotated[int, QueryParameter(ge=1, le=10_000)]

_FIELD: Final = "field-"
_MOST_FIELDS: Final = 220
_YES_NO: Final = {"yes": True, "no": False}

Mark = Callable[[DeskCall, ConversationId, Mapping[str, str]], Awaitable[Any]]


async def _label(desk: DeskCall, wanted: ConversationId, fields: Mapping[str, str]) -> None:
    marking, taken = desk.house.desk.marking, fields.get("remove", "")
    if taken:
        await marking.label(desk.scope, (wanted,), add=(), remove=(taken,))
    else:
        await marking.label(desk.scope, (wanted,), add=(await label_named(desk, fields.get("label", "")),), remove=())


async def _order(desk: DeskCall, wanted: ConversationId, fields: Mapping[str, str]) -> None:
    marking, priority = desk.house.desk.marking, fields.get("priority", "")
    if priority.removeprefix("-").isdecimal():
        await marking.prioritise(desk.scope, (wanted,), priority=int(priority))
    if "status" in fields:
        await marking.set_status(desk.scope, (wanted,), status=fields["status"])


async def _sleep(desk: DeskCall, wanted: ConversationId, fields: Mapping[str, str]) -> None:
    choice = fields.get("until", "")
    if choice == "wake":
        await desk.house.desk.snoozing.wake(desk.scope, wanted)
        return
    until = await wake_moment(desk, choice, fields)
    await desk.house.desk.snoozing.snooze(desk.scope, wanted, until=until)


async def _fill_in(desk: DeskCall, wanted: ConversationId, fields: Mapping[str, str]) -> None:
    def read(tx: Tx) -> tuple[Mapping[str, Attribute], Card | None]:
        return pieces_of(tx, desk.scope).fields, card_of(tx, desk.scope, wanted)

    known, card = await desk.house.transactions.read_async(read)
    before = {} if card is None else card.attributes
    values = {
        key: _value(key, field, fields[_FIELD + key])
        for key, field in known.items()
        # What stands there already is masked: it is not looked through again.
        if _FIELD + key in fields and fields[_FIELD + key].strip() != shown_value(before.get(key))
    }
    if values:
        await desk.house.desk.marking.fill_in(desk.scope, wanted, values)


def _value(key: str, field: Attribute, given: str) -> AttributeValue:
    text = given.strip()
    if not text:
        return None
    if field.holds == "yes_no":
        return _YES_NO.get(text)
    if field.holds != "number":
        return WildText(text)
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise Malformed(f"{key}: not a number", field=key) from None
    if not abs(number) < 1e15:
        raise Malformed(f"{key}: not a number", field=key)
    return number


def _marking(name: str, mark: Mark) -> HTTPRouteHandler:
    """Return the handler of a form: do it, then show the conversation, with a kind sentence when it went wrong."""

    async def do(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
        desk.require("conversations:write")
        fields, wanted = dict(await desk.pairs(most=_MOST_FIELDS)), ConversationId(conversation_id)
        trouble, status = "", 200
        try:
            await mark(desk, wanted, fields)
        except (Conflict, Malformed, NotFound, SecretRefused, TooLarge) as error:
            trouble, status = await _trouble(desk, error), error.status
        if not trouble and not desk.by_script:
            page = f"/labels?page={line_number(fields.get('page', '')) or 1}" if fields.get("from") == "labels" else ""
            return Redirect(f"/desk/conversations/{wanted}{page}", status_code=303)
        since = line_number(fields.get("since", ""))
        places = await conversation_places(desk, wanted, since=since) | {"trouble": trouble}
        if desk.by_script:
            return await desk.part("desk/conversation/_conversation.html", status=status, **places)
        return await desk.page("desk/conversation/page.html", status=status, here="inbox", **places)

    return post(
        f"/desk/conversations/{{conversation_id:str}}/{name}",
        status_code=200,
        include_in_schema=False,
        name=f"desk.conversation.{name}",
    )(do)


async def _trouble(desk: DeskCall, error: Refusal) -> str:
    if isinstance(error, SecretRefused):
        kinds = str(error.facts["kinds"]).split()
        return desk.say("marks.secret", what=kinds_in_words(desk.house.translator, desk.language, kinds))
    if "label" in error.facts:
        return desk.say("marks.label.unknown", label=error.facts["label"])
    if "field" in error.facts:
        fields = (await desk.house.transactions.read_async(lambda tx: pieces_of(tx, desk.scope))).fields
        key = str(error.facts["field"])
        return desk.say("marks.field.wrong", field=fields[key].name if key in fields else key)
    if isinstance(error, Conflict):
        return desk.say("bulk.why.over")
    return desk.say("marks.gone" if isinstance(error, NotFound) else "marks.sleep.wrong")


@get("/desk/conversations/{conversation_id:str}/labels", include_in_schema=False)
async def show_labels(desk: ADeskCall, conversation_id: FromPath[str], page: LabelPage = 1) -> Response[str]:
    """Show all labels of a conversation, page by page: its own page shows the first ones."""
    scope, wanted = desk.require("conversations:read"), ConversationId(conversation_id)
    card, pieces = await desk.house.transactions.read_async(
        lambda tx: (card_at(tx, scope, wanted), pieces_of(tx, scope))
    )
    page = min(page, max(1, -(-len(card.labels) // LABELS)))  # the last one may have lost its only label
    begin = (page - 1) * LABELS
    return await desk.page(
        "desk/conversation/labels.html",
        here="inbox",
        id=wanted,
        card=card,
        pieces=pieces,
        labels=card.labels[begin : begin + LABELS],
        page=page,
        more=len(card.labels) > begin + LABELS,
    )


MARKING: Final = [
    show_labels,
    _marking("labels", _label),
    _marking("order", _order),
    _marking("fields", _fill_in),
    _marking("sleep", _sleep),
]
