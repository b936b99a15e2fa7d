"""What is wrong with a procedure, and where: collected, so that whoever writes one sees everything at once."""

from typing import NamedTuple

from doorward.vocabulary.errors import ProcedureInvalid

MOST = 50
"""Problems that are told of one procedure."""


class Problem(NamedTuple):
    """One thing that is wrong: the file, the step or slot, the field, and a sentence."""

    file: str
    place: str
    field: str
    sentence: str

    def __str__(self) -> str:
        """Say it with its place."""
        return ": ".join(part for part in (self.file, self.place, self.field, self.sentence) if part)


class Problems:
    """The problems of one procedure as they are found."""

    def __init__(self, procedure: str) -> None:
        """Begin with none."""
        self.procedure = procedure
        self.found: list[Problem] = []

    def add(self, sentence: str, *, file: str = "procedure.yaml", place: str = "", field: str = "") -> None:
        """Add one."""
        if len(self.found) < MOST:
            self.found.append(Problem(file, place, field, sentence))

    def raise_if_any(self) -> None:
        """Raise `ProcedureInvalid` with all that was found, one a line; do nothing if there is nothing."""
        if self.found:
            told = "\n".join(f"{self.procedure}/{problem}" for problem in self.found)
            raise ProcedureInvalid(told, procedure=self.procedure)
