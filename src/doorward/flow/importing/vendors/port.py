"""What a vendor's format must tell: how its export is put together, and what its records say."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from doorward.flow.importing.reading.export import Shape
from doorward.flow.importing.terms import Past, Person, Target

FindPerson = Callable[[str], Person | None]
"""Finds somebody of the export by their id there."""


class Vendor(Protocol):
    """One format. Its methods are pure, and raise `Refused` only."""

    shape: Shape
    statuses: Mapping[str, Target]
    """What becomes of conversations of each status, by its name in lower case, unless the mapping says otherwise."""

    def person(self, record: Mapping[str, Any], *, listed: str) -> Person:
        """Return who a record of the people is; `listed` names the list that it stood in, else what its file is."""

    def id_of(self, record: Mapping[str, Any], *, listed: str) -> str:
        """Return the id of a conversation, or of somebody as `FindPerson` takes it."""

    def parent_of(self, record: Mapping[str, Any]) -> str:
        """Return of which conversation a message is that stands apart."""

    def past(self, record: Mapping[str, Any], *, apart: Sequence[Mapping[str, Any]], find_person: FindPerson) -> Past:
        """Return the conversation that a record tells of, with its messages that stand `apart`.

        Raises `Refused` for a record that is none.
        """
