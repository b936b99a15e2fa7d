"""A request as a signature covers it: line by line, still escaped, before any framework has tidied it up."""

from doorward.doors.web.door import AnyRequest
from doorward.flow.machine_contact import Came
from doorward.kit.signatures import HttpMessage


async def came(request: AnyRequest) -> Came:
    """Return a request with all that its signature may cover."""
    scope = request.scope
    fields: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        fields.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    query = scope["query_string"].decode("latin-1")
    # The path as it was sent; what has no such thing has nothing to unescape.
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    message = HttpMessage(
        method=str(request.method),
        scheme=str(scope["scheme"]),
        authority=fields.get("host", [""])[-1],
        target=f"{path}?{query}" if query else path,
        fields={name: tuple(lines) for name, lines in fields.items()},
    )
    return Came(message=message, body=await request.body())
