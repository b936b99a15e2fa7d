"""Numbers of devices: IMEI and MAC addresses by their shape, serial numbers by the words before them."""

from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.announced import REACH_AFTER, Beside, compile_beside
from doorward.protection.dialect import WORD_BEFORE
from doorward.protection.numbers import passes_luhn
from doorward.protection.phrases import any_of, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.references import Span, listed_after, original_of, reference_at
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_WIDTH: Final = 40  # characters before a number that may say what it is
_TAIL: Final = 4
_FEWEST_DIGITS: Final = 5  # of a serial number without letters
_REPORTING_BODIES: Final = ("35", "86", "01", "99")
"""What most IMEI begin with: the bodies that give them out (GSMA TS.06)."""

_SHAPES: Final = (
    Pattern(name="mac", expression=r"\m[0-9a-f]{2}(?:[:\-][0-9a-f]{2}){5}\M", before=2, after=3),
    Pattern(name="mac", expression=r"\m[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\M", before=2, after=3),
    Pattern(
        name="imei",
        expression=r"\m\d{2}[\s\-/]?\d{4}[\s\-/]?\d{2}[\s\-/]?\d{6}[\s\-/]?\d\M",
        before=_WIDTH,
    ),
)


class DeviceIdDetector:
    """Finds the numbers by which a telephone, a terminal or a network card is known."""

    id = "device_id"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("DEVICE_ID",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at shapes, and behind the packs' `serial_number`; behind a bare `device` a number needs letters."""
        patterns = list(_SHAPES)
        for purpose in ("serial_number", "device"):
            names = words_of(packs, purpose)
            if names:
                patterns.append(
                    Pattern(name=purpose, expression=whole(any_of(names)), after=REACH_AFTER, digits=(0, REACH_AFTER))
                )
        named = words_of(packs, "serial_number", "device")
        words = _Words(
            beside=compile_beside(packs),
            before=compile_phrases(named, before=WORD_BEFORE, after=r"[^0-9.!?\n]{0,24}\Z"),
        )
        return Watch(patterns, partial(_examine, words))


class _Words(NamedTuple):
    beside: Beside
    before: Wording


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the numbers of devices at the candidate."""
    start, end = candidate.start, candidate.end
    match candidate.pattern:
        case "mac":
            return [_claim(view, (start, end), "mac", Certainty.VALIDATED)] if _is_mac(view.text[start:end]) else []
        case "imei":
            certainty = _imei(words, view, start, end)
            return [_claim(view, (start, end), "imei", certainty)] if certainty is not None else []
        case _:
            first = _serial(words.beside, candidate, view)
            found = [first, *listed_after(view, first)] if first else []
            return [_claim(view, span, "serial", Certainty.CONTEXT) for span in found]


def _is_mac(value: str) -> bool:
    """Return whether all breaks are alike, and it is no code that merely stands in pairs of digits."""
    breaks = {sign for sign in value if sign in ":-."}
    return len(breaks) == 1 and (breaks == {":"} or any(sign.isalpha() for sign in value))


def _imei(words: _Words, view: View, start: int, end: int) -> Certainty | None:
    """Return what 15 digits rest on as an IMEI: the check digit (3GPP TS 23.003, annex B), a name or the beginning."""
    digits = "".join(sign for sign in view.text[start:end] if sign.isdecimal())
    if not passes_luhn(digits):
        return None
    if words.before.is_in(view, max(start - _WIDTH, 0), start):
        return Certainty.VALIDATED
    return Certainty.CONTEXT if digits.startswith(_REPORTING_BODIES) else None


def _serial(beside: Beside, candidate: Candidate, view: View) -> Span | None:
    bare = candidate.pattern == "device"
    for place in beside.places(view, candidate.end):
        # Behind 'terminal' alone may stand any number, and a model's name; behind 'serial number' only that.
        if bare and not place.adjoining:
            return None
        found = reference_at(view, place.at, fewest=99 if bare else _FEWEST_DIGITS)
        if found and (not bare or _is_long(original_of(view, *found))):
            return found
    if bare:
        return None
    answers = (reference_at(view, at, fewest=_FEWEST_DIGITS) for at in beside.answers(view.text, candidate.end))
    return next((found for found in answers if found), None)


def _is_long(value: str) -> bool:
    return value == value.upper() and " " not in value and sum(sign.isdecimal() for sign in value) >= 6


def _claim(view: View, span: Span, rule: str, certainty: Certainty) -> Claim:
    start, end = span
    value = "".join(sign for sign in view.text[start:end] if sign.isalnum())
    return Claim(
        kind="DEVICE_ID",
        subkind=rule,
        start=start,
        end=end,
        certainty=certainty,
        score=0.97 if certainty is Certainty.VALIDATED else 0.85,
        rule=f"device_id.{rule}",
        tail=original_of(view, start, end)[-_TAIL:],
        canonical=f"device:{value}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return DeviceIdDetector()
