"""Campaigns and crowds: what a person says that they are, and one answer to all of a crowd."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from doorward.doors.web.desk.flood.view import HERE, campaigns_now
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.crowds import LONGEST_ANSWER, CrowdAnswer, CrowdAnswered
from doorward.flow.views.campaigns import shown_campaigns
from doorward.kit.ids import new_id
from doorward.vocabulary.errors import Malformed, NotFound, SecretRefused
from doorward.vocabulary.text import WildText

_LONGEST_ID: Final = 40


@post("/desk/flood/campaigns/{campaign_id:str}", status_code=200, include_in_schema=False)
async def say_what_many_are(desk: ADeskCall, campaign_id: FromPath[str]) -> Response[Any]:
    """Say that many messages are a campaign, or a crowd with one problem."""
    scope = desk.require("flood:write")
    fields = await desk.form()
    await desk.house.crowds.say(scope, campaign_id[:_LONGEST_ID], fields.get("kind", ""))
    return Redirect("/desk/flood?done=said", status_code=303)


@get("/desk/flood/crowds/{campaign_id:str}", include_in_schema=False)
async def show_crowd(desk: ADeskCall, campaign_id: FromPath[str]) -> Response[str]:
    """Show a crowd, and ask what all of it are told."""
    _require(desk)
    return await _page(desk, campaign_id[:_LONGEST_ID], key=new_id())


@post("/desk/flood/crowds/{campaign_id:str}", status_code=200, include_in_schema=False)
async def answer_crowd(desk: ADeskCall, campaign_id: FromPath[str]) -> Response[Any]:
    """Tell all of a crowd the same."""
    _require(desk)
    fields = await desk.form()
    wanted, key = campaign_id[:_LONGEST_ID], fields.get("key", "")[:_LONGEST_ID]
    written = fields.get("text", "").replace("\r\n", "\n")
    told: dict[str, Any] = {"key": key, "written": written}
    try:
        came = await desk.house.crowds.answer(desk.scope, wanted, CrowdAnswer(key, WildText(written)))
    except Malformed as error:
        return await _page(desk, wanted, status=error.status, fault=desk.say("floods.fault.text"), **told)
    except SecretRefused as error:
        what = kinds_in_words(desk.house.translator, desk.language, str(error.facts["kinds"]).split())
        fault = desk.say("floods.crowd.secret", what=what)
        return await _page(desk, wanted, status=error.status, fault=fault, **told)
    return await _page(desk, wanted, key=key, came=came)


CROWD_HANDLERS: Final = [say_what_many_are, show_crowd, answer_crowd]


def _require(desk: DeskCall) -> None:
    desk.require("flood:write")
    desk.require("conversations:write")


async def _page(
    desk: DeskCall, campaign_id: str, *, key: str, status: int = 200, **told: str | CrowdAnswered
) -> Response[str]:
    """Show the crowd; `told`: what is wrong (`fault`), what was `written`, what `came` of it. Raises `NotFound`."""
    scope, members = desk.scope, desk.house.flooding.second_look.members
    found = [one for one in campaigns_now(desk) if one.id == campaign_id and one.kind == "crowd"]
    shown = await desk.house.transactions.read_async(lambda tx: shown_campaigns(tx, scope, found, members=members))
    if not shown:
        raise NotFound("no such crowd")
    blank: dict[str, Any] = {"fault": "", "written": "", "came": None}
    places = {"here": HERE, "campaign": shown[0], "key": key, "longest": LONGEST_ANSWER}
    return await desk.page("desk/flood/crowd.html", status=status, **(places | blank | told))
