"""The report of what asks for care: articles to read again, languages that are missing, links that lead nowhere."""

from typing import Annotated, Any, Final, get_args

from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from doorward.answering.care import Concern, Finding
from doorward.doors.web.desk.knowledge.view import HERE, Short, languages_of
from doorward.doors.web.desk.shared import ADeskCall

PAGE: Final = 50
CONCERNS: Final[tuple[str, ...]] = get_args(Concern)
UNTOUCHED: Final = (90, 180, 365, 730)
"""Days after which an article that nobody touched asks to be read again."""

Number = Annotated[int, QueryParameter(ge=1, le=100_000)]
Days = Annotated[int, QueryParameter(ge=1, le=3650)]


@get("/desk/knowledge/report", include_in_schema=False)
async def show_report(
    desk: ADeskCall, concern: Short = "", language: Short = "", untouched: Days = 365, page: Number = 1
) -> Response[str]:
    """List what asks for care, under its filters."""
    scope, house = desk.require("articles:read"), desk.house
    codes = await languages_of(desk)
    every, check, now = await house.transactions.read_async(
        lambda tx: (
            house.upkeep.care.read(tx, scope, untouched=untouched),
            house.upkeep.links.latest(tx, scope),
            tx.now,
        )
    )
    found = [
        one
        for one in every
        if (not concern or one.concern == concern) and (not language or language_of(one) == language)
    ]
    return await desk.page(
        "desk/knowledge/report.html",
        here=HERE,
        found=found[(page - 1) * PAGE : page * PAGE],
        counts={name: sum(one.concern == name for one in every) for name in CONCERNS},
        concern=concern if concern in CONCERNS else "",
        language_wanted=language,
        untouched=untouched,
        choices_of_days=sorted({*UNTOUCHED, untouched}),
        language_of=language_of,
        codes=codes,
        concerns=CONCERNS,
        number=page,
        more=len(found) > page * PAGE,
        check=check,
        checking=check is not None and check.is_under_way(now),
    )


@post("/desk/knowledge/report/links", status_code=200, include_in_schema=False)
async def check_links(desk: ADeskCall) -> Response[Any]:
    """Have the links to other sites looked at."""
    scope, house = desk.require("articles:write"), desk.house
    await desk.form()
    await house.transactions.write_async(scope, lambda tx: house.upkeep.links.begin(tx, scope))
    return Redirect("/desk/knowledge/report?concern=broken_web_link", status_code=303)


def language_of(one: Finding) -> str:
    """Return the language in which something is to be done: the missing one, where one is missing."""
    return one.detail if one.concern == "missing_language" else one.language


REPORT_HANDLERS: Final = [show_report, check_links]
