"""Shapes as JSON Schema (2020-12), for all who describe to programs what is taken and answered."""

from typing import Any

import msgspec

from doorward.vocabulary.text import WildText


def schemas_of(shape: type[msgspec.Struct], *, ref_template: str) -> tuple[str, dict[str, Any]]:
    """Return a shape's name, and it with all that it is made of, by name; they refer to one another by the template."""
    (top,), parts = msgspec.json.schema_components((shape,), schema_hook=_plain, ref_template=ref_template)
    return top["$ref"].removeprefix(ref_template.partition("{name}")[0]), portable(parts)


def portable(value: Any) -> Any:
    """Write Python's anchors as the ones of ECMA 262, which JSON Schema's patterns are in.

    Of "any number of these", which Litestar writes as "one of these or of anything", the first alone is meant.
    """
    if isinstance(value, dict):
        if len(value.get("oneOf", ())) == 2 and value["oneOf"][1] == {}:
            return portable(value["oneOf"][0])
        return {
            key: item.replace("\\A", "^").replace("\\Z", "$")
            if key == "pattern" and isinstance(item, str)
            else portable(item)
            for key, item in value.items()
        }
    return [portable(item) for item in value] if isinstance(value, list) else value


def _plain(kind: type) -> dict[str, Any]:
    if kind is WildText:
        return {"type": "string", "minLength": 1}
    raise NotImplementedError  # msgspec asks for this of a hook that does not know a type, and tells which it was
