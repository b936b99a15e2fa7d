"""What second persons are asked, each with exactly what would be done, and their yes or no."""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.agreeing import LONGEST_REASON, DecisionWish
from doorward.vocabulary.errors import Conflict, Malformed, SecretRefused, TooLarge
from doorward.vocabulary.text import WildText

Done = Annotated[str, QueryParameter(max_length=20)]

HERE: Final = "agreements"
_DONE: Final = ("agreed", "refused")


@get("/desk/agreements", include_in_schema=False)
async def show_agreements(desk: ADeskCall, done: Done = "") -> Response[str]:
    """Show what waits for a second person, the longest asked first."""
    desk.require("agreements:write")
    return await _page(desk, done=done if done in _DONE else "")


@post("/desk/agreements/{agreement_id:str}", status_code=200, include_in_schema=False)
async def decide_agreement(desk: ADeskCall, agreement_id: FromPath[str]) -> Response[Any]:
    """Agree to one, or refuse it."""
    scope = desk.require("agreements:write")
    fields = await desk.form()
    agrees = fields.get("press") == "agree"
    reason = fields.get("reason", "").replace("\r\n", "\n")
    told: dict[str, Any] = {"at": agreement_id, "written": reason}
    try:
        await desk.house.agreeing.decide(scope, agreement_id, DecisionWish(agrees=agrees, reason=WildText(reason)))
    except Conflict as error:
        why = desk.say(f"agreements.why_not.{error.facts.get('why', 'changed')}")
        return await _page(desk, status=error.status, trouble=why, **told)
    except Malformed as error:
        return await _page(desk, status=error.status, fault=desk.say("agreements.reason_missing"), **told)
    except TooLarge as error:
        fault = desk.say("agreements.reason_long", limit=LONGEST_REASON)
        return await _page(desk, status=error.status, fault=fault, **told)
    except SecretRefused as error:
        what = kinds_in_words(desk.house.translator, desk.language, str(error.facts["kinds"]).split())
        fault = desk.say("desk.conversation.reply_secret", what=what)
        return await _page(desk, status=error.status, fault=fault, **told)
    return Redirect(f"/desk/agreements?done={'agreed' if agrees else 'refused'}", status_code=303)


AGREEMENT_HANDLERS: Final = [show_agreements, decide_agreement]


async def _page(desk: DeskCall, *, status: int = 200, **told: Any) -> Response[str]:
    """Show the page; `told`: what is `done`; of the one `at`, the trouble or `fault`, and what was written."""
    asked = await desk.house.agreeing.asked(desk.scope, language=desk.language)
    blank = {"done": "", "at": "", "trouble": "", "fault": "", "written": ""}
    places = {"here": HERE, "asked": asked, "longest": LONGEST_REASON}
    return await desk.page("desk/agreements/page.html", status=status, **(places | blank | told))
