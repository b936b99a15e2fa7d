"""The pages of rules: the list in its order, one with its form, trying it on the past, and what it did."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.automation import Rule, find_circle
from doorward.doors.web.desk.automation.forms import Wrong, fields_of, read_rule, rows_of
from doorward.doors.web.desk.automation.names import names_for
from doorward.doors.web.desk.automation.view import (
    RulesNow,
    editor_places,
    list_places,
    rules_now,
    try_rules,
)
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.forms import read_form
from doorward.doors.web.security import check_csrf
from doorward.vocabulary.errors import NotFound, Outdated

Done = Annotated[str, QueryParameter(max_length=20)]
Before = Annotated[str, QueryParameter(max_length=26)]
Fields = Mapping[str, str]

_DONE: Final = ("saved", "removed", "on", "off", "moved")
_MOST_FIELDS: Final = 140
"""Fields of a form with as many conditions and deeds as a rule may have."""


@get("/desk/automation", include_in_schema=False)
async def show_rules(desk: ADeskCall, done: Done = "") -> Response[str]:
    """List the rules in the order in which they are asked."""
    desk.require("settings:read")
    return await _list(desk, done=done)


@get("/desk/automation/new", include_in_schema=False)
async def show_new_rule(desk: ADeskCall) -> Response[str]:
    """Show the form of a rule that there is not yet."""
    desk.require("settings:write")
    return await _editor(desk, None, {"enabled": "yes", "conditions": "1", "deeds": "1"})


@post("/desk/automation/new", status_code=200, include_in_schema=False)
async def add_rule(desk: ADeskCall) -> Response[Any]:
    """Add a rule behind the others, try it, or give its form another row."""
    return await _pressed(desk, None)


@get("/desk/automation/{rule_id:str}", include_in_schema=False)
async def show_rule(desk: ADeskCall, rule_id: FromPath[str], before: Before = "") -> Response[str]:
    """Show a rule with its form and what it did lately."""
    desk.require("settings:read")
    now = await rules_now(desk)
    names = await names_for(desk)
    return await _editor(desk, _found(now, rule_id), fields_of(_found(now, rule_id), names), before=before)


@post("/desk/automation/{rule_id:str}", status_code=200, include_in_schema=False)
async def change_rule(desk: ADeskCall, rule_id: FromPath[str]) -> Response[Any]:
    """Change a rule, try it, or give its form another row."""
    return await _pressed(desk, rule_id)


async def _switch(desk: DeskCall, now: RulesNow, rule: Rule) -> str:
    changed = msgspec.structs.replace(rule, enabled=not rule.enabled)
    await _save(desk, now, tuple(changed if one.id == rule.id else one for one in now.book.rules))
    return "on" if changed.enabled else "off"


async def _move_up(desk: DeskCall, now: RulesNow, rule: Rule) -> str:
    rules = list(now.book.rules)
    at = rules.index(rule)
    if at:
        rules[at - 1 : at + 1] = [rule, rules[at - 1]]
        await _save(desk, now, tuple(rules))
    return "moved"


async def _remove(desk: DeskCall, now: RulesNow, rule: Rule) -> str:
    await _save(desk, now, tuple(one for one in now.book.rules if one.id != rule.id))
    return "removed"


def _action(name: str, act: Callable[[DeskCall, RulesNow, Rule], Awaitable[str]]) -> Any:
    async def do(desk: ADeskCall, rule_id: FromPath[str]) -> Response[Any]:
        desk.require("settings:write")
        fields = await _form(desk)
        now = await rules_now(desk)
        rule = _found(now, rule_id)
        if fields.get("number") != str(now.book.number):
            return await _list(desk, trouble=desk.say("rules.outdated"), status=412)
        others = [one for one in now.book.rules if one.id != rule_id]
        circle = find_circle([*others, msgspec.structs.replace(rule, enabled=True)]) if name == "switch" else ()
        if circle and not rule.enabled:
            return await _list(desk, trouble=_circle(desk, circle), status=400)
        try:
            done = await act(desk, now, rule)
        except Outdated:
            return await _list(desk, trouble=desk.say("rules.outdated"), status=412)
        return Redirect(f"/desk/automation?done={done}", status_code=303)

    address = f"/desk/automation/{{rule_id:str}}/{name}"
    return post(address, status_code=200, include_in_schema=False, name=f"desk.automation.{name}")(do)


RULE_HANDLERS: Final = [
    show_rules,
    show_new_rule,
    add_rule,
    show_rule,
    change_rule,
    _action("switch", _switch),
    _action("up", _move_up),
    _action("remove", _remove),
]


async def _form(desk: DeskCall) -> Fields:
    """Return the fields of a long form. Raises as `read_member_form`."""
    fields = await read_form(desk.request, most=_MOST_FIELDS)
    check_csrf(desk.caller.session_token or "", fields.get("csrf", ""))
    return fields


def _found(now: RulesNow, rule_id: str) -> Rule:
    rule = now.book.rule(rule_id)
    if rule is None:
        raise NotFound("no such rule")
    return rule


async def _pressed(desk: DeskCall, rule_id: str | None) -> Response[Any]:
    """Do what the pressed button of a rule's form says."""
    desk.require("settings:write")
    fields, now = await _form(desk), await rules_now(desk)
    before = None if rule_id is None else _found(now, rule_id)
    pressed = fields.get("press", "")
    if pressed in {"conditions", "deeds"}:
        return await _editor(desk, before, {**fields, pressed: str(rows_of(fields, pressed) + 1)})
    names = await names_for(desk)
    reading = read_rule(fields, names, before=before)
    if reading.rule is None:
        return await _editor(desk, before, fields, wrong=_in_words(desk, reading.wrong))
    rules = _with(now, reading.rule, before)
    wrong = _refused(desk, rules, reading.rule, before)
    if wrong:
        return await _editor(desk, before, fields, wrong=wrong)
    if pressed == "try":
        desk.require("conversations:read")
        return await _editor(desk, before, fields, tried=await try_rules(desk, rules, reading.rule))
    return await _kept(desk, now, rules, before, fields)


async def _kept(
    desk: DeskCall, now: RulesNow, rules: tuple[Rule, ...], before: Rule | None, fields: Fields
) -> Response[Any]:
    told = {**fields, "number": str(now.book.number)}
    if fields.get("number", "") != str(now.book.number):
        return await _editor(desk, before, told, outdated=True)
    try:
        await _save(desk, now, rules)
    except Outdated:
        return await _editor(desk, before, told, outdated=True)
    return Redirect("/desk/automation?done=saved", status_code=303)


async def _save(desk: DeskCall, now: RulesNow, rules: tuple[Rule, ...]) -> None:
    work, scope = desk.house.rule_work, desk.scope
    await desk.house.transactions.write_async(scope, lambda tx: work.save(tx, scope, rules, expected=now.book.number))


def _with(now: RulesNow, rule: Rule, before: Rule | None) -> tuple[Rule, ...]:
    if before is None:
        return (*now.book.rules, rule)
    return tuple(rule if one.id == before.id else one for one in now.book.rules)


def _refused(desk: DeskCall, rules: tuple[Rule, ...], rule: Rule, before: Rule | None) -> list[tuple[str, str]]:
    """Return what is wrong with a rule among the others: its name is taken, or it would go on for ever with them."""
    own = None if before is None else before.id
    if any(one.name == rule.name and one.id != own for one in rules if one is not rule):
        return [("name", desk.say("rules.wrong.taken"))]
    circle = find_circle(rules)
    return [("deed-0", _circle(desk, circle))] if circle else []


def _circle(desk: DeskCall, names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return desk.say("rules.wrong.circle_alone", name=names[0])
    return desk.say("rules.wrong.circle", rules=" → ".join((*names, names[0])))


def _in_words(desk: DeskCall, wrong: tuple[Wrong, ...]) -> list[tuple[str, str]]:
    return [(one.field, desk.say(one.sentence, **one.places)) for one in wrong]


async def _list(desk: DeskCall, *, done: str = "", trouble: str = "", status: int = 200) -> Response[str]:
    places = await list_places(desk)
    told = done if done in _DONE else ""
    return await desk.page("desk/automation/page.html", status=status, **places, done=told, trouble=trouble)


async def _editor(desk: DeskCall, rule: Rule | None, fields: Fields, **told: Any) -> Response[str]:
    """Show a form; `told` says what is `wrong`, that it is `outdated`, what trying it came to (`tried`)."""
    wrong = told.get("wrong", [])
    status = 412 if told.get("outdated") else 400 if wrong else 200
    places = await editor_places(desk, rule, fields, before=told.get("before", ""))
    return await desk.page(
        "desk/automation/rule.html",
        status=status,
        **places,
        wrong=wrong,
        errors=dict(wrong),
        outdated=told.get("outdated", False),
        tried=told.get("tried"),
    )
