"""The versioned floors and aims of what is measured."""

import tomllib
from pathlib import Path
from typing import Final

import msgspec

FILE: Final = Path(__file__).with_name("thresholds.toml")


class ThresholdsInvalid(Exception):
    """The file of thresholds cannot be used; the sentence says why."""


class Bound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a measure must reach and wants to reach; where the aim is the smaller of both, less is better."""

    floor: float
    aim: float

    def keeps(self, value: float) -> bool:
        """Return whether a value reaches the floor."""
        return _reaches(value, self.floor, less=self.aim < self.floor)

    def reaches(self, value: float) -> bool:
        """Return whether a value reaches the aim."""
        return _reaches(value, self.aim, less=self.aim < self.floor)


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All bounds by the name of what is measured. `version` rises with every change."""

    version: int
    measures: dict[str, Bound]


def _reaches(value: float, bound: float, *, less: bool) -> bool:
    return value <= bound if less else value >= bound


def read_thresholds(file: Path = FILE) -> Thresholds:
    """Return the thresholds of a file. Raises `ThresholdsInvalid`, and `OSError` where it cannot be read."""
    try:
        found = msgspec.convert(tomllib.loads(file.read_text("utf-8")), Thresholds)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ThresholdsInvalid(f"{file.name}: {error}") from error
    equal = [name for name, bound in found.measures.items() if bound.floor == bound.aim]
    if equal:
        raise ThresholdsInvalid(f"{file.name}: '{equal[0]}' has one number for floor and aim, so no direction")
    return found
