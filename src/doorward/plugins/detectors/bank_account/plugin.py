"""Accounts and banks by national numbers: by the packs' words beside them, and by two makes that need no words."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.beside import VALUE_BEGINS, VALUE_ENDS, Names, Shape, names_of
from doorward.protection.numbers import date_end, is_money
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_BREAKS: Final = re.compile(r"[\s.\-/]+")
_TAIL_FROM: Final = 8  # digits that an account has at least if the last four may be shown
_PRINTED: Final = {
    # Britain: sort code and account. Russia: balance account, currency, key, branch, number (579-P, annex 1).
    "sorted": r"\m\d\d-\d\d-\d\d[\s,/]{1,2}\d{8}\M",
    "russian": r"\m(?:40[1-8]|42[0-6]|30[1-3])\d\d\s?(?:810|840|978|156|643)\s?\d\s?\d{4}\s?\d{7}\M",
}


class _Length(NamedTuple):
    """How many digits a number has, and how far from its name it may stand."""

    digits: range
    reach: int


_LENGTHS: Final = {
    # 'account no. 725733' says what it is, 'my account' may be followed by any number.
    "bank_account": _Length(range(5, 21), 32),
    "account": _Length(range(7, 21), 22),
    "bank_code": _Length(range(3, 10), 20),
}


def _accepts(length: _Length, match: re.Match[str]) -> bool:
    digits = _BREAKS.sub("", match[0])
    text, (start, end) = match.string, match.span()
    return len(digits) in length.digits and not is_money(text, start, end) and date_end(text, start) is None


_SHAPES: Final[Mapping[str, Sequence[Shape]]] = {
    purpose: (
        Shape(
            purpose,
            re.compile(rf"{VALUE_BEGINS}\d(?:[\s\-./]{{0,3}}\d){{2,19}}{VALUE_ENDS}"),
            partial(_accepts, length),
            length.reach,
        ),
    )
    for purpose, length in _LENGTHS.items()
}


class BankAccountDetector:
    """Finds what belongs to 'account number', 'sort code', 'Kto', 'BLZ', 'hesap no', 'rekening', 'р/с', 'БИК'."""

    id = "bank_account"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("BANK_ACCOUNT",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at the packs' words for accounts (`bank_account`, and `account` alone) and banks (`bank_code`)."""
        names = {purpose: names_of(packs, purpose) for purpose in _LENGTHS}
        printed = [Pattern(name=name, expression=expression) for name, expression in _PRINTED.items()]
        labels = [pattern for own in names.values() for pattern in own.patterns]
        return Watch((*printed, *labels), partial(_examine, names))


def _examine(names: Mapping[str, Names], candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the accounts and banks that a candidate is or names."""
    purpose = candidate.pattern
    if purpose in _PRINTED:
        return (_claim(view.text, candidate.start, candidate.end, "printed"),)
    found = names[purpose].values(view, candidate, _SHAPES[purpose], only_behind=purpose == "account")
    return [_claim(view.text, start, end, "named") for start, end, _ in found]


def _claim(text: str, start: int, end: int, rule: str) -> Claim:
    named, digits = rule == "named", _BREAKS.sub("", text[start:end])
    return Claim(
        kind="BANK_ACCOUNT",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT if named else Certainty.SHAPE,
        score=0.85 if named else 0.8,
        rule=f"bank_account.{rule}",
        tail=digits[-4:] if len(digits) >= _TAIL_FROM else None,
        canonical=f"bank_account:{digits}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return BankAccountDetector()
