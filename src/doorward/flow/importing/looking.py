"""Looking an export through once: where its records lie, what is none, and a hash of all of it."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from doorward.flow.importing.places import Places
from doorward.flow.importing.reading import Export, Piece
from doorward.flow.importing.vendors import RowReader, Vendor

Looked = Callable[[int], None]
"""Hears how many records were met so far."""


def look_through(export: Export, vendor: Vendor, places: Places, *, tell: Looked) -> str:
    """Note every record of an export in `places`, and return the hash of everything that was read."""
    digest = hashlib.sha256()
    looking = _Looking(export, vendor, places)
    for number, (file, piece) in enumerate(export.pieces(digest)):
        if number % 1000 == 0:
            tell(number)
        looking.note(piece, file=file)
    return digest.hexdigest()


class _Looking(NamedTuple):
    """One look."""

    export: Export
    vendor: Vendor
    places: Places

    def note(self, piece: Piece, *, file: int) -> None:
        """Note a record, or that it is none."""
        if piece.refused is not None:
            self.places.refuse(piece, piece.refused, file=file)
        elif not isinstance(piece.record, Mapping):
            self.places.refuse(piece, "not_an_object", file=file)
        elif isinstance(self.vendor, RowReader):
            self._note_row(piece, self.vendor.parent_of(piece.record), file=file)
        else:
            self._note_record(piece, piece.record, file=file)

    def _note_record(self, piece: Piece, found: Mapping[str, Any], *, file: int) -> None:
        section, listed = self.export.section(file, piece.listed), self.export.listed(file, piece.listed)
        key = self.vendor.id_of(found, listed=listed)
        parent = self.vendor.parent_of(found) if section == "messages" else ""
        if section == "messages" and not parent:
            self.places.refuse(piece, "message_without_conversation", file=file)
        elif section != "messages" and not key:
            self.places.refuse(piece, "without_id", file=file)
        else:
            self.places.note(section, piece, file=file, names=(key, parent), listed=listed)

    def _note_row(self, piece: Piece, conversation: str, *, file: int) -> None:
        """Note a row as a message; the first one of a conversation stands for it."""
        if not conversation:
            self.places.refuse(piece, "without_id", file=file)
            return
        if self.places.find("conversations", conversation) is None:
            self.places.note("conversations", piece, file=file, names=(conversation, ""), listed="")
        self.places.note("messages", piece, file=file, names=("", conversation), listed="")
