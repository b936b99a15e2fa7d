"""Intents at the desk: all of them, one with its phrases, what was learnt, and what customers asked besides."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.doors.web.desk.intents.view import NONE, heat_map, named, overview, report
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.teaching import WildPhrase
from doorward.understanding import LONGEST_LABEL, MOST_AT_ONCE, PhraseQuery
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, SecretRefused, TooLarge
from doorward.vocabulary.text import WildText

Done = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=26)]
Version = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]
Act = Callable[[DeskCall, str, Mapping[str, str]], Awaitable[str]]

_HERE: Final = "intents"
_DONE: Final = frozenset(
    {"made", "changed", "removed", "added", "known", "moved", "dropped", "asked", "activated", "back", "off"}
)
_MOST: Final = 60
_REFUSALS: Final = (Conflict, Malformed, SecretRefused, TooLarge)
_LINE: Final = re.compile(r"([0-9a-z]{26}):([0-9]{1,9})")


@get("/desk/intents", include_in_schema=False)
async def show_intents(desk: ADeskCall, done: Done = "") -> Response[str]:
    """List the intents, with the training, the versions and the form for a new one."""
    desk.require("articles:write")
    return await _list(desk, done=done)


@get("/desk/intents/report", include_in_schema=False)
async def show_report(desk: ADeskCall, version: Version = None, done: Done = "") -> Response[str]:
    """Show how a version fares: what is taken for what, and which phrases mislead."""
    scope, house = desk.require("articles:write"), desk.house
    found = await house.transactions.read_async(lambda tx: report(tx, house, scope, version))
    unseen = None if found is None else found.version.report.unseen
    return await desk.page(
        "desk/intents/report.html",
        here=_HERE,
        found=found,
        unseen=unseen,
        heat=None if unseen is None else heat_map(unseen),
        done=_told(done),
    )


@get("/desk/intents/suggestions", include_in_schema=False)
async def show_suggestions(desk: ADeskCall, done: Done = "") -> Response[str]:
    """Show what customers asked of late and nobody understood."""
    desk.require("conversations:read")
    desk.require("articles:write")
    return await _suggestions(desk, done=done)


@post("/desk/intents/suggestions", status_code=200, include_in_schema=False)
async def take_suggestion(desk: ADeskCall) -> Response[Any]:
    """Have messages that nobody understood teach an intent, one that is there or a new one."""
    desk.require("conversations:read")
    scope, pairs = desk.require("articles:write"), await desk.pairs(most=_MOST)
    fields = dict(pairs)
    lines = [_line(value) for name, value in pairs if name == "line"]
    new = fields.get("name", "").strip()
    intent = new or _intent(fields.get("intent", ""))
    try:
        if new:
            await _put(desk, new, {})
        added = await desk.house.teaching.take_over(scope, lines, intent)
    except (*_REFUSALS, NotFound) as error:
        return await _suggestions(desk, error=error)
    done = "added" if added.added else "known"
    return Redirect(f"/desk/intents/suggestions?done={done}", status_code=303)


@get("/desk/intents/named/{name:str}", include_in_schema=False)
async def show_intent(desk: ADeskCall, name: FromPath[str], after: After = "", done: Done = "") -> Response[str]:
    """Show one intent with its phrases; `none` are those that belong to none."""
    desk.require("articles:write")
    return await _intent_page(desk, name, after=after, done=done)


@get("/desk/intents/named/{name:str}/remove", include_in_schema=False)
async def ask_to_remove_intent(desk: ADeskCall, name: FromPath[str]) -> Response[str]:
    """Ask before an intent is removed with its phrases; it works without a script."""
    scope, house = desk.require("articles:write"), desk.house
    one = await house.transactions.read_async(lambda tx: house.intents.catalogue(tx, scope).intent(name))
    return await desk.page("desk/intents/remove.html", here=_HERE, one=one)


async def _make(desk: DeskCall, _name: str, fields: Mapping[str, str]) -> str:
    name = fields.get("name", "").strip()
    await _put(desk, name, _labels(fields))
    return f"/named/{name}?done=made"


async def _train(desk: DeskCall, _name: str, _fields: Mapping[str, str]) -> str:
    await desk.house.transactions.write_async(desk.scope, lambda tx: desk.house.intent_models.ask(tx, desk.scope))
    return "?done=asked"


async def _activate(desk: DeskCall, version: str, _fields: Mapping[str, str]) -> str:
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotFound("no such model")
    models, number = desk.house.intent_models, int(version)
    await desk.house.transactions.write_async(desk.scope, lambda tx: models.activate(tx, desk.scope, number))
    return "?done=activated"


async def _roll_back(desk: DeskCall, _name: str, _fields: Mapping[str, str]) -> str:
    models = desk.house.intent_models
    await desk.house.transactions.write_async(desk.scope, lambda tx: models.roll_back(tx, desk.scope))
    return "?done=back"


async def _switch_off(desk: DeskCall, _name: str, _fields: Mapping[str, str]) -> str:
    models = desk.house.intent_models
    await desk.house.transactions.write_async(desk.scope, lambda tx: models.retire(tx, desk.scope))
    return "?done=off"


async def _rename(desk: DeskCall, name: str, fields: Mapping[str, str]) -> str:
    await desk.house.transactions.read_async(lambda tx: desk.house.intents.catalogue(tx, desk.scope).intent(name))
    await _put(desk, name, _labels(fields))
    return f"/named/{name}?done=changed"


async def _remove(desk: DeskCall, name: str, _fields: Mapping[str, str]) -> str:
    await desk.house.transactions.write_async(desk.scope, lambda tx: desk.house.intents.remove(tx, desk.scope, name))
    return "?done=removed"


async def _add(desk: DeskCall, name: str, fields: Mapping[str, str]) -> str:
    lines = [line.strip() for line in fields.get("phrases", "").splitlines() if line.strip()]
    if len(lines) > MOST_AT_ONCE:
        raise TooLarge(f"phrases: more than {MOST_AT_ONCE}", limit=MOST_AT_ONCE)
    if not lines:
        raise Malformed("phrases: empty")
    phrases = [WildPhrase(WildText(line), _intent(name), fields.get("language", "")) for line in lines]
    added = await desk.house.teaching.add(desk.scope, phrases)
    return f"/named/{name}?done={'added' if added.added else 'known'}"


async def _move(desk: DeskCall, phrase_id: str, fields: Mapping[str, str]) -> str:
    intents, scope, to = desk.house.intents, desk.scope, _intent(fields.get("intent", ""))
    before = await desk.house.transactions.read_async(lambda tx: intents.phrase(tx, scope, phrase_id))
    await desk.house.transactions.write_async(scope, lambda tx: intents.move(tx, scope, phrase_id, to))
    return _back(fields, before.intent, "moved")


async def _drop(desk: DeskCall, phrase_id: str, fields: Mapping[str, str]) -> str:
    intents, scope = desk.house.intents, desk.scope
    gone = await desk.house.transactions.write_async(scope, lambda tx: intents.drop(tx, scope, phrase_id))
    return _back(fields, gone.intent, "dropped")


def _action(path: str, act: Act, *, page: str = "list") -> Any:
    """Return the handler of a form; what is refused is said on the page that the form stands on."""

    async def do(desk: DeskCall, of: str) -> Response[Any]:
        desk.require("articles:write")
        fields = dict(await desk.pairs(most=_MOST))
        try:
            onward = await act(desk, of, fields)
        except _REFUSALS as error:
            if page == "intent":
                return await _intent_page(desk, of, error=error, fields=fields)
            return await _list(desk, error=error, fields=fields)
        return Redirect(f"/desk/intents{onward}", status_code=303)

    async def do_with(desk: ADeskCall, of: FromPath[str]) -> Response[Any]:
        return await do(desk, of)

    async def do_alone(desk: ADeskCall) -> Response[Any]:
        return await do(desk, "")

    handler: Any = do_with if "{of:str}" in path else do_alone
    name = f"desk.intents.{act.__name__.strip('_')}"
    return post(f"/desk/intents{path}", status_code=200, include_in_schema=False, name=name)(handler)


INTENT_HANDLERS: Final = [
    show_intents,
    show_report,
    show_suggestions,
    take_suggestion,
    show_intent,
    ask_to_remove_intent,
    _action("", _make),
    _action("/train", _train),
    _action("/roll-back", _roll_back),
    _action("/off", _switch_off),
    _action("/models/{of:str}/activate", _activate),
    _action("/named/{of:str}", _rename, page="intent"),
    _action("/named/{of:str}/remove", _remove),
    _action("/named/{of:str}/phrases", _add, page="intent"),
    _action("/phrases/{of:str}/move", _move),
    _action("/phrases/{of:str}/remove", _drop),
]


async def _put(desk: DeskCall, name: str, labels: Mapping[str, str]) -> None:
    intents = desk.house.intents

    def kept(tx: Any) -> Any:
        # Labels in languages that the form does not show stay, and so do all of an intent that is only taught.
        known = {one.name: one.labels for one in intents.catalogue(tx, desk.scope).intents}
        return intents.put(tx, desk.scope, name, {**known.get(name, {}), **labels})

    await desk.house.transactions.write_async(desk.scope, kept)


def _labels(fields: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix("label-"): value for name, value in fields.items() if name.startswith("label-")}


def _intent(name: str) -> str:
    """Return an intent's name as it is kept, for what a form or an address calls it."""
    return "" if name == NONE else name


def _back(fields: Mapping[str, str], intent: str, done: str) -> str:
    where = "/report" if fields.get("back") == "report" else f"/named/{intent or NONE}"
    return f"{where}?done={done}"


def _line(value: str) -> tuple[str, int]:
    found = _LINE.fullmatch(value)
    if found is None:
        raise Malformed("line: a conversation and a number")
    return found[1], int(found[2])


def _told(done: str) -> str:
    return done if done in _DONE else ""


def _trouble(desk: DeskCall, error: Any) -> str:
    if error is None:
        return ""
    if isinstance(error, SecretRefused):
        return desk.say("intents.refused_secret")
    if isinstance(error, TooLarge):
        return desk.say("intents.too_large", limit=error.facts.get("limit", ""))
    return desk.say("intents.conflict" if isinstance(error, Conflict) else "intents.wrong", most=LONGEST_LABEL)


async def _list(desk: DeskCall, *, error: Any = None, fields: Any = None, done: str = "") -> Response[str]:
    house, scope = desk.house, desk.scope
    seen = await house.transactions.read_async(lambda tx: overview(tx, house, scope))
    return await desk.page(
        "desk/intents/page.html",
        status=error.status if error else 200,
        here=_HERE,
        seen=seen,
        tongues=house.settings_book.settings_of(scope.tenant_id).languages,
        fields=fields or {},
        trouble=_trouble(desk, error),
        done=_told(done),
    )


async def _intent_page(
    desk: DeskCall, name: str, *, error: Any = None, fields: Any = None, **told: str
) -> Response[str]:
    house, scope = desk.house, desk.scope
    wanted = PhraseQuery(_intent(name), None, told.get("after") or None)
    seen = await house.transactions.read_async(lambda tx: named(tx, house, scope, wanted))
    one = None if name == NONE else seen.catalogue.intent(name)
    return await desk.page(
        "desk/intents/intent.html",
        status=error.status if error else 200,
        here=_HERE,
        name=name,
        one=one,
        seen=seen,
        tongues=house.settings_book.settings_of(scope.tenant_id).languages,
        fields=fields or {},
        trouble=_trouble(desk, error),
        done=_told(told.get("done", "")),
    )


async def _suggestions(desk: DeskCall, *, error: Any = None, done: str = "") -> Response[str]:
    house, scope = desk.house, desk.scope
    heaps = await house.teaching.suggestions(scope)
    seen = await house.transactions.read_async(lambda tx: overview(tx, house, scope))
    return await desk.page(
        "desk/intents/suggestions.html",
        status=error.status if error else 200,
        here=_HERE,
        heaps=heaps,
        seen=seen,
        trouble=_trouble(desk, error),
        done=_told(done),
    )
