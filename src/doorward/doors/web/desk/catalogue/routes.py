"""The catalogue of components, in the demonstration: every part of every page with all that it can be."""

from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from doorward.doors.web.desk.catalogue.view import catalogue_places
from doorward.doors.web.desk.shared import ADeskCall
from doorward.doors.web.door import AtDoor
from doorward.vocabulary.errors import NotFound

Sort = Annotated[str, QueryParameter(max_length=20)]


@get("/desk/catalogue", include_in_schema=False)
async def show_catalogue(desk: ADeskCall, door: AtDoor, sort: Sort = "queue") -> Response[str]:
    """Show the components, in the demonstration alone."""
    desk.require("conversations:read")
    if not desk.house.settings.demo:
        raise NotFound("there is no catalogue")
    places = catalogue_places(desk, drawings=door.assets.find("icons.svg").content, sort=sort)
    return await desk.page("desk/catalogue/page.html", here="catalogue", **places)
