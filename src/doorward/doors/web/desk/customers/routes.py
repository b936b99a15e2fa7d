"""Finding a customer: the page, and what was found."""

from typing import Any, Final

from litestar import Response, get, post

from doorward.doors.web.desk.inbox.rows import row_places
from doorward.doors.web.desk.shared import ADeskCall
from doorward.protection import FINDABLE_KINDS
from doorward.vocabulary.errors import Malformed, RateLimited, TooLarge
from doorward.vocabulary.text import WildText

_PAGE: Final = "desk/customers/page.html"
_FOUND: Final = "desk/customers/_found.html"


@get("/desk/customers", include_in_schema=False)
async def show_customer_search(desk: ADeskCall) -> Response[str]:
    """Show the form."""
    desk.require("conversations:read")
    return await desk.page(_PAGE, here="customers", kinds=FINDABLE_KINDS, cards=None, trouble="", chosen="")


@post("/desk/customers", status_code=200, include_in_schema=False)
async def find_customer(desk: ADeskCall) -> Response[str]:
    """Show whose conversations were found; whoever may not look is shown what is shown when there are none."""
    scope = desk.require("conversations:read")
    fields = await desk.form()
    kinds = tuple(kind for kind in FINDABLE_KINDS if kind == fields.get("kind"))
    places: dict[str, Any] = {"cards": None, "trouble": "", "kinds": FINDABLE_KINDS}
    places["chosen"] = kinds[0] if kinds else ""
    status = 200
    try:
        places["cards"] = await desk.house.customer_search.find(
            scope, WildText(fields.get("value", "")), kinds=kinds, allowed=desk.may("customers:read")
        )
    except Malformed:
        places["trouble"], status = desk.say("vault.search.blank"), 400
    except (TooLarge, RateLimited) as error:
        places["trouble"], status = desk.say(error.message_key, **error.facts), error.status
    if places["cards"]:
        places |= await row_places(desk, places["cards"])
    if desk.by_script:
        return await desk.part(_FOUND, status=status, **places)
    return await desk.page(_PAGE, status=status, here="customers", **places)


HANDLERS: Final = [show_customer_search, find_customer]
