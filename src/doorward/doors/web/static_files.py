"""The addresses of the built front end."""

from litestar import Response, get
from litestar.params import FromPath

from doorward.doors.web.assets import FOREVER, SHORTLY, serve_asset
from doorward.doors.web.door import AnyRequest, AtDoor

_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
"""A worker is held to the policy that its own script came with: this one opens the desk's stream, and that is all."""


@get("/static/{name:str}", include_in_schema=False)
async def static_file(request: AnyRequest, name: FromPath[str], door: AtDoor) -> Response[bytes]:
    """Serve a built file; for good when it was asked for by its hash."""
    asset = door.assets.find(name)
    by_hash = request.query_params.get("v") == asset.digest
    headers = {"content-security-policy": _WORKER_POLICY} if asset.name == "desk-stream.js" else None
    return serve_asset(request, asset, cache=FOREVER if by_hash else SHORTLY, headers=headers)


@get("/widget.js", include_in_schema=False)
async def widget_script(request: AnyRequest, door: AtDoor) -> Response[bytes]:
    """Serve the widget to any site: a module script from another origin must be allowed to be read (CORS, CORP)."""
    anywhere = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
    return serve_asset(request, door.assets.find("widget.js"), cache=SHORTLY, headers=anywhere)
