"""What flags campaigns in a drill: nothing, an operating point that is assumed, or what really reads the texts."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from doorward.vocabulary.errors import Malformed

REAL: Final = "real"
_ASSUMED: Final = re.compile(r"assumed:(0?\.\d+|0|1|1\.0+)/(0?\.\d+|0|1|1\.0+)")


_SLOT: Final = re.compile(r"\{([^{}]*)\}")
_CARRIER: Final = "{*}"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What a detector sees of a contact: when, in which language, and what it says. Nothing of who, or why."""

    at: datetime
    language: str
    text: str


class LooksAtTexts(Protocol):
    """The port of a detector that reads. It sees the messages in the order of their arrival."""

    def look(self, messages: Sequence[Message]) -> Sequence[bool]:
        """Return for each message whether it looks like one of a campaign, knowing only those before it."""


def worded(template: str, luck: int, *, usual: Sequence[str] = ()) -> str:
    """Return a template with one of the words in each `{this|that}`, and one of the `usual` messages for each `{*}`;
    `luck` is a number that says which.
    """

    def chosen(found: re.Match[str]) -> str:
        nonlocal luck
        ways = usual if usual and found[0] == _CARRIER else found[1].split("|")
        luck, way = divmod(luck, len(ways))
        return ways[way]

    return _SLOT.sub(chosen, template)


def operating_point(detector: str) -> tuple[float, float] | None:
    """Return the rates of true and of false positives that a detector is assumed to have; None where it is `real`.

    Raises `Malformed` for anything that is no detector.
    """
    if detector == "none":
        return 0.0, 0.0
    if detector == REAL:
        return None
    if found := _ASSUMED.fullmatch(detector):
        return float(found[1]), float(found[2])
    raise Malformed("detector is none, real or assumed:TPR/FPR such as assumed:0.99/0.01 - at `$.detector`")
