"""The portal's addresses, and how it tells what went wrong."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Response, Router
from litestar.di import Provide
from litestar.response import Redirect

from doorward.doors.web.customer.portal import actions, export, mandates, pages, sign_in
from doorward.doors.web.customer.portal.shared import FOLDER, make_portal_call
from doorward.doors.web.door import AnyRequest, Door
from doorward.doors.web.forms import local_path
from doorward.doors.web.problems import problem_of, retry_after
from doorward.vocabulary.errors import DoorwardError, NotSignedIn, StepUpRequired


def portal_router(door: Door) -> Router:
    """Return the portal below `/my`."""
    refusals = _Refusals(door)
    return Router(
        "/my",
        route_handlers=[
            *sign_in.HANDLERS,
            *pages.HANDLERS,
            *mandates.HANDLERS,
            *actions.HANDLERS,
            *export.HANDLERS,
        ],
        dependencies={"portal": Provide(make_portal_call)},
        exception_handlers={
            NotSignedIn: refusals.to_sign_in,
            StepUpRequired: refusals.to_proof,
            DoorwardError: refusals.tell,
        },
        include_in_schema=False,
    )


class _Refusals:
    """Tells customers what was refused, and leads them to where they can go on."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def __deepcopy__(self, _memo: object) -> "_Refusals":
        return self  # Litestar copies routes with all that hangs on them, and the house is not to be copied

    def to_sign_in(self, request: AnyRequest, error: NotSignedIn) -> Response[Any]:
        """Lead to the sign-in, and from there back."""
        self._door.house.meters.refused(error)
        path = f"/my/{request.path_params.get('slug', '')}/sign-in"
        return Redirect(path, status_code=303, query_params={"next": _page_of(request)})

    def to_proof(self, request: AnyRequest, error: StepUpRequired) -> Response[Any]:
        """Lead to proving oneself anew, and from there back to the page of the form."""
        self._door.house.meters.refused(error)
        base = f"/my/{request.path_params.get('slug', '')}"
        # A session that may not even look is at its end; another may look, and needs a fresher proof for this.
        if error.facts.get("action") == "portal.read":
            return Redirect(f"{base}/sign-in", status_code=303)
        return Redirect(f"{base}/again", status_code=303, query_params={"next": _page_of(request)})

    def tell(self, request: AnyRequest, error: DoorwardError) -> Response[Any]:
        """Show a page with the sentence for people."""
        door = self._door
        door.house.meters.refused(error)
        language = door.language_of(request)
        problem = problem_of(error, language=language, translator=door.house.translator, incident=None)
        response = door.pages.page(
            request,
            f"{FOLDER}/error.html",
            language=language,
            problem=problem,
            base=f"/my/{request.path_params.get('slug', '')}",
        )
        response.status_code = problem.status
        wait = retry_after(error)
        if wait is not None:
            response.headers["retry-after"] = str(wait)
        return response


def _page_of(request: AnyRequest) -> str:
    """Return the page to come back to: the one that was asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.url.path
    return local_path(urlsplit(request.headers.get("referer", "")).path, otherwise="/my/")
