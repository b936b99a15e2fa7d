"""What the plan says once – skills, channels, times – and what each person can: one form each."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.doors.web.desk.plan.parts import Fields, mark_of
from doorward.doors.web.desk.plan.routes import HERE, MOST_FIELDS, keep_plan, sentence_of
from doorward.doors.web.desk.plan.sheets import (
    SHEETS,
    Sheet,
    profile_fields,
    read_profile,
    read_sheet,
    sheet_fields,
)
from doorward.doors.web.desk.plan.view import around, shown
from doorward.doors.web.desk.plan.words import PlanWords
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.flow.staffing import RoutedAgent
from doorward.routing import RoutingPlan
from doorward.vocabulary.errors import Malformed, NotFound, Outdated
from doorward.vocabulary.ids import StaffId


@get("/desk/plan/{sheet:str}", include_in_schema=False)
async def show_sheet(desk: ADeskCall, sheet: FromPath[str]) -> Response[str]:
    """Show the form of what the plan says once."""
    desk.require("settings:write")
    name = _sheet(sheet)
    plan = (await around(desk)).plan
    return await _form(desk, name, sheet_fields(name, plan) | {"mark": _mark(name, plan)})


@post("/desk/plan/{sheet:str}", status_code=200, include_in_schema=False)
async def change_sheet(desk: ADeskCall, sheet: FromPath[str]) -> Response[Any]:
    """Change what the plan says once."""
    desk.require("settings:write")
    name, fields = _sheet(sheet), dict(await desk.pairs(most=MOST_FIELDS))
    found = await around(desk)
    plan, wrong = read_sheet(name, fields, found.plan)
    if plan is None:
        return await _form(desk, name, fields, wrong={wrong: desk.say(sentence_of(wrong))}, status=400)
    if fields.get("mark") != _mark(name, found.plan):
        again = {**fields, "mark": _mark(name, found.plan)}
        return await _form(desk, name, again, trouble=desk.say("office.outdated"), status=412)
    trouble = await keep_plan(desk, found, plan)
    if trouble:
        return await _form(desk, name, fields, trouble=trouble, status=400)
    return Redirect("/desk/plan?done=saved", status_code=303)


@get("/desk/plan/people/{staff_id:str}", include_in_schema=False)
async def show_person(desk: ADeskCall, staff_id: FromPath[str]) -> Response[str]:
    """Show the form of what somebody can."""
    desk.require("staff:write")
    person = await _person(desk, staff_id)
    return await _person_form(desk, person, profile_fields(person.profile) | {"mark": mark_of(person.profile)})


@post("/desk/plan/people/{staff_id:str}", status_code=200, include_in_schema=False)
async def change_person(desk: ADeskCall, staff_id: FromPath[str]) -> Response[Any]:
    """Say which languages and skills somebody has, and the most of a channel at once."""
    scope = desk.require("staff:write")
    fields, person = dict(await desk.pairs(most=MOST_FIELDS)), await _person(desk, staff_id)
    profile, wrong = read_profile(fields)
    if profile is None:
        return await _person_form(desk, person, fields, wrong={wrong: desk.say(sentence_of(wrong))}, status=400)
    again = {**fields, "mark": mark_of(person.profile)}
    if fields.get("mark") != again["mark"]:
        return await _person_form(desk, person, again, trouble=desk.say("office.outdated"), status=412)
    try:
        await desk.house.staffing.save_profile(scope, person.staff_id, profile, expected=person.profile)
    except Outdated as error:
        return await _person_form(desk, person, fields, trouble=desk.say("office.outdated"), status=error.status)
    except Malformed as error:
        trouble = desk.say(f"plan.wrong.{error.facts.get('what', 'value')}")
        return await _person_form(desk, person, fields, trouble=trouble, status=error.status)
    return Redirect("/desk/plan?done=saved", status_code=303)


ONCE_HANDLERS: Final = [show_sheet, change_sheet, show_person, change_person]


def _sheet(name: str) -> Sheet:
    if name not in SHEETS:
        raise NotFound("no such page")
    return name


def _mark(sheet: Sheet, plan: RoutingPlan) -> str:
    """Return a mark of what a form was read with: another one as soon as somebody changes that."""
    return mark_of(sheet_fields(sheet, plan))


async def _person(desk: DeskCall, staff_id: str) -> RoutedAgent:
    found = next((one for one in (await around(desk)).people if one.staff_id == StaffId(staff_id)), None)
    if found is None:
        raise NotFound("this member of staff has no conversations")
    return found


async def _form(desk: DeskCall, sheet: Sheet, fields: Fields, *, status: int = 200, **more: Any) -> Response[str]:
    found = await around(desk)
    return await desk.page(
        "desk/plan/sheet.html",
        status=status,
        here=HERE,
        sheet=sheet,
        fields=fields,
        wrong=more.get("wrong", {}),
        trouble=more.get("trouble", ""),
        unsaved=status != 200,
        words=PlanWords(desk, found),
        **shown(found),
    )


async def _person_form(
    desk: DeskCall, person: RoutedAgent, fields: Fields, *, status: int = 200, **more: Any
) -> Response[str]:
    found = await around(desk)
    skills = dict.fromkeys((*found.plan.skills, *person.profile.skills))
    return await desk.page(
        "desk/plan/person.html",
        status=status,
        here=HERE,
        person=person,
        codes=tuple(dict.fromkeys((*found.languages, *person.profile.languages))),
        skills=tuple(skills),
        fields=fields,
        wrong=more.get("wrong", {}),
        trouble=more.get("trouble", ""),
        unsaved=status != 200,
        words=PlanWords(desk, found),
        **shown(found),
    )
