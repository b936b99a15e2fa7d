"""What members of staff choose about the desk: language, colours, density, keys and sounds."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from doorward.doors.web.desk.choices import COOKIE, changed
from doorward.doors.web.desk.shared import ADeskCall
from doorward.doors.web.door import AtDoor
from doorward.doors.web.forms import local_path
from doorward.doors.web.pages import THEME_COOKIE, THEMES
from doorward.doors.web.speech import LANGUAGE_COOKIE

_PAGE = "/desk/preferences"
_A_YEAR = 365 * 24 * 3600


@get(_PAGE, include_in_schema=False)
async def show_preferences(desk: ADeskCall) -> Response[str]:
    """Show the form."""
    saved = "saved" in desk.request.query_params
    return await desk.page("desk/preferences/page.html", here="preferences", saved=saved)


@post(_PAGE, status_code=200, include_in_schema=False)
async def keep_desk_preferences(desk: ADeskCall, door: AtDoor) -> Response[Any]:
    """Keep what was chosen in cookies of this browser, and go back to where the form stood."""
    fields = await desk.form()
    onward = Redirect(local_path(fields.get("back", ""), otherwise=f"{_PAGE}?saved"), status_code=303)
    kept = {COOKIE: changed(desk.choices, fields).cookie}
    if fields.get("language", "") in desk.house.packs:
        kept[LANGUAGE_COOKIE] = fields["language"]
    if fields.get("theme", "") in THEMES:
        kept[THEME_COOKIE] = fields["theme"]
    for name, value in kept.items():
        onward.set_cookie(_cookie(name, value, secure=door.guard.encrypted))
    return onward


def _cookie(name: str, value: str, *, secure: bool) -> Cookie:
    return Cookie(key=name, value=value, path="/", max_age=_A_YEAR, httponly=True, secure=secure, samesite="lax")
