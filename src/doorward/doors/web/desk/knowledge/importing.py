"""Bringing articles in: files are read and shown as they would come in, and then kept as drafts."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.answering.imports import StagedPage
from doorward.answering.intake import Columns, Read, Refused, open_files, read_files
from doorward.doors.web.desk.knowledge.view import HERE, Short, languages_of
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.forms import read_member_files
from doorward.vocabulary.errors import Conflict, TooLarge

IMPORT: Final = "/desk/imports/{import_id:str}"
PAGE: Final = 50
MOST_FILES: Final = 200
LARGEST: Final = 16 * 1_048_576
"""Bytes of a form with files: two thousand articles as a zip are far below."""

STANDINGS: Final = ("new", "changed", "unchanged")
COLUMNS: Final = tuple(field.name for field in msgspec.structs.fields(Columns))
_DONE: Final = ("given_up", "cleared", "stopped")

After = Annotated[int, QueryParameter(ge=0, le=100_000)]


@get("/desk/knowledge/import", include_in_schema=False)
async def show_import_form(desk: ADeskCall, done: Short = "") -> Response[str]:
    """Show the form for files, and the imports of the last day."""
    desk.require("articles:write")
    return await _form(desk, done=done if done in _DONE else "")


@post("/desk/knowledge/import", status_code=200, include_in_schema=False, request_max_body_size=LARGEST)
async def read_import(desk: ADeskCall) -> Response[Any]:
    """Read files and show what they would become; nothing is an article by it."""
    scope = desk.require("articles:write")
    try:
        fields, files = await read_member_files(desk.request, desk.caller, most=MOST_FILES)
    except TooLarge:
        return await _form(desk, trouble=desk.say("imports.wrong.too_large", count=MOST_FILES), status=413)
    brought = [(one.filename or "", await one.read()) for one in files]
    brought = [(name, content) for name, content in brought if name or content]
    if not brought:
        return await _form(desk, trouble=desk.say("imports.wrong.nothing"), fields=fields, status=400)
    read, refused = await asyncio.to_thread(_read, brought, fields, await languages_of(desk))
    imports = desk.house.upkeep.imports
    made = await desk.house.transactions.write_async(scope, lambda tx: imports.stage(tx, scope, read, refused))
    return Redirect(f"/desk/imports/{made.id}", status_code=303)


@get(IMPORT, include_in_schema=False)
async def show_import(
    desk: ADeskCall, import_id: FromPath[str], after: After = 0, standing: Short = "", done: Short = ""
) -> Response[str]:
    """Show what an import would do, or how far it is."""
    scope, imports = desk.require("articles:write"), desk.house.upkeep.imports
    wanted = StagedPage(after=after, limit=PAGE + 1, standing=standing if standing in STANDINGS else "")

    def read(tx: Any) -> tuple[Any, Any, Any]:
        return (
            imports.staged(tx, scope, import_id),
            imports.count(tx, scope, import_id),
            imports.articles(tx, scope, import_id, wanted),
        )

    staged, counts, articles = await desk.house.transactions.read_async(read)
    return await desk.page(
        "desk/knowledge/imported.html",
        here=HERE,
        staged=staged,
        counts=counts,
        articles=articles[:PAGE],
        more=len(articles) > PAGE,
        wanted=wanted,
        standings=STANDINGS,
        done=done if done in _DONE else "",
    )


@post(f"{IMPORT}/take", status_code=200, include_in_schema=False)
async def take_import(desk: ADeskCall, import_id: FromPath[str]) -> Response[Any]:
    """Keep what is new or changed as drafts."""
    scope, imports = desk.require("articles:write"), desk.house.upkeep.imports
    await desk.form()
    await desk.house.transactions.write_async(scope, lambda tx: imports.take(tx, scope, import_id))
    return Redirect(f"/desk/imports/{import_id}", status_code=303)


@post(f"{IMPORT}/stop", status_code=200, include_in_schema=False)
async def stop_import(desk: ADeskCall, import_id: FromPath[str]) -> Response[Any]:
    """Stop keeping drafts."""
    scope, imports = desk.require("articles:write"), desk.house.upkeep.imports
    await desk.form()
    await desk.house.transactions.write_async(scope, lambda tx: imports.stop(tx, scope, import_id))
    return Redirect(f"/desk/imports/{import_id}?done=stopped", status_code=303)


@post(f"{IMPORT}/give-up", status_code=200, include_in_schema=False)
async def give_up_import(desk: ADeskCall, import_id: FromPath[str]) -> Response[Any]:
    """Remove what was read and not taken."""
    scope, imports = desk.require("articles:write"), desk.house.upkeep.imports
    await desk.form()
    try:
        was = await desk.house.transactions.write_async(scope, lambda tx: imports.give_up(tx, scope, import_id))
    except Conflict:
        return Redirect(f"/desk/imports/{import_id}", status_code=303)
    done = "cleared" if was.kept else "given_up"
    return Redirect(f"/desk/knowledge/import?done={done}", status_code=303)


def _read(
    brought: Sequence[tuple[str, bytes]], fields: Mapping[str, str], languages: Sequence[str]
) -> tuple[tuple[Read, ...], tuple[Refused, ...]]:
    """Read files; takes as long as they are large."""
    language = fields.get("language", "")
    columns = {name: fields[name].strip()[:100] for name in COLUMNS if fields.get(name, "").strip()}
    return read_files(
        open_files(brought),
        languages=languages,
        language=language if language in languages else languages[0],
        columns=Columns(**columns),
    )


async def _form(
    desk: DeskCall, *, trouble: str = "", fields: Mapping[str, str] | None = None, status: int = 200, done: str = ""
) -> Response[str]:
    scope, imports = desk.scope, desk.house.upkeep.imports
    return await desk.page(
        "desk/knowledge/import.html",
        status=status,
        here=HERE,
        trouble=trouble,
        fields=fields or {},
        codes=await languages_of(desk),
        columns=COLUMNS,
        latest=await desk.house.transactions.read_async(lambda tx: imports.latest(tx, scope)),
        most=MOST_FILES,
        done=done,
    )


IMPORT_HANDLERS: Final = [show_import_form, read_import, show_import, take_import, stop_import, give_up_import]
