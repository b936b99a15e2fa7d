"""What can be proved of conditions without asking them: that one follows from another, that all never hold together.

A proof is by names against literals: equality, lists and bounds. What is not proved may still be so.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from doorward.kit.expressions import Part

_FINITE: Final = frozenset({"==", "in"})


def never_hold(parts: Sequence[Part]) -> str | None:
    """Return the name of a fact that would have to be two things at once for all parts to hold, else None."""
    by_name: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        if part.name:
            by_name[part.name].append(part)
    return next((name for name, about in by_name.items() if _clash(about)), None)


def follows(wanted: Part, given: Iterable[Part]) -> bool:
    """Return whether `wanted` holds wherever all of `given` hold, as far as one of them alone shows it."""
    return any(part.text == wanted.text or _implies(part, wanted) for part in given)


def _implies(given: Part, wanted: Part) -> bool:
    if not given.name or given.name != wanted.name:
        return False
    if given.operator in _FINITE:
        return all(_holds(wanted, value) for value in _values(given))
    if given.operator in {">", ">="} and wanted.operator in {">", ">="}:
        if given.value == wanted.value:
            return given.operator == ">" or wanted.operator == ">="
        return bool(given.value > wanted.value)
    if given.operator in {"<", "<="} and wanted.operator in {"<", "<="}:
        if given.value == wanted.value:
            return given.operator == "<" or wanted.operator == "<="
        return bool(given.value < wanted.value)
    if wanted.operator == "!=" and given.operator in {"<", "<=", ">", ">="}:
        return not _holds(given, wanted.value)
    return False


def _clash(parts: Sequence[Part]) -> bool:
    """Return whether no value satisfies all parts, which are about one fact."""
    finite = next((part for part in parts if part.operator in _FINITE), None)
    if finite is not None:
        return not any(all(_holds(part, value) for part in parts) for value in _values(finite))
    lower = [part for part in parts if part.operator in {">", ">="}]
    upper = [part for part in parts if part.operator in {"<", "<="}]
    return any(not _meet(low, high) for low in lower for high in upper)


def _meet(low: Part, high: Part) -> bool:
    both = low.operator == ">=" and high.operator == "<="
    return bool(low.value < high.value or (both and low.value == high.value))


def _values(part: Part) -> frozenset[Any]:
    return part.value if part.operator == "in" else frozenset({part.value})


def _holds(part: Part, value: Any) -> bool:
    """Return whether a part about one fact holds for a value; of what it cannot tell it says no."""
    match part.operator:
        case "==":
            return bool(value == part.value)
        case "!=":
            return bool(value != part.value)
        case "in":
            return value in part.value
        case "<" | "<=" | ">" | ">=" if isinstance(value, int | float):
            low, high = (value, part.value) if part.operator in {"<", "<="} else (part.value, value)
            return bool(low < high or (part.operator in {"<=", ">="} and low == high))
    return False
