"""Questions that nobody could answer: looked at, written about, added to what is known, or said not to be ours."""

import re
from collections.abc import Sequence
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Redirect

from doorward.answering.questions import count_dismissed, restore_questions
from doorward.doors.web.desk.knowledge.view import HERE, Short
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.vocabulary.errors import Conflict, DoorwardError, Malformed, NotFound
from doorward.vocabulary.ids import ArticleId

MOST: Final = 20
"""Fields of a group's form."""

_LINE: Final = re.compile(r"([0-9a-z]{26}):([0-9]{1,9})")
_SECTION: Final = re.compile(r"([0-9a-z]{26}):([0-9]{1,3})")
_DONE: Final = ("dismissed", "restored")


@get("/desk/knowledge/questions", include_in_schema=False)
async def show_questions(desk: ADeskCall, done: Short = "") -> Response[str]:
    """Show what customers asked of late and nobody could answer."""
    return await _page(desk, done=done if done in _DONE else "")


@post("/desk/knowledge/questions", status_code=200, include_in_schema=False)
async def do_with_question(desk: ADeskCall) -> Response[Any]:
    """Begin an article with a question, add it to a section, or say that it is not ours."""
    scope = _require(desk)
    pairs = await desk.pairs(most=MOST)
    fields, questions = dict(pairs), desk.house.upkeep.questions
    try:
        lines = lines_of([value for name, value in pairs if name == "line"])
        if fields.get("do") == "write":
            marks = "&".join(f"line={conversation_id}:{seq}" for conversation_id, seq in lines)
            return Redirect(f"/desk/knowledge/new?language={fields.get('language', '')[:3]}&{marks}", status_code=303)
        if fields.get("do") == "dismiss":
            await questions.dismiss(scope, lines)
            return Redirect("/desk/knowledge/questions?done=dismissed", status_code=303)
        place = _SECTION.fullmatch(fields.get("section", ""))
        if place is None:
            raise Malformed("section: an article and a number")
        made = await questions.add(scope, lines, ArticleId(place[1]), int(place[2]))
    except (Conflict, Malformed, NotFound) as error:
        return await _page(desk, error=error)
    return Redirect(f"/desk/knowledge/{made.slug}/{made.language}?done=saved", status_code=303)


@post("/desk/knowledge/questions/restore", status_code=200, include_in_schema=False)
async def restore(desk: ADeskCall) -> Response[Any]:
    """List again what was said not to be ours."""
    scope = _require(desk)
    await desk.form()
    await desk.house.transactions.write_async(scope, lambda tx: restore_questions(tx, scope))
    return Redirect("/desk/knowledge/questions?done=restored", status_code=303)


def lines_of(values: Sequence[str]) -> list[tuple[str, int]]:
    """Return the lines that a form or an address names. Raises `Malformed`."""
    found = [_LINE.fullmatch(value) for value in values]
    if not found or any(one is None for one in found):
        raise Malformed("line: a conversation and a number")
    return [(one[1], int(one[2])) for one in found if one is not None]


def _require(desk: DeskCall) -> Any:
    desk.require("conversations:read")
    return desk.require("articles:write")


async def _page(desk: DeskCall, *, error: DoorwardError | None = None, done: str = "") -> Response[str]:
    scope = _require(desk)
    groups = await desk.house.upkeep.questions.groups(scope)
    return await desk.page(
        "desk/knowledge/questions.html",
        status=error.status if error else 200,
        here=HERE,
        groups=groups,
        dismissed=await desk.house.transactions.read_async(lambda tx: count_dismissed(tx, scope)),
        trouble=_trouble(desk, error),
        done=done,
    )


def _trouble(desk: DeskCall, error: DoorwardError | None) -> str:
    if error is None:
        return ""
    if isinstance(error, Malformed):
        return desk.say("questions.wrong.none")
    return desk.say("questions.wrong.section" if isinstance(error, Conflict) else "questions.wrong.gone")


QUESTION_HANDLERS: Final = [show_questions, do_with_question, restore]
