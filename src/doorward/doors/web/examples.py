"""Examples for the description of the interface: where nobody wrote one, it is made from the shape itself.

What is made fits the shape (JSON Schema 2020-12); a test validates every example of the whole description.
"""

from collections.abc import Mapping
from typing import Any, Final

ID: Final = "01j9z3k5q7v8w9x0y1z2a3b4c5"
_MOMENT: Final = "2026-11-29T08:00:00Z"
_DEEP: Final = 6
_BY_NAME: Final[Mapping[str, Any]] = {
    "If-Match": '"3"',
    "after": 0,
    "channel": "webchat",
    "code": "not_found",
    "event": "message.customer",
    "heading": "When does my card arrive?",
    "kind": "message.customer",
    "language": "en",
    "media_type": "image/png",
    "name": "Ada",
    "reason": "asked_for_person",
    "role": "agent",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "slug": "card-delivery",
    "state": "human",
    "text": "My card is [CARD·4242]",
    "title": "When does my card arrive?",
    "type": "message.customer",
    "url": "https://hooks.example/doorward",
    "when": "A customer or visitor wrote.",
}
_STREAM: Final = 'id: 5\nevent: entry\ndata: {"seq": 5}\n\n'
_BY_MEDIA_TYPE: Final[Mapping[str, str]] = {"text/event-stream": _STREAM, "application/octet-stream": "(the file)"}


def add_examples(document: dict[str, Any]) -> None:
    """Give every body, answer and required parameter of an OpenAPI document an example where it has none."""
    schemas = document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if parameter.get("required") and "example" not in parameter:
                    parameter["example"] = example_of(parameter["schema"], schemas, name=parameter["name"])
            told = [operation.get("requestBody", {}), *_good(operation["responses"])]
            for one in told:
                for media_type, content in one.get("content", {}).items():
                    _add(content, media_type, schemas)


def _good(responses: Mapping[str, Any]) -> list[Any]:
    return [answer for status, answer in responses.items() if status.startswith("2")]


def _add(content: dict[str, Any], media_type: str, schemas: Mapping[str, Any]) -> None:
    if content.get("example") is not None or "examples" in content or "schema" not in content:
        return
    written = _BY_MEDIA_TYPE.get(media_type)
    content["example"] = example_of(content["schema"], schemas) if written is None else written


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], *, name: str = "", depth: int = 0) -> Any:
    """Return a value that fits a schema, the one that somebody wrote for it if there is one; `name` is its field's."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name=name, depth=depth + 1)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices:
        wanted = [one for one in choices if one.get("type") != "null"] if depth < _DEEP else choices[::-1]
        return example_of(wanted[0], schemas, name=name, depth=depth + 1)
    return _plain(schema, schemas, name, depth)


def _plain(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> Any:
    kinds = schema.get("type", "object" if "properties" in schema else "null")
    kind = kinds if isinstance(kinds, str) else next(one for one in (*kinds, "null") if one != "null" or not kinds)
    match kind:
        case "object":
            return _object(schema, schemas, depth)
        case "array":
            return _array(schema, schemas, name, depth)
        case "string":
            return _string(schema, name)
        case "integer":
            return max(int(_BY_NAME.get(name, 3)) if name == "after" else 3, schema.get("minimum", 0))
        case "number":
            return max(0.5, schema.get("minimum", 0))
        case "boolean":
            return True
    return None


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    fields = schema.get("properties", {})
    return {
        name: example_of(field, schemas, name=name, depth=depth + 1)
        for name, field in fields.items()
        if depth < _DEEP or name in required
    }


def _array(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> list[Any]:
    if "prefixItems" in schema:
        return [example_of(one, schemas, name=name, depth=depth + 1) for one in schema["prefixItems"]]
    if "items" not in schema or schema.get("maxItems") == 0 or (depth >= _DEEP and not schema.get("minItems")):
        return []
    return [example_of(schema["items"], schemas, name=name.removesuffix("s"), depth=depth + 1)]


def _string(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") == "date-time" or name.endswith("_at"):
        return _MOMENT
    if name == "id" or name.endswith(("_id", "_cursor")) or name in {"party", "assignee"}:
        return ID
    return str(_BY_NAME.get(name, name.replace("_", " ") or "words"))[: schema.get("maxLength", 200)]
