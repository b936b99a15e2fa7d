"""The one spelling of a JSON value that signatures are made over (RFC 8785), for values without fractions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

_LARGEST = 2**53 - 1


def canonical_json(value: Any) -> bytes:
    """Return a JSON value in its one spelling: no blanks, names in the order of their UTF-16, letters as they are.

    Raises `ValueError` for what has none here: fractions, numbers that not every reader holds, names that are no text,
    lone surrogates.
    """
    return _written(value).encode("utf-8")


def _written(value: Any) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() if abs(value) <= _LARGEST:
            return str(value)
        case Mapping():
            if not all(isinstance(name, str) for name in value):
                raise ValueError("a name that is no text")
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            return "{" + ",".join(f"{_written(name)}:{_written(value[name])}" for name in names) + "}"
        case Sequence() if not isinstance(value, bytes | bytearray):
            return "[" + ",".join(map(_written, value)) + "]"
        case _:
            raise ValueError("a value without one spelling")
