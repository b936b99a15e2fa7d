"""Corrections at the desk: what was wrong is named, who got it is listed, and they are told once somebody says so."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.answering.corrections import LONGEST_WORDS, Correction, Words
from doorward.doors.web.desk.knowledge.view import ARTICLE, HERE, Short, id_of, known_article, languages_of
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.corrections import WrongAnswer, WrongPlace
from doorward.vocabulary.errors import Conflict, DoorwardError, Malformed, NotFound
from doorward.vocabulary.scope import Scope

PAGE: Final = 50
CORRECTION: Final = "/desk/corrections/{correction_id:str}"

_MOST: Final = 120
_BYTES: Final = 262_144
_DONE: Final = ("telling", "stopped")
_RULE: Final = re.compile(r"[A-Za-z0-9_.@+-]{1,200}")

Number = Annotated[int, QueryParameter(ge=1, le=100_000)]
Revision = Annotated[int, QueryParameter(ge=0, le=10_000_000)]


@get("/desk/knowledge/corrections", include_in_schema=False)
async def show_corrections(desk: ADeskCall, page: Number = 1) -> Response[str]:
    """List the corrections, the newest first."""
    scope, correcting = desk.require("articles:write"), desk.house.upkeep.correcting
    offset = (page - 1) * PAGE
    found = await desk.house.transactions.read_async(
        lambda tx: correcting.corrections.corrections(tx, scope, limit=PAGE + 1, offset=offset)
    )
    return await desk.page(
        "desk/knowledge/corrections.html", here=HERE, corrections=found[:PAGE], number=page, more=len(found) > PAGE
    )


@get(f"{ARTICLE}/correct", include_in_schema=False)
async def show_wrong_answer(
    desk: ADeskCall, slug: FromPath[str], language: FromPath[str], revision: Revision = 0
) -> Response[str]:
    """Ask what of an earlier answer was wrong, and what those who got it are told."""
    desk.require("articles:write")
    return await _answer_form(desk, (slug, language), revision=revision)


@post(f"{ARTICLE}/correct", status_code=200, include_in_schema=False, request_max_body_size=_BYTES)
async def correct_answer(desk: ADeskCall, slug: FromPath[str], language: FromPath[str]) -> Response[Any]:
    """Keep what was wrong, and look for who got it."""
    scope, pairs = desk.require("articles:write"), await desk.pairs(most=_MOST)
    fields = dict(pairs)
    revision = _number(fields.get("revision", ""))
    wish = WrongAnswer(
        article_id=id_of(desk, slug, language),
        revision=revision,
        sections=tuple(_number(value) for name, value in pairs if name == "section"),
        words=Words(wrong=_text(fields, "wrong"), right=_text(fields, "right")),
    )
    correcting = desk.house.upkeep.correcting
    try:
        made = await desk.house.transactions.write_async(scope, lambda tx: correcting.correct_answer(tx, scope, wish))
    except Malformed as error:
        return await _answer_form(desk, (slug, language), revision=revision, error=error, wish=wish)
    return Redirect(f"/desk/corrections/{made.id}", status_code=303)


@get("/desk/corrections/rules", include_in_schema=False)
async def show_wrong_rules(desk: ADeskCall) -> Response[str]:
    """Ask which rules were wrong, and what those about whom they decided are told."""
    desk.require("settings:write")
    return await _rules_form(desk)


@post("/desk/corrections/rules", status_code=200, include_in_schema=False, request_max_body_size=_BYTES)
async def correct_rules(desk: ADeskCall) -> Response[Any]:
    """Keep which rules were wrong, and look for whom they decided about."""
    scope, pairs = desk.require("settings:write"), await desk.pairs(most=_MOST)
    fields, correcting = dict(pairs), desk.house.upkeep.correcting
    rules = [value for name, value in pairs if name == "rule" and _RULE.fullmatch(value)]
    words = {
        code: Words(wrong=_text(fields, f"wrong-{code}"), right=_text(fields, f"right-{code}"))
        for code in await languages_of(desk)
    }
    try:
        made = await desk.house.transactions.write_async(
            scope, lambda tx: correcting.correct_rules(tx, scope, rules, words)
        )
    except (Malformed, NotFound) as error:
        return await _rules_form(desk, error=error, rules=rules, words=words)
    return Redirect(f"/desk/corrections/{made.id}", status_code=303)


@get(CORRECTION, include_in_schema=False)
async def show_correction(
    desk: ADeskCall, correction_id: FromPath[str], page: Number = 1, done: Short = ""
) -> Response[str]:
    """Show a correction: how far it is, who got what was wrong, and what they are told."""
    return await _shown(desk, correction_id, page=page, done=done if done in _DONE else "")


@post(f"{CORRECTION}/tell", status_code=200, include_in_schema=False)
async def tell(desk: ADeskCall, correction_id: FromPath[str]) -> Response[Any]:
    """Have everybody told."""
    scope = await _require_for(desk, correction_id)
    desk.require("conversations:write")
    await desk.form()
    corrections = desk.house.upkeep.correcting.corrections
    try:
        await desk.house.transactions.write_async(scope, lambda tx: corrections.tell(tx, scope, correction_id))
    except Conflict as error:
        return await _shown(desk, correction_id, error=error)
    return Redirect(f"/desk/corrections/{correction_id}?done=telling", status_code=303)


@post(f"{CORRECTION}/stop", status_code=200, include_in_schema=False)
async def stop(desk: ADeskCall, correction_id: FromPath[str]) -> Response[Any]:
    """Stop telling."""
    scope = await _require_for(desk, correction_id)
    await desk.form()
    corrections = desk.house.upkeep.correcting.corrections
    await desk.house.transactions.write_async(scope, lambda tx: corrections.stop(tx, scope, correction_id))
    return Redirect(f"/desk/corrections/{correction_id}?done=stopped", status_code=303)


def _require(desk: DeskCall) -> Scope:
    desk.require("conversations:read")
    return desk.require("articles:write")


async def _require_for(desk: DeskCall, correction_id: str) -> Scope:
    """Return the scope, with the permission to correct what this is about."""
    scope, corrections = _require(desk), desk.house.upkeep.correcting.corrections
    found = await desk.house.transactions.read_async(lambda tx: corrections.correction(tx, scope, correction_id))
    return desk.require("settings:write") if found.kind == "rules" else scope


async def _answer_form(
    desk: DeskCall,
    where: tuple[str, str],
    *,
    revision: int,
    error: DoorwardError | None = None,
    wish: WrongAnswer | None = None,
) -> Response[str]:
    slug, language = where
    known = await known_article(desk, slug, language)
    article_id, correcting = id_of(desk, slug, language), desk.house.upkeep.correcting
    place: WrongPlace = await desk.house.transactions.read_async(
        lambda tx: correcting.wrong_place(tx, desk.scope, article_id, revision=revision)
    )
    return await desk.page(
        "desk/knowledge/correct.html",
        status=error.status if error else 200,
        here=HERE,
        known=known,
        slug=slug,
        code=language,
        place=place,
        chosen=place.changed if wish is None else wish.sections,
        words=Words(wrong="", right=place.right) if wish is None else wish.words,
        trouble=desk.say("corrections.wrong.empty", limit=LONGEST_WORDS) if error else "",
        limit=LONGEST_WORDS,
    )


async def _rules_form(
    desk: DeskCall,
    *,
    error: DoorwardError | None = None,
    rules: Any = (),
    words: Mapping[str, Words] | None = None,
) -> Response[str]:
    scope, correcting = desk.scope, desk.house.upkeep.correcting
    decided = await desk.house.transactions.read_async(lambda tx: correcting.deciding_rules(tx, scope))
    return await desk.page(
        "desk/knowledge/correct_rules.html",
        status=error.status if error else 200,
        here=HERE,
        decided=sorted(decided.items(), key=lambda one: (-one[1], one[0])),
        chosen=rules,
        words=words or {},
        codes=await languages_of(desk),
        trouble=desk.say("corrections.wrong.empty", limit=LONGEST_WORDS) if error else "",
        limit=LONGEST_WORDS,
    )


async def _shown(
    desk: DeskCall, correction_id: str, *, page: int = 1, error: DoorwardError | None = None, done: str = ""
) -> Response[str]:
    scope, correcting = _require(desk), desk.house.upkeep.correcting
    # The page asks again and again while it is under way: only its end shows whom it is about, and is noted.
    seen = await correcting.progress(scope, correction_id)
    if not seen.correction.is_under_way:
        seen = await correcting.receivers(scope, correction_id, limit=PAGE + 1, offset=(page - 1) * PAGE)
    correction: Correction = seen.correction
    languages = dict.fromkeys([*correction.words, *await languages_of(desk)])
    return await desk.page(
        "desk/knowledge/correction.html",
        status=error.status if error else 200,
        here=HERE,
        seen=seen,
        correction=correction,
        page=seen.page[:PAGE],
        number=page,
        more=len(seen.page) > PAGE,
        previews=await correcting.preview(scope, correction, list(languages)),
        trouble=desk.say("corrections.wrong.busy") if error else "",
        done=done,
    )


def _text(fields: Mapping[str, str], name: str) -> str:
    return fields.get(name, "").replace("\r\n", "\n").strip()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


CORRECTION_HANDLERS: Final = [
    show_corrections,
    show_wrong_answer,
    correct_answer,
    show_wrong_rules,
    correct_rules,
    show_correction,
    tell,
    stop,
]
