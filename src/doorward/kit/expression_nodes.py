"""What expressions are made of: a node has a kind, its text in one spelling, and a function that reads it from values.

`TypeError` with a sentence is raised where kinds do not fit; only `expressions` calls this module.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgspec

Run = Callable[[Mapping[str, Any]], Any]

_NUMBERS: Final = ("count", "number", "amount")
_ORDERED: Final = frozenset({*_NUMBERS, "day", "moment"})
_SAYS: Final = {
    "truth": "true or false",
    "count": "a whole number",
    "number": "a number",
    "amount": "an amount",
    "text": "text",
    "day": "a day",
    "moment": "a moment",
    "null": "null",
}
_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_RECKON: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class Kind(msgspec.Struct, frozen=True):
    """What a value is; `item` is the kind of a list's items, `options` all texts that it can be (empty: any)."""

    name: str
    item: str = ""
    optional: bool = False
    options: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Return the kind in words."""
        return f"a list of {_SAYS[self.item]}" if self.item else _SAYS[self.name]


@dataclass(frozen=True, slots=True)
class Node:
    """One node. `fixed` says that `value` is a literal's; `parts` are the operands of an `and`."""

    kind: Kind
    text: str
    run: Run
    depth: int = 1
    fixed: bool = False
    value: Any = None
    exact: str = ""
    """A decimal literal as it was written."""
    name: str = ""
    parts: tuple["Node", ...] = ()
    simple: tuple[str, str, Any] | None = None
    """Name, operator and literal, if that is all."""

    @classmethod
    def literal(cls, kind: Kind, value: Any) -> "Node":
        """Return a literal."""
        text = {True: "true", False: "false", None: "null"}.get(value) if kind.name in {"truth", "null"} else None
        return cls(kind, text or _quoted(value), lambda _values: value, fixed=True, value=value)

    @classmethod
    def decimal(cls, written: str) -> "Node":
        """Return a number with a point; beside an amount it is read exactly."""
        value = float(written)
        return cls(Kind("number"), repr(value), lambda _values: value, fixed=True, value=value, exact=written)

    @classmethod
    def named(cls, name: str, kind: Kind) -> "Node":
        """Return the value of a name; dots lead into further mappings."""
        *groups, last = name.split(".")
        if not groups:
            run: Run = operator.itemgetter(last) if not kind.optional else lambda values: values.get(last)
        else:
            run = lambda values: _reach(values, groups, last, optional=kind.optional)  # noqa: E731
        return cls(kind, name, run, name=name, simple=(name, "==", True) if kind.name == "truth" else None)

    @classmethod
    def listed(cls, items: Sequence["Node"]) -> "Node":
        """Return a list of literals of one kind, the order of which does not matter."""
        kinds = {item.kind.name for item in items}
        if not (len(kinds) == 1 or kinds <= {"count", "number"}):
            raise TypeError("a list holds things of one kind")
        value = frozenset(item.value for item in items)
        kind = Kind("list", item="number" if "number" in kinds else kinds.pop())
        text = "[" + ", ".join(sorted({item.text for item in items})) + "]"
        exact = " ".join(item.exact or item.text for item in items) if kind.item in _NUMBERS else ""
        return cls(kind, text, lambda _values: value, fixed=True, value=value, exact=exact)


def compare(sign: str, left: Node, right: Node) -> Node:
    """Return a comparison; a literal on the left changes sides."""
    if left.fixed and not right.fixed:
        sign, left, right = _MIRRORED[sign], right, left
    if "null" in {left.kind.name, right.kind.name}:
        return _compared_with_null(sign, left, right)
    left, right = _alike(left, right, f"'{sign}'")
    if sign not in {"==", "!="} and left.kind.name not in _ORDERED:
        raise TypeError(f"'{sign}' needs numbers or times, this is {left.kind}")
    if left.kind.item:
        raise TypeError("lists are not compared; use 'in' or size()")
    _check_options(left, [right.value] if right.fixed else [])
    return _truth(f"{left.text} {sign} {right.text}", _comparison(sign, left, right), (left, right), sign)


def contained(left: Node, right: Node) -> Node:
    """Return whether the left one is an item of the right one."""
    if not right.kind.item:
        raise TypeError(f"'in' needs a list, this is {right.kind}")
    item = msgspec.structs.replace(right.kind, name=right.kind.item, item="")
    if left.kind.name == "amount" and right.fixed and item.name in {"count", "number"}:
        value = frozenset(Decimal(one) for one in right.exact.split())
        right = Node(right.kind, right.text, lambda _values: value, fixed=True, value=value)
    elif not (left.kind.name == item.name or {left.kind.name, item.name} <= {"count", "number"}):
        raise TypeError(f"{left.kind} is never in {right.kind}")
    if right.fixed and item.name == "text":
        _check_options(left, right.value)
    if left.fixed and item.name == "text":
        _check_options(right, [left.value])
    run_left, run_right, fixed = left.run, right.run, right.value
    if left.kind.name == "amount":
        run = lambda values: _among(run_left(values), run_right(values))  # noqa: E731
        return _truth(f"{left.text} in {right.text}", run, (left, right), "in")
    if right.fixed:
        return _truth(f"{left.text} in {right.text}", lambda values: run_left(values) in fixed, (left, right), "in")
    sign = "has" if left.fixed else ""
    pair = (right, left) if left.fixed else (left, right)
    return _truth(f"{left.text} in {right.text}", lambda values: run_left(values) in run_right(values), pair, sign)


def joined(word: str, nodes: Sequence[Node]) -> Node:
    """Return `and` or `or` over conditions."""
    for node in nodes:
        if node.kind.name != "truth":
            raise TypeError(f"'{word}' joins conditions, this is {node.kind}")
    depth = 1 + max(node.depth for node in nodes)
    runs = tuple(node.run for node in nodes)
    if word == "and":
        parts = tuple(part for node in nodes for part in (node.parts or (node,)))
        return Node(Kind("truth"), _list_of(word, nodes), _all_of(runs), depth=depth, parts=parts)
    return Node(Kind("truth"), _list_of(word, nodes), _any_of(runs), depth=depth)


def negated(node: Node) -> Node:
    """Return the opposite of a condition; the opposite of null is true."""
    if node.kind.name != "truth":
        raise TypeError(f"'not' needs a condition, this is {node.kind}")
    run = node.run
    simple = (node.name, "==", False) if node.name and not node.kind.optional else None
    return Node(
        Kind("truth"), f"not ({node.text})", lambda values: not run(values), depth=node.depth + 1, simple=simple
    )


def reckon(sign: str, left: Node, right: Node) -> Node:
    """Return a sum, difference, product or quotient; null where it has none."""
    for node in (left, right):
        if node.kind.name not in _NUMBERS:
            raise TypeError(f"'{sign}' needs numbers, this is {node.kind}")
    if left.fixed and left.value == 0 and sign == "-" and right.fixed:
        if right.exact:
            return Node.decimal(f"-{right.exact}".removeprefix("--"))
        return Node.literal(right.kind, -right.value)
    left, right = _alike(left, right, f"'{sign}'")
    names = {left.kind.name, right.kind.name}
    name = next(name for name in ("amount", "number", "count") if name in names)
    kind = Kind("number" if (name, sign) == ("count", "/") else name, optional=True)
    reckoned, run_left, run_right = _RECKON[sign], left.run, right.run

    def run(values: Mapping[str, Any]) -> Any:
        one, other = run_left(values), run_right(values)
        if one is None or other is None:
            return None
        try:
            return reckoned(one, other)
        except ArithmeticError:
            return None

    text = f"({left.text} {sign} {right.text})"
    return Node(kind, text, run, depth=1 + max(left.depth, right.depth))


def size_of(node: Node) -> Node:
    """Return the number of items of a list or of characters of a text."""
    if not node.kind.item and node.kind.name != "text":
        raise TypeError(f"size() needs a list or text, this is {node.kind}")
    run = node.run
    if node.kind.optional:
        return Node(
            Kind("count", optional=True),
            f"size({node.text})",
            lambda values: None if (found := run(values)) is None else len(found),
            depth=node.depth + 1,
        )
    return Node(Kind("count"), f"size({node.text})", lambda values: len(run(values)), depth=node.depth + 1)


def _reach(values: Mapping[str, Any], groups: Sequence[str], last: str, *, optional: bool) -> Any:
    for group in groups:
        if optional and values.get(group) is None:
            return None
        values = values[group]
    return values.get(last) if optional else values[last]


def _quoted(value: Any) -> str:
    if not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _alike(left: Node, right: Node, sign: str) -> tuple[Node, Node]:
    """Return both sides ready to meet: literals beside an amount are amounts."""
    one, other = left.kind.name, right.kind.name
    if "amount" in {one, other} and {one, other} <= set(_NUMBERS):
        return _as_amount(left, sign), _as_amount(right, sign)
    if one != other and not {one, other} <= {"count", "number"}:
        raise TypeError(f"{sign} cannot take {left.kind} and {right.kind}")
    return left, right


def _as_amount(node: Node, sign: str) -> Node:
    if node.kind.name == "number":
        if not node.fixed:
            raise TypeError(f"{sign} cannot take an amount and a number that is not exact")
        value = Decimal(node.exact)
        return Node(Kind("amount"), node.text, lambda _values: value, fixed=True, value=value)
    return node


def _check_options(node: Node, values: Any) -> None:
    if node.kind.options and (unknown := sorted(set(values) - node.kind.options)):
        raise TypeError(f"'{node.text}' is never '{unknown[0]}'")


def _compared_with_null(sign: str, left: Node, right: Node) -> Node:
    if left.kind.name == "null":
        left, right = right, left
    if sign not in {"==", "!="}:
        raise TypeError(f"'{sign}' cannot take null")
    if not left.kind.optional or left.fixed:
        raise TypeError(f"'{left.text}' is never null")
    run = left.run
    if sign == "==":
        return _truth(f"{left.text} == null", lambda values: run(values) is None, (left, right), sign)
    return _truth(f"{left.text} != null", lambda values: run(values) is not None, (left, right), sign)


def _comparison(sign: str, left: Node, right: Node) -> Run:
    """Return the cheapest function for the comparison: most are a name against a literal."""
    compared, run_left, run_right, fixed = _COMPARE[sign], left.run, right.run, right.value
    careful = left.kind.optional or right.kind.optional or "amount" in {left.kind.name, right.kind.name}
    if careful:
        return lambda values: _carefully(compared, run_left(values), run_right(values))
    if right.fixed:
        return lambda values: compared(run_left(values), fixed)
    return lambda values: compared(run_left(values), run_right(values))


def _carefully(compared: Callable[[Any, Any], Any], one: Any, other: Any) -> bool:
    """Compare what may be null, or a decimal that is not a number."""
    if one is None or other is None:
        return False
    try:
        return bool(compared(one, other))
    except ArithmeticError:
        return False


def _among(amount: Any, held: Any) -> bool:
    """Return whether an amount is in a list; a signalling NaN, which cannot even be looked up, is in none."""
    if amount is None or (isinstance(amount, Decimal) and amount.is_snan()):
        return False
    try:
        return amount in held
    except ArithmeticError:
        return False


def _truth(text: str, run: Run, sides: tuple[Node, Node], sign: str) -> Node:
    left, right = sides
    simple = (left.name, sign, right.value) if left.name and right.fixed and sign else None
    return Node(Kind("truth"), text, run, depth=1 + max(left.depth, right.depth), simple=simple)


def _list_of(word: str, nodes: Sequence[Node]) -> str:
    return "(" + f" {word} ".join(node.text for node in nodes) + ")"


def _all_of(runs: tuple[Run, ...]) -> Run:
    if len(runs) == 2:
        first, second = runs
        return lambda values: bool(first(values) and second(values))

    def run(values: Mapping[str, Any]) -> bool:
        for one in runs:  # noqa: SIM110 — a generator would cost twice as much
            if not one(values):
                return False
        return True

    return run


def _any_of(runs: tuple[Run, ...]) -> Run:
    def run(values: Mapping[str, Any]) -> bool:
        for one in runs:  # noqa: SIM110 — a generator would cost twice as much
            if one(values):
                return True
        return False

    return run
