"""Structured fields (RFC 9651), as far as signatures need them, read strictly and written canonically.

Read are dictionaries, inner lists and items of integers, strings, tokens, byte sequences and booleans. Decimals, dates
and display strings occur in no signature and are refused, and so is a name that comes twice: the standard would let the
second one win, and whoever reads only the first would see another message.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias


class StructuredFieldError(ValueError):
    """A field is not written as it must be. The sentence says where the fault is, and nothing of the content."""


class Token(NamedTuple):
    """A word without quotes."""

    text: str


BareItem: TypeAlias = int | str | bytes | bool | Token
Parameters: TypeAlias = Mapping[str, BareItem]
_NONE: Final[Parameters] = MappingProxyType({})


class Item(NamedTuple):
    """A value with its parameters, in the order in which they came."""

    value: BareItem
    parameters: Parameters = _NONE


class InnerList(NamedTuple):
    """A list in brackets with parameters of its own."""

    items: tuple[Item, ...]
    parameters: Parameters = _NONE


Member: TypeAlias = Item | InnerList

_KEY: Final = re.compile(r"[a-z*][a-z0-9_.*-]*")
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_STRING: Final = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BYTES: Final = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_TOKEN: Final = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~:/A-Za-z0-9-]*")
_BOOLEAN: Final = re.compile(r"\?([01])")
_AROUND: Final = re.compile(r"[ \t]*")
_SPACES: Final = re.compile(r" *")


def parse_dictionary(text: str, *, most: int) -> dict[str, Member]:
    """Return the members of a dictionary, at most `most` of them. Raises `StructuredFieldError`."""
    found: dict[str, Member] = {}
    text = text.strip(" ")
    place = 0
    while place < len(text):
        key, place = _key(text, place)
        if key in found:
            raise StructuredFieldError("a name comes twice")
        if len(found) == most:
            raise StructuredFieldError(f"more than {most} members")
        found[key], place = _member(text, place)
        place = _behind(text, place)
    return found


def parse_item(text: str) -> Item:
    """Return the one item that a field is. Raises `StructuredFieldError`."""
    text = text.strip(" ")
    item, place = _item(text, 0)
    if place != len(text):
        raise StructuredFieldError("more than one value")
    return item


def serialize_item(item: Item) -> str:
    """Return an item as the standard writes it (RFC 9651, 4.1.3)."""
    return _bare(item.value) + serialize_parameters(item.parameters)


def serialize_inner_list(inner: InnerList) -> str:
    """Return an inner list as the standard writes it (RFC 9651, 4.1.1.1)."""
    return f"({' '.join(map(serialize_item, inner.items))}){serialize_parameters(inner.parameters)}"


def serialize_parameters(parameters: Parameters) -> str:
    """Return parameters as the standard writes them (RFC 9651, 4.1.1.2)."""
    return "".join(f";{name}" if value is True else f";{name}={_bare(value)}" for name, value in parameters.items())


def _bare(value: BareItem) -> str:
    match value:
        case bool():
            return "?1" if value else "?0"
        case int():
            return str(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case bytes():
            return f":{base64.b64encode(value).decode('ascii')}:"
        case Token():
            return value.text


def _behind(text: str, place: int) -> int:
    """Return where the next member begins, behind its comma."""
    place = _end(_AROUND, text, place)
    if place == len(text):
        return place
    if text[place] != ",":
        raise StructuredFieldError("no comma between two members")
    place = _end(_AROUND, text, place + 1)
    if place == len(text):
        raise StructuredFieldError("a comma at the end")
    return place


def _member(text: str, place: int) -> tuple[Member, int]:
    if text[place : place + 1] != "=":
        parameters, place = _parameters(text, place)
        return Item(True, parameters), place
    place += 1
    return _inner_list(text, place + 1) if text[place : place + 1] == "(" else _item(text, place)


def _inner_list(text: str, place: int) -> tuple[InnerList, int]:
    items: list[Item] = []
    place = _end(_SPACES, text, place)
    while text[place : place + 1] != ")":
        item, place = _item(text, place)
        items.append(item)
        begun = place
        place = _end(_SPACES, text, place)
        if place == begun and text[place : place + 1] != ")":
            raise StructuredFieldError("a list that does not end")
    parameters, place = _parameters(text, place + 1)
    return InnerList(tuple(items), parameters), place


def _item(text: str, place: int) -> tuple[Item, int]:
    value, place = _value(text, place)
    parameters, place = _parameters(text, place)
    return Item(value, parameters), place


def _parameters(text: str, place: int) -> tuple[Parameters, int]:
    found: dict[str, BareItem] = {}
    while text[place : place + 1] == ";":
        name, place = _key(text, _end(_SPACES, text, place + 1))
        if name in found:
            raise StructuredFieldError("a parameter comes twice")
        value: BareItem = True
        if text[place : place + 1] == "=":
            value, place = _value(text, place + 1)
        found[name] = value
    return found, place


def _key(text: str, place: int) -> tuple[str, int]:
    matched = _KEY.match(text, place)
    if matched is None:
        raise StructuredFieldError("a name is not one")
    return matched[0], matched.end()


def _value(text: str, place: int) -> tuple[BareItem, int]:
    if found := _STRING.match(text, place):
        plain = found[1]
        return (re.sub(r"\\(.)", r"\1", plain) if "\\" in plain else plain), found.end()
    if found := _INTEGER.match(text, place):
        return int(found[0]), found.end()
    if found := _BYTES.match(text, place):
        return _decoded(found[1]), found.end()
    if found := _TOKEN.match(text, place):
        return Token(found[0]), found.end()
    if found := _BOOLEAN.match(text, place):
        return found[1] == "1", found.end()
    raise StructuredFieldError("a value is of no known kind")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise StructuredFieldError("a byte sequence is not base 64") from None


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    matched = pattern.match(text, place)
    return place if matched is None else matched.end()
