"""By what customers can be found, and the one form in which equal values are the same: as detectors see them.

Only exact matches are found: nothing here orders, shortens or sounds alike, since every such index tells more of what
is in it than an agent needs.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

from doorward.protection.view import View

FindableKind = Literal["phone", "email", "name", "order", "customer"]
"""What an agent may look for; `customer` is the company's customer number."""

FINDABLE: Final[Mapping[str, FindableKind]] = {
    "PHONE": "phone",
    "EMAIL": "email",
    "PERSON": "name",
    "ORDER_NUMBER": "order",
    "CUSTOMER_NUMBER": "customer",
}
"""What of the kinds that detectors find can be looked for."""

_SAME_NUMBER: Final = 9  # last digits in which the same number agrees, dialled from home or from abroad
_FEWEST_DIGITS: Final = 6
_MOST_DIGITS: Final = 17
_LONGEST: Final = 200
_FEWEST_SIGNS: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]+")
_SIGN: Final = re.compile(r"[^\W_]")
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def form_of(kind: FindableKind, text: str) -> str:
    """Return the form under which a value is known, empty when it cannot be one of this kind.

    Telephone numbers agree in their last nine digits, names in their words whatever their order, numbers of orders and
    customers in their letters and digits; the case, accents, look-alikes and widths of letters never count.
    """
    seen = View(text[:_LONGEST]).text.strip()
    match kind:
        case "phone":
            digits = re.sub(r"\D", "", seen)
            good = _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS and not _WORD.search(seen)
            return f"phone:{digits[-_SAME_NUMBER:]}" if good else ""
        case "email":
            return f"email:{seen}" if _EMAIL.fullmatch(seen) else ""
        case "name":
            words = sorted(_WORD.findall(seen))
            return f"name:{' '.join(words)}" if words and not re.search(r"[\d@]", seen) else ""
        case "order" | "customer":
            signs = "".join(_SIGN.findall(seen))
            good = len(signs) >= _FEWEST_SIGNS and re.search(r"\d", signs) is not None and "@" not in seen
            return f"{kind}:{signs}" if good else ""


def form_of_canonical(kind: FindableKind, canonical: str) -> str:
    """Return the form of a value from the way in which its detector writes equal ones (`Claim.canonical`)."""
    return form_of(kind, canonical.partition(":")[2] or canonical)
