"""The forms of the workspace: what is written in them, as the piece that it makes, or what is wrong with it."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, Literal, get_args

import msgspec

from doorward.kit.ids import new_id
from doorward.vocabulary.presence import GONE, PRESET_REASONS
from doorward.workspace import Attribute, AttributeKind, Colour, Label, Piece, PieceKind, PresenceReason, Status

Shelf = Literal["labels", "fields", "statuses", "reasons"]
SHELVES: Final[Mapping[Shelf, PieceKind]] = {
    "labels": "label",
    "fields": "attribute",
    "statuses": "status",
    "reasons": "reason",
}
"""The pages by name, in order, and the kind of pieces that each shows."""

COLOURS: Final = get_args(Colour)
HOLDS: Final = get_args(AttributeKind)
LONGEST_NAME: Final = 80
LONGEST_WORDS: Final = 500
MOST_CHOICES: Final = 200

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_FOLDED: Final = str.maketrans({"ß": "ss", "ı": "i", "æ": "ae", "ø": "o", "ł": "l"})


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was read: the piece under its key, or the fields that are wrong, each with its sentence's key."""

    key: str = ""
    piece: Piece | None = None
    wrong: tuple[tuple[str, str], ...] = ()


def read_piece(shelf: Shelf, fields: Mapping[str, str], *, key: str = "") -> Reading:
    """Return what a form makes; a new piece has no `key` yet, and gets one from its name unless it was given one."""
    wrong: list[tuple[str, str]] = []
    name = " ".join(fields.get("name", "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        wrong.append(("name", "office.wrong.name"))
    given = key or fields.get("key", "").strip() or key_from(name)
    if _KEY.fullmatch(given) is None:
        wrong.append(("key", "office.wrong.key"))
    if shelf == "reasons" and given in {GONE, *PRESET_REASONS}:
        wrong.append(("key", "office.wrong.taken"))
    description = fields.get("description", "").replace("\r\n", "\n").strip()
    if len(description) > LONGEST_WORDS:
        wrong.append(("description", "office.wrong.description"))
    choices = _choices(fields.get("choices", ""))
    if shelf == "fields" and fields.get("holds") == "choice" and not _possible(choices):
        wrong.append(("choices", "office.wrong.choices"))
    if wrong:
        return Reading(key=given, wrong=tuple(wrong))
    if shelf == "labels":
        colour: Colour = next((one for one in COLOURS if one == fields.get("colour")), "grey")
        return Reading(key=given, piece=Label(name=name, colour=colour, description=description))
    if shelf == "reasons":
        return Reading(key=given, piece=PresenceReason(name=name, description=description))
    if shelf == "statuses":
        pauses = fields.get("pauses") == "yes"
        return Reading(key=given, piece=Status(name=name, pauses=pauses, description=description))
    holds: AttributeKind = next((one for one in HOLDS if one == fields.get("holds")), "text")
    kept = choices if holds == "choice" else ()
    return Reading(key=given, piece=Attribute(name=name, holds=holds, choices=kept, description=description))


def fields_of(piece: Piece) -> dict[str, str]:
    """Return a piece as its form shows it."""
    fields = {"name": piece.name, "description": getattr(piece, "description", "")}
    if isinstance(piece, Label):
        fields["colour"] = piece.colour
    elif isinstance(piece, Status):
        fields["pauses"] = "yes" if piece.pauses else ""
    elif isinstance(piece, Attribute):
        fields |= {"holds": piece.holds, "choices": "\n".join(piece.choices)}
    return fields


def key_from(name: str) -> str:
    """Return a key that reads like a name: its letters and digits, small and without marks; a new id where none are, or
    where it would be `new`, under which pages have the empty form.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_FOLDED))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    key = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].rstrip("-")
    return new_id() if key in {"", "new"} else key


def _choices(given: str) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in given.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def _possible(choices: tuple[str, ...]) -> bool:
    return 0 < len(choices) <= MOST_CHOICES and all(len(one) <= LONGEST_NAME for one in choices)
