"""Corrections by program: what was wrong, who got it, and having them told."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from doorward.answering.corrections import LONGEST_WORDS, Correction, Words
from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, Limit, Offset, problems
from doorward.flow.corrections import Previewed, Receivers, WrongAnswer
from doorward.vocabulary.ids import ArticleId
from doorward.vocabulary.scope import Scope

_PRINTABLE = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$"

Wording = Annotated[str, Meta(min_length=1, max_length=LONGEST_WORDS, pattern=_PRINTABLE)]
Replacement = Annotated[str, Meta(max_length=LONGEST_WORDS, pattern=_PRINTABLE)]


class WordsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What customers read: what was wrong, and what is right, empty where nothing takes its place."""

    wrong: Wording
    right: Replacement = ""

    def words(self) -> Words:
        """Return the words as answering takes them."""
        return Words(wrong=self.wrong, right=self.right)


class WrongAnswerBody(WordsBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which sections were wrong (0 is the lead) of which revision; 0: the one before that which answers now."""

    sections: Annotated[tuple[Annotated[int, Meta(ge=0, le=49)], ...], Meta(min_length=1, max_length=50)]
    revision: Annotated[int, Meta(ge=0, le=10_000_000)] = 0


class WrongRulesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rules were wrong, as `policy.rule@version`, and what customers read, by language."""

    rules: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(min_length=1, max_length=50)]
    words: Annotated[dict[Annotated[str, Meta(pattern="^[a-z]{2,3}$")], WordsBody], Meta(min_length=1, max_length=20)]


class CorrectionList(msgspec.Struct, frozen=True, kw_only=True):
    """Corrections, the newest first."""

    items: tuple[Correction, ...]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What customers of each language are told, as it passes the exit: masked."""

    items: tuple[Previewed, ...]


@get("/corrections", responses=problems(), security=ANY_OF, operation_id="list_corrections")
async def list_corrections(call: ACall, limit: Limit = 50, offset: Offset = 0) -> CorrectionList:
    """List what was put right, the newest first."""
    scope, corrections = call.scope("articles:read"), call.house.upkeep.correcting.corrections
    found = await call.house.transactions.read_async(
        lambda tx: corrections.corrections(tx, scope, limit=limit, offset=offset)
    )
    return CorrectionList(items=found)


@post(
    "/articles/{article_id:str}/corrections",
    status_code=202,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="correct_article",
)
async def correct_article(call: ACall, article_id: IdPath, data: JSONBody[WrongAnswerBody]) -> Response[Correction]:
    """Say that an earlier answer was wrong: whoever got it is found. Earlier revisions that said the same count too."""
    scope, house = call.scope("articles:write"), call.house
    wish = WrongAnswer(
        article_id=ArticleId(article_id), revision=data.revision, sections=data.sections, words=data.words()
    )

    async def act(_key: str) -> Correction:
        correcting = house.upkeep.correcting
        return await house.transactions.write_async(scope, lambda tx: correcting.correct_answer(tx, scope, wish))

    return await call.answer_once(scope, act, status=202)


@post(
    "/corrections/rules",
    status_code=202,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="correct_rules",
)
async def correct_rules(call: ACall, data: JSONBody[WrongRulesBody]) -> Response[Correction]:
    """Say that rules were wrong that decided in the last 90 days: whoever they decided about is found."""
    scope, house = call.scope("settings:write"), call.house
    words = {language: one.words() for language, one in data.words.items()}

    async def act(_key: str) -> Correction:
        correcting = house.upkeep.correcting
        return await house.transactions.write_async(
            scope, lambda tx: correcting.correct_rules(tx, scope, data.rules, words)
        )

    return await call.answer_once(scope, act, status=202)


@get(
    "/corrections/{correction_id:str}/receivers",
    responses=problems(404),
    security=ANY_OF,
    operation_id="list_correction_receivers",
)
async def list_receivers(call: ACall, correction_id: IdPath, limit: Limit = 50, offset: Offset = 0) -> Receivers:
    """Show a correction: how far it is, and a page of those who got what was wrong; that somebody looked is noted."""
    return await call.house.upkeep.correcting.receivers(_scope(call), correction_id, limit=limit, offset=offset)


@get(
    "/corrections/{correction_id:str}/preview",
    responses=problems(404),
    security=ANY_OF,
    operation_id="preview_correction",
)
async def preview_correction(call: ACall, correction_id: IdPath) -> Preview:
    """Show what customers are told, in each of the company's languages; nothing is said."""
    scope, house = _scope(call), call.house
    correcting = house.upkeep.correcting
    found = await house.transactions.read_async(lambda tx: correcting.corrections.correction(tx, scope, correction_id))
    languages = house.settings_book.settings_of(scope.tenant_id).languages
    return Preview(items=await correcting.preview(scope, found, list(dict.fromkeys([*found.words, *languages]))))


@post(
    "/corrections/{correction_id:str}/tell",
    status_code=202,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="tell_correction",
)
async def tell_correction(call: ACall, correction_id: IdPath) -> Response[Correction]:
    """Have everybody told who got what was wrong: each customer once, in the conversation in which it was said."""
    call.scope("conversations:write")
    scope, house = await _scope_of(call, correction_id), call.house

    async def act(_key: str) -> Correction:
        corrections = house.upkeep.correcting.corrections
        return await house.transactions.write_async(scope, lambda tx: corrections.tell(tx, scope, correction_id))

    return await call.answer_once(scope, act, status=202)


@post(
    "/corrections/{correction_id:str}/stop",
    status_code=200,
    responses=problems(404, 422),
    security=ANY_OF,
    operation_id="stop_correction",
)
async def stop_correction(call: ACall, correction_id: IdPath) -> Response[Correction]:
    """Stop telling: whoever was told was told, the others can be told later."""
    scope, house = await _scope_of(call, correction_id), call.house

    async def act(_key: str) -> Correction:
        corrections = house.upkeep.correcting.corrections
        return await house.transactions.write_async(scope, lambda tx: corrections.stop(tx, scope, correction_id))

    return await call.answer_once(scope, act)


def _scope(call: ACall) -> Scope:
    call.scope("conversations:read")
    return call.scope("articles:write")


async def _scope_of(call: ACall, correction_id: str) -> Scope:
    """Return the caller's scope, with the permission to correct what this is about."""
    scope, corrections = _scope(call), call.house.upkeep.correcting.corrections
    found = await call.house.transactions.read_async(lambda tx: corrections.correction(tx, scope, correction_id))
    return call.scope("settings:write") if found.kind == "rules" else scope


HANDLERS: Final = [
    list_corrections,
    correct_article,
    correct_rules,
    list_receivers,
    preview_correction,
    tell_correction,
    stop_correction,
]
