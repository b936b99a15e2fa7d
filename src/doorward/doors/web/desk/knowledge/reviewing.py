"""Reviews at the desk: handing an article in, returning it, and saying who answers for it until when."""

from datetime import date
from typing import Any, Final

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.answering import Edition
from doorward.doors.web.desk.knowledge.view import ARTICLE, id_of
from doorward.doors.web.desk.shared import ADeskCall
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.outcome import Outcome


@post(f"{ARTICLE}/submit", status_code=200, include_in_schema=False)
async def submit(desk: ADeskCall, slug: FromPath[str], language: FromPath[str]) -> Response[Any]:
    """Hand the draft in that the reader has seen."""
    scope = desk.require("articles:write")
    fields = await desk.form()
    service, article_id = desk.house.knowledge_service, id_of(desk, slug, language)
    expected = _number(fields.get("expected", ""))
    return await _act(
        desk,
        (slug, language, "submitted"),
        lambda tx: service.submit(tx, scope, article_id, expected=expected),
    )


@post(f"{ARTICLE}/return", status_code=200, include_in_schema=False)
async def send_back(desk: ADeskCall, slug: FromPath[str], language: FromPath[str]) -> Response[Any]:
    """Return what was handed in to its writers."""
    scope = desk.require("articles:write")
    fields = await desk.form()
    service, article_id = desk.house.knowledge_service, id_of(desk, slug, language)
    expected, note = _number(fields.get("expected", "")), fields.get("note", "")
    return await _act(
        desk,
        (slug, language, "returned"),
        lambda tx: service.send_back(tx, scope, article_id, expected=expected, note=note),
    )


@post(f"{ARTICLE}/steward", status_code=200, include_in_schema=False)
async def entrust(desk: ADeskCall, slug: FromPath[str], language: FromPath[str]) -> Response[Any]:
    """Say who answers for the article, and until when it is to be read again."""
    scope = desk.require("articles:write")
    fields = await desk.form()
    owner = fields.get("owner", "")
    try:
        review_by = date.fromisoformat(fields.get("review_by", "")) if fields.get("review_by") else None
    except ValueError:
        raise Malformed("review_by: a day, as 2027-03-31") from None

    def work(tx: Tx) -> Outcome[Any]:
        everybody = {one.id for one in desk.house.identity.staff.everybody(tx, scope)}
        if owner and StaffId(owner) not in everybody:
            raise NotFound("no such member of staff")
        return desk.house.stewards.entrust(tx, scope, slug, owner_id=owner or None, review_by=review_by)

    await desk.house.transactions.write_async(scope, work)
    return Redirect(f"/desk/knowledge/{slug}/{language}?done=entrusted", status_code=303)


async def _act(desk: ADeskCall, place: tuple[str, str, str], work: Any) -> Response[Any]:
    slug, language, done = place
    here = f"/desk/knowledge/{slug}/{language}"
    try:
        made: Edition = await desk.house.transactions.write_async(desk.scope, work)
    except Conflict:
        return Redirect(f"{here}?done=changed", status_code=303)
    except Malformed:  # what could not be published is handed in to nobody
        return Redirect(f"{here}?done=incomplete", status_code=303)
    return Redirect(f"/desk/knowledge/{made.slug}/{made.language}?done={done}", status_code=303)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


REVIEWING_HANDLERS: Final = [submit, send_back, entrust]
