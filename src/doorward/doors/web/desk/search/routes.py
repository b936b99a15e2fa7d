"""Searching over everything: the page, what is found while somebody types, and further pages of it."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post

from doorward.doors.web.desk.filters.saying import said_of
from doorward.doors.web.desk.inbox.rows import row_places
from doorward.doors.web.desk.search.view import CHOSEN, ORDERS, asked_of, is_blank, together
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.filters import LONGEST, NAMES
from doorward.flow.search import Answer, Asked
from doorward.vocabulary.errors import Malformed, TooLarge

_PAGE: Final = "desk/search/page.html"
_FOUND: Final = "desk/search/_found.html"
_FURTHER: Final = "desk/search/_further.html"


@get("/desk/search", include_in_schema=False)
async def show_search(desk: ADeskCall) -> Response[str]:
    """Show the form, and how to search."""
    desk.require("conversations:read")
    return await _show(desk, {}, Asked(), None)


@post("/desk/search", status_code=200, include_in_schema=False)
async def search(desk: ADeskCall) -> Response[str]:
    """Show what was found, and who is known by exactly what was typed."""
    desk.require("conversations:read")
    fields = await desk.form()
    return await _answer(desk, fields, asked_of(fields, typing=False))


@post("/desk/search/typing", status_code=200, include_in_schema=False)
async def search_while_typing(desk: ADeskCall) -> Response[str]:
    """Show what is found by what stands in the field so far; no customer is looked for by half a value."""
    desk.require("conversations:read")
    fields = await desk.form()
    return await _answer(desk, fields, asked_of(fields, typing=True))


async def _answer(desk: DeskCall, fields: Mapping[str, str], asked: Asked) -> Response[str]:
    if is_blank(asked):
        return await _show(desk, fields, asked, None)
    try:
        answer = await desk.house.search.find(desk.scope, asked, may_find_customers=desk.may("customers:read"))
    except TooLarge as error:
        return await _show(desk, fields, asked, Answer(), said=(desk.say(error.message_key, **error.facts),))
    except Malformed:  # a page of a search that is no longer this one: begin again
        return await _show(desk, fields, asked, Answer(), said=(desk.say("search.trouble.cursor"),))
    return await _show(desk, fields, asked, answer, said=_said(desk, answer))


def _said(desk: DeskCall, answer: Answer) -> tuple[str, ...]:
    quoted = any(one.code == "unknown_filter" for one in answer.troubles)
    return (*said_of(desk, answer.troubles), *((desk.say("search.quoted"),) if quoted else ()))


async def _show(
    desk: DeskCall, fields: Mapping[str, str], asked: Asked, answer: Answer | None, *, said: tuple[str, ...] = ()
) -> Response[str]:
    book = desk.house.filters.book
    places: dict[str, Any] = {
        "answer": answer,
        "asked": asked,
        "cards": () if answer is None else together(answer),
        "chosen": {name: fields.get(name, "") for name in (*CHOSEN, "order")},
        "said": said,
        "filters": {name: book.known(name) for name in ("state", "by", "channel", "lang")},
        "orders": ORDERS,
        "longest": LONGEST,
        "filter_names": NAMES,
    }
    if answer is not None and answer.customers:
        places |= await row_places(desk, answer.customers)
    if desk.by_script:
        return await desk.part(_FURTHER if asked.cursor is not None and answer is not None else _FOUND, **places)
    return await desk.page(_PAGE, here="search", **places)


HANDLERS: Final = [show_search, search, search_while_typing]
