"""The same value again in the same text: whoever says 'my PIN is 4711, I typed 4711 twice' has said it twice."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.ports import Certainty, Claim
from doorward.protection.view import View

_SHORTEST: Final = 4
_MOST: Final = 50
"""Different values of a text that are looked for again; more of them are a list, not a message."""

_CODE: Final = re.compile(r"[\d\s.\-,_]+")
_RUN: Final = re.compile(r"\d(?:[\s.\-]?\d)*")
_BREAK: Final = re.compile(r"[\s.\-]")
_TOLD: Final = (Certainty.LEARNED, Certainty.CONTEXT)
_LOOSE: Final = re.compile(r"[,_]|[\s.\-]{2}")


def repeated(claims: Sequence[Claim], view: View) -> list[Claim]:
    """Return further places of the values that only their surroundings gave away, four characters or longer.

    Codes are recognised however they are grouped. The rule of such a claim is `<detector>.again`.
    """
    again: list[Claim] = []
    known: dict[str, Claim] = {}
    for claim in claims:
        value = view.text[claim.start : claim.end]
        if claim.certainty in _TOLD and len(value) >= _SHORTEST:
            known.setdefault(value, claim)
    taken = {claim.start for claim in claims if claim.certainty in _TOLD}
    for value, claim in list(known.items())[:_MOST]:
        if _is_alone(value, view):
            continue
        for match in re.finditer(WORD_BEFORE + _written(value) + WORD_AFTER, view.text):
            if match.start() not in taken:
                rule = f"{claim.rule.partition('.')[0]}.again"
                again.append(msgspec.structs.replace(claim, start=match.start(), end=match.end(), rule=rule))
    return again


def _is_alone(value: str, view: View) -> bool:
    """Return whether a value stands in a text just once: as most do, without an expression of its own compiled."""
    if not _CODE.fullmatch(value):
        return _is_once(value, view.text)
    if _LOOSE.search(value) or not value[0].isdecimal():
        return False
    digits = _BREAK.sub("", value)
    runs = [run for run in _runs_of(view) if digits in run]
    return len(runs) == 1 and _is_once(digits, runs[0])


def _runs_of(view: View) -> Sequence[str]:
    """Return the digits of a text that stand together, without the breaks between them; looked for once."""
    found: Sequence[str] | None = view.noted.get(_runs_of)
    if found is None:
        found = view.noted[_runs_of] = [_BREAK.sub("", run) for run in _RUN.findall(view.text)]
    return found


def _is_once(value: str, text: str) -> bool:
    return text.find(value, text.find(value) + 1) < 0


def _written(value: str) -> str:
    if not _CODE.fullmatch(value):
        return re.escape(value)
    return r"[\s.\-]?".join(character for character in value if character.isdecimal())
