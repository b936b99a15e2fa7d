"""Conditions of rules: expressions over facts and thresholds, and the two shorter ways to write them as data."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from doorward.kit.expressions import Expression, ExpressionInvalid, compile_expression
from doorward.vocabulary.decision import Emotion, Facts

SETTINGS: Final = ("answer_threshold", "clarify_threshold", "risk_threshold")
"""The thresholds of a tenant that rules may name."""

FACTS: Final[Mapping[str, Any]] = {
    **{field.name: field.type for field in msgspec.structs.fields(Facts)},
    "emotion": Emotion,
}
"""Every fact with its type."""

LARGEST_NUMBER: Final = 10**15
"""What a number of a rule stays below: more digits mean nothing to any fact."""

_COMPARISON: Final = re.compile(r"(==|!=|<=|>=|<|>|in\b)")
_OPERATORS: Final = {
    "is": "{fact} == {value}",
    "at_least": "{fact} >= {value}",
    "below": "{fact} < {value}",
    "one_of": "{fact} in {value}",
    "contains": "{value} in {fact}",
}
_WORD: Final = re.compile(r"[A-Za-z0-9_.-]+")


class PolicyInvalid(Exception):
    """A policy file is wrong; the sentence names the rule and what is wrong with it."""


def read_condition(place: str, text: str, settings: Sequence[str]) -> Expression:
    """Return the expression of `text` over facts and `settings.<name>`. Raises `PolicyInvalid`, which names `place`."""
    names = {**FACTS, "settings": dict.fromkeys(settings, float)}
    try:
        expression = compile_expression(text, names, condition=True)
    except ExpressionInvalid as error:
        raise PolicyInvalid(f"{place}: {error}") from error
    if not expression.names:
        raise PolicyInvalid(f"{place}: the condition looks at no fact")
    return expression


def written_out(place: str, when: Mapping[str, Any], settings: Sequence[str]) -> str:
    """Return `{fact = value, fact = {operator = value}}` as the text of an expression.

    Raises `PolicyInvalid`, which names `place`.
    """
    return " and ".join(
        _one(place, fact, operator, value, settings)
        for fact, wanted in when.items()
        for operator, value in (wanted if isinstance(wanted, Mapping) else {"is": wanted}).items()
    )


def _one(place: str, fact: str, operator: str, value: Any, settings: Sequence[str]) -> str:
    if fact not in FACTS:
        raise PolicyInvalid(f"{place}: there is no fact '{fact}'")
    if operator == "empty":
        return _emptiness(fact) if value is True else f"not ({_emptiness(fact)})"
    if operator not in _OPERATORS:
        raise PolicyInvalid(f"{place}: there is no operator '{operator}'")
    if isinstance(value, Mapping):
        setting = value.get("setting")
        if setting not in settings or len(value) != 1:
            raise PolicyInvalid(f"{place}: there is no setting '{setting}' that a rule may use")
        return _OPERATORS[operator].format(fact=fact, value=f"settings.{setting}")
    if operator in {"at_least", "below"} and not _is_number(value):
        raise PolicyInvalid(f"{place}: '{operator}' needs a number")
    return _OPERATORS[operator].format(fact=fact, value=_literal(place, value))


def read_cell(place: str, fact: str, cell: Any) -> str:
    """Return a cell of a decision table as the text of an expression over its column's fact; empty where all is right.

    A cell is `-` (whatever it is), a value, values of a text or a list joined by `|`, `empty`, or what stands behind
    the fact in an expression (`>= 0.3`, `in ["a"]`, `!= "b"`). Raises `PolicyInvalid`, which names `place`.
    """
    if fact not in FACTS:
        raise PolicyInvalid(f"{place}: there is no fact '{fact}'")
    if not isinstance(cell, str):
        return f"{fact} == {_literal(place, cell)}"
    cell = cell.strip()
    if cell in {"", "-"}:
        return ""
    if cell == "empty":
        return _emptiness(fact)
    if _COMPARISON.match(cell):
        return f"({fact} {cell})"
    options = [one.strip() for one in cell.split("|")]
    if unclear := [one for one in options if not _WORD.fullmatch(one)]:
        raise PolicyInvalid(f"{place}: '{unclear[0]}' cannot be read as a value")
    if FACTS[fact] == tuple[str, ...]:
        return "(" + " or ".join(f"{_literal(place, one)} in {fact}" for one in options) + ")"
    if FACTS[fact] in {str, Emotion}:
        return f"{fact} in [{', '.join(_literal(place, one) for one in options)}]"
    if len(options) > 1:
        raise PolicyInvalid(f"{place}: '|' joins values of a text")
    return f"{fact} == {cell}"


def _emptiness(fact: str) -> str:
    declared = FACTS[fact]
    if declared == tuple[str, ...]:
        return f"size({fact}) == 0"
    return f"{fact} == " + {bool: "false", int: "0", float: "0"}.get(declared, '""')


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _literal(place: str, value: Any) -> str:
    if isinstance(value, str):
        if any(ord(letter) < 0x20 for letter in value):
            raise PolicyInvalid(f"{place}: a value holds a control character")
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bool):
        return json.dumps(value)
    if _is_number(value):
        if not abs(value) < LARGEST_NUMBER:
            raise PolicyInvalid(f"{place}: a number is too large")
        return format(Decimal(repr(value)), "f")  # an expression knows no exponents
    if isinstance(value, list):
        return "[" + ", ".join(_literal(place, one) for one in value) + "]"
    raise PolicyInvalid(f"{place}: a value must be text, a number, true or false, or a list of them")
