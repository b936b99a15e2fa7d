"""The front page: the demonstration's welcome, else the way to the desk; and what readers choose about every page."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from doorward.doors.web.customer.demo.routes import demo_companies
from doorward.doors.web.door import AnyRequest, AtDoor
from doorward.doors.web.forms import local_path, read_form
from doorward.doors.web.pages import THEME_COOKIE, THEMES
from doorward.doors.web.speech import LANGUAGE_COOKIE

_A_YEAR = 365 * 24 * 3600


@get("/", include_in_schema=False)
async def welcome(request: AnyRequest, door: AtDoor) -> Response[Any]:
    """Show the demonstration, or go to the desk."""
    if not door.house.settings.demo:
        return Redirect("/desk/", status_code=303)
    return door.pages.page(
        request,
        "customer/welcome/page.html",
        language=door.language_of(request),
        companies=await demo_companies(door.house),
        hints=door.hints,
    )


@post("/preferences", status_code=200, include_in_schema=False)
async def keep_preferences(request: AnyRequest, door: AtDoor) -> Response[Any]:
    """Keep language and colours in cookies, and go back to the page."""
    fields = await read_form(request)
    onward = Redirect(local_path(fields.get("back", ""), otherwise="/desk/"), status_code=303)
    language, theme = fields.get("language", ""), fields.get("theme", "")
    if language in door.house.packs:
        onward.set_cookie(_cookie(LANGUAGE_COOKIE, language, secure=door.guard.encrypted))
    if theme in THEMES:
        onward.set_cookie(_cookie(THEME_COOKIE, theme, secure=door.guard.encrypted))
    return onward


def _cookie(name: str, value: str, *, secure: bool) -> Cookie:
    return Cookie(key=name, value=value, path="/", max_age=_A_YEAR, httponly=True, secure=secure, samesite="lax")
