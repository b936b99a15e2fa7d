"""JSON objects, copied: texts masked wherever they stand, names of fields and long numbers too, the rest as written."""

import json
import re
from typing import Any, Final, NamedTuple, NoReturn

from doorward.flow.archives.copying.desk import Desk
from doorward.flow.archives.terms import Refused

DEEPEST: Final = 64
"""Objects and lists inside of each other."""

LONGEST_ID: Final = 256
LONGEST_PATH: Final = 120
FEWEST_DIGITS: Final = 3
"""Signs of a number that could be somebody's; a card's security code has three."""


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Object(list[tuple[str, Any]]):
    """The fields of an object in order, those of the same name too."""

    __slots__ = ()


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("not JSON: no such number")


def copy_object(data: bytes, desk: Desk) -> bytes:
    """Return a line with a JSON object masked."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_Object,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError:
        raise Refused("wrong_encoding") from None
    except RecursionError:
        raise Refused("too_deep") from None
    except ValueError:
        raise Refused("not_json") from None
    if not isinstance(value, _Object):
        raise Refused("not_an_object")
    place = _Place("", "", 0, None if desk.order.fields else True)
    return f"{_Copy(desk).written(value, place)}\n".encode()


class _Copy:
    """Writes values, masked.

    Whether a value is screened is decided by the fields that lead to it: `True` once one of them was asked for (or none
    is asked for at all), `False` once one is to be kept, `None` as long as nothing is decided; then it is kept too.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def written(self, value: Any, place: "_Place") -> str:
        """Return a value as JSON."""
        if place.depth > DEEPEST:
            raise Refused("too_deep", field=place.path or None)
        if isinstance(value, _Object):
            return self._object(value, place)
        if isinstance(value, list):
            inner = place._replace(path=f"{place.path}[]", depth=place.depth + 1)
            return f"[{', '.join(self.written(item, inner) for item in value)}]"
        if isinstance(value, _Number):
            return self._number(value, place)
        if isinstance(value, str):
            return _quoted(self._desk.text(value, field=place.path, named=place.name) if place.screened else value)
        return {None: "null", True: "true", False: "false"}[value]

    def _object(self, fields: _Object, place: "_Place") -> str:
        pieces: dict[str, str] = {}
        for name, value in fields:
            masked = self._desk.masked_name(name)
            path = f"{place.path}.{masked[:LONGEST_PATH]}"[-LONGEST_PATH:].removeprefix(".")
            if masked in pieces:
                raise Refused("same_name_twice", field=path)
            inner = _Place(path, name, place.depth + 1, self._decide(place.screened, path, name))
            pieces[masked] = self.written(value, inner)
            if place.depth == 0 and name == "id":
                self._take_id(pieces[masked])
        return f"{{{', '.join(f'{_quoted(name)}: {value}' for name, value in pieces.items())}}}"

    def _decide(self, before: bool | None, path: str, name: str) -> bool | None:  # noqa: FBT001 - it has three values
        order = self._desk.order
        if before is False or path in order.kept or name in order.kept:
            return False
        return True if path in order.fields or name in order.fields else before

    def _number(self, number: _Number, place: "_Place") -> str:
        if len(number) < FEWEST_DIGITS or not place.screened:
            return str(number)
        masked = self._desk.text(str(number), field=place.path, named=place.name)
        return str(number) if masked == number else _quoted(masked)

    def _take_id(self, copied: str) -> None:
        if 2 < len(copied) <= LONGEST_ID and copied.startswith('"'):
            self._desk.id = str(json.loads(copied))
        elif re.fullmatch(r"-?\d{1,18}", copied):
            self._desk.id = int(copied)


class _Place(NamedTuple):
    """Where a value stands: the masked names that lead to it, its field's name as written, how deep, whether chosen."""

    path: str
    name: str
    depth: int
    screened: bool | None


def _quoted(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return json.dumps(text)  # lone surrogates, which other programs escape
    return written
