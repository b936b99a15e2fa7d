"""Preparedness at the desk: what there is, how each scenario would go, what to change, and playing it anew."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from babel import Locale
from babel.numbers import format_currency, format_decimal
from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from doorward.admission.drill import Readiness
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.pages import lasting
from doorward.flow.views.preparedness import Prepared, PreparednessState, preparedness

_HERE: Final = "preparedness"
_PAGE: Final = "desk/preparedness/page.html"
Done = Annotated[str, QueryParameter(max_length=20)]


@get("/desk/preparedness", include_in_schema=False)
async def show_preparedness(desk: ADeskCall, done: Done = "") -> Response[str]:
    """Show what the company has, how scenarios would go, and what to change."""
    desk.require("measure:read")
    state = await _state(desk)
    return await desk.page(_PAGE, here=_HERE, done=done == "asked", **_places(desk, state))


@post("/desk/preparedness", status_code=200, include_in_schema=False)
async def play_scenarios(desk: ADeskCall) -> Response[Any]:
    """Have all scenarios played with what the company has now; pressed twice it is asked once."""
    scope = desk.require("flood:write")
    await desk.form()
    await asyncio.to_thread(desk.house.preparing.work.ask, scope)
    return Redirect("/desk/preparedness?done=asked", status_code=303)


PREPAREDNESS_HANDLERS: Final = [show_preparedness, play_scenarios]


async def _state(desk: DeskCall) -> PreparednessState:
    scope, gathering = desk.scope, desk.house.preparing.gathering
    return await desk.house.transactions.read_async(lambda tx: preparedness(tx, scope, gathering=gathering))


def _places(desk: DeskCall, state: PreparednessState) -> dict[str, Any]:
    prepared = state.prepared
    currency = state.now.prices.currency if prepared is None else prepared.ours.prices.currency
    return {
        "state": state,
        "prepared": prepared,
        "standings": {} if prepared is None else _standings(prepared.scenarios),
        "title_of": lambda name: desk.say(f"drill.scenario.{name.replace('-', '_')}"),
        "money": lambda amount: _money(amount, currency, language=desk.language),
        "decimal": lambda number: format_decimal(round(number, 1), locale=desk.language),
        "borne": lambda one: _borne(desk, one),
        "more_people": 1 if prepared is None else max(1, round(prepared.ours.people / 5)),
        "charts": () if prepared is None else _charts(desk, prepared),
    }


def _standings(scenarios: Sequence[Readiness]) -> Mapping[str, int]:
    return {name: sum(one.standing == name for one in scenarios) for name in ("holds", "strained", "fails")}


def _money(amount: float, currency: str, *, language: str) -> str:
    """Return an amount in whole units: what is reckoned from drills is no more exact."""
    pattern = str(Locale.parse(language).currency_formats["standard"].pattern).replace(".00", "")
    return str(format_currency(round(amount), currency, pattern, locale=language, currency_digits=False))


def _borne(desk: DeskCall, one: Readiness) -> str:
    """Return how long nine in ten customers are served, in words."""
    if one.survived is None:
        return desk.say("prepared.to_the_end")
    return lasting(one.survived * 60, language=desk.language) if one.survived else desk.say("prepared.not_at_all")


def _charts(desk: DeskCall, prepared: Prepared) -> tuple[dict[str, Any], ...]:
    names = [(desk.say(f"drill.scenario.{one.scenario.replace('-', '_')}"), one) for one in prepared.scenarios]
    helped = [
        {"name": desk.say("prepared.with_control"), "points": [(name, _percent(_helped(one))) for name, one in names]},
        {"name": desk.say("prepared.without"), "points": [(name, _percent(one.uncontrolled)) for name, one in names]},
    ]
    cost = [
        {
            "name": desk.say("prepared.extra_cost"),
            "points": [(name, round(one.cost - one.calm_cost)) for name, one in names],
        }
    ]
    return (
        {"id": "helped", "title": desk.say("prepared.chart.helped"), "unit": "%", "series": helped},
        {
            "id": "cost",
            "title": desk.say("prepared.chart.cost"),
            "unit": prepared.ours.prices.currency,
            "series": cost,
        },
    )


def _helped(one: Readiness) -> float:
    return one.at_once + one.called_back


def _percent(share: float) -> float:
    return round(share * 100, 1)
