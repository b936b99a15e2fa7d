"""Expressions: short conditions over named values, checked when they are read, harmless and total when they are asked.

The grammar is a part of the Common Expression Language (https://cel.dev), with `and`, `or`, `not` beside its signs:

    risk >= settings.risk_threshold and not wants_person
    language in ["tr", "ru"] and size(masked_kinds) > 0
    slots.amount != null and slots.amount > 1.2 * facts.usual_amount

There are names, literals (`true`, `12`, `0.5`, `"text"`, `null`, lists of literals), comparisons, `in`, `+ - * /`,
`size()` and the three connectives; no attributes of objects, calls, loops or definitions. `not` takes a whole
comparison, `!` only what stands behind it. Types are known before anything runs:

- `bool`, `int`, `float`, `Decimal`, `str`, `Literal["a", "b"]`, `date`, `datetime`; tuples, lists and frozensets of one
  of them; `T | None`.
- Numbers compare with numbers; a `Decimal` never with a `float`, but with a literal, which is then read exactly.
- What may be absent is `null`: every comparison with it is false (but `== null`), every sum is null. So is a division
  by nothing and what is out of range.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import msgspec

from doorward.kit.expression_nodes import Kind, Node, compare, contained, joined, negated, reckon, size_of

LONGEST: Final = 2000
DEEPEST: Final = 32

Names = Mapping[str, Any]
"""Name to type, or to a further mapping whose names are reached by a dot."""

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?(?![0-9A-Za-z_.]))
      | (?P<text>"(?:[^"\\\n]|\\["'\\n])*"|'(?:[^'\\\n]|\\["'\\n])*')
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/<>!()\[\],])
    )""",
    re.VERBOSE,
)
_SPELLINGS: Final = {"&&": "and", "||": "or"}
_WORDS: Final = frozenset({"and", "or", "not", "in"})
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_ESCAPED: Final = re.compile(r"\\(.)")
_PLAIN: Final[Mapping[Any, str]] = {
    bool: "truth",
    int: "count",
    float: "number",
    Decimal: "amount",
    str: "text",
    date: "day",
    datetime: "moment",
}


class ExpressionInvalid(ValueError):
    """An expression cannot be used: `sentence` says why, `place` at which character (from 1)."""

    def __init__(self, sentence: str, place: int = 1) -> None:
        """Keep both; the exception reads `<sentence> (at character <place>)`."""
        super().__init__(f"{sentence} (at character {place})")
        self.sentence = sentence
        self.place = place


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One of the conditions that must all hold: its text in one spelling; the three of a name against a literal."""

    text: str
    name: str = ""
    operator: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. Immutable; may be asked from any thread."""

    text: str
    names: frozenset[str]
    """The names that it uses, with their dots."""
    kind: str
    """What it comes to: truth, count, number, amount, text, day, moment, list or null."""
    parts: tuple[Part, ...]
    """What stands between its outermost `and`s, in order."""
    _run: Callable[[Mapping[str, Any]], Any]

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return what the expression comes to.

        `values` must give every one of `names` a value of its declared type; one of type `T | None` may be missing,
        with the group that it is in. Then nothing is raised and a condition comes to True or False. Else `KeyError` or
        `TypeError` may be raised.
        """
        return self._run(values)


def compile_expression(text: str, names: Names, *, condition: bool = False) -> Expression:
    """Return the checked expression; `condition` asks for one that is true or false.

    Raises `ExpressionInvalid` for what cannot be read, unknown names, types that do not fit, and what is longer than
    2,000 characters or deeper than 32 levels.
    """
    if len(text) > LONGEST:
        raise ExpressionInvalid(f"longer than {LONGEST} characters", LONGEST)
    reader = _Reader(text, names)
    node = reader.whole()
    if condition and node.kind.name != "truth":
        raise ExpressionInvalid(f"a condition is wanted, this is {node.kind}")
    run = negated(negated(node)).run if condition and node.kind.optional else node.run
    parts = tuple(
        Part(text=part.text, name=name, operator=operator, value=value)
        for part in node.parts or (node,)
        for name, operator, value in (part.simple or ("", "", None),)
    )
    return Expression(text=text, names=frozenset(reader.used), kind=node.kind.name, parts=parts, _run=run)


class _Reader:
    """Reads one expression from left to right; every method leaves `_at` behind what it returns."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0
        self.used: set[str] = set()

    def whole(self) -> Node:
        node = self._either()
        if self._sign:
            raise self._wrong(f"'{self._sign}' is not expected here")
        return node

    @property
    def _sign(self) -> str:
        """The next token if it is a sign or a word of the language, else what it is; empty at the end."""
        kind, text, _ = self._tokens[self._at]
        return text if kind in {"sign", "name"} else kind

    def _wrong(self, sentence: str, token: int | None = None) -> ExpressionInvalid:
        return ExpressionInvalid(sentence, self._tokens[self._at if token is None else token][2] + 1)

    def _take(self, sign: str) -> bool:
        if self._tokens[self._at][0] in {"sign", "name"} and self._sign == sign:
            self._at += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._wrong(f"'{sign}' is missing")

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(f"deeper than {DEEPEST} levels")
        node = read()
        self._depth -= 1
        return node

    def _checked(self, token: int, make: Callable[[], Node]) -> Node:
        """Return the node, or say at the token why there is none."""
        try:
            node = make()
        except TypeError as error:
            raise self._wrong(str(error), token) from None
        if node.depth > DEEPEST:
            raise self._wrong(f"deeper than {DEEPEST} levels", token)
        return node

    def _either(self) -> Node:
        return self._chain("or", self._both)

    def _both(self) -> Node:
        return self._chain("and", self._negation)

    def _negation(self) -> Node:
        token = self._at
        if not self._take("not"):
            return self._comparison()
        operand = self._deeper(self._negation)
        return self._checked(token, partial(negated, operand))

    def _chain(self, word: str, read: Callable[[], Node]) -> Node:
        start, nodes = self._at, [read()]
        while self._take(word):
            nodes.append(read())
        return nodes[0] if len(nodes) == 1 else self._checked(start, partial(joined, word, nodes))

    def _comparison(self) -> Node:
        left, token, sign = self._sum(), self._at, self._sign
        if sign not in _COMPARISONS and sign != "in":
            return left
        self._at += 1
        right = self._sum()
        if self._sign in _COMPARISONS or self._sign == "in":
            raise self._wrong("a comparison has two sides; join two comparisons by 'and'")
        make = partial(contained) if sign == "in" else partial(compare, sign)
        return self._checked(token, partial(make, left, right))

    def _sum(self) -> Node:
        return self._reckoned("+-", self._product)

    def _product(self) -> Node:
        return self._reckoned("*/", self._single)

    def _reckoned(self, signs: str, read: Callable[[], Node]) -> Node:
        node = read()
        while self._sign and self._sign in signs:
            token, sign = self._at, self._sign
            self._at += 1
            node = self._checked(token, partial(reckon, sign, node, read()))
        return node

    def _single(self) -> Node:
        token = self._at
        kind, text, _ = self._tokens[token]
        self._at += 1
        if kind == "number":
            return Node.literal(Kind("count"), int(text)) if "." not in text else Node.decimal(text)
        if kind == "text":
            return Node.literal(Kind("text"), _ESCAPED.sub(_unescape, text[1:-1]))
        if kind == "name" and text not in _WORDS:
            return self._named(token, text)
        if text == "!":
            operand = self._deeper(self._single)
            return self._checked(token, partial(negated, operand))
        if text == "-":
            operand = self._deeper(self._single)
            return self._checked(token, partial(reckon, "-", Node.literal(Kind("count"), 0), operand))
        if text == "(":
            node = self._deeper(self._either)
            self._need(")")
            return node
        if text == "[":
            return self._list(token)
        self._at = token
        raise self._wrong(f"'{text}' is not expected here" if text else "something is missing at the end")

    def _named(self, token: int, text: str) -> Node:
        if text in _CONSTANTS:
            value = _CONSTANTS[text]
            return Node.literal(Kind("null", optional=True) if value is None else Kind("truth"), value)
        if self._take("("):
            if text != "size":
                raise self._wrong(f"there is no function '{text}'", token)
            operand = self._deeper(self._either)
            self._need(")")
            return self._checked(token, partial(size_of, operand))
        self.used.add(text)
        return Node.named(text, self._kind_of(token, text))

    def _kind_of(self, token: int, text: str) -> Kind:
        found: Any = self._names
        for step in text.split("."):
            if not isinstance(found, Mapping) or step not in found:
                raise self._wrong(f"there is no '{text}'", token)
            found = found[step]
        if isinstance(found, Mapping):
            raise self._wrong(f"'{text}' is a group of names, not a value", token)
        kind = _kind(found)
        if kind is None:
            raise self._wrong(f"'{text}' is of a type that expressions do not know", token)
        return kind

    def _list(self, token: int) -> Node:
        items: list[Node] = []
        while not self._take("]"):
            if items:
                self._need(",")
            items.append(self._single_literal())
        if not items:
            raise self._wrong("an empty list holds nothing", token)
        return self._checked(token, partial(Node.listed, items))

    def _single_literal(self) -> Node:
        token = self._at
        node = self._deeper(self._single)
        if not node.fixed or node.kind.name == "null" or node.kind.item:
            raise self._wrong("a list holds literals", token)
        return node


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found, at = [], 0
    while match := _TOKEN.match(text, at):
        kind = str(match.lastgroup)
        token = match.group(kind)
        found.append((kind, _SPELLINGS.get(token, token), match.start(kind)))
        at = match.end()
    rest = text[at:].lstrip()
    if rest:
        sentence = "the text is not closed" if rest[0] in "\"'" else f"{rest[0]!r} cannot be read"
        raise ExpressionInvalid(sentence, len(text) - len(rest) + 1)
    return [*found, ("", "", len(text))]


def _unescape(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def _kind(declared: Any) -> Kind | None:
    """Return the kind of a declared type, or None where it has none."""
    origin, arguments = get_origin(declared), get_args(declared)
    if declared in _PLAIN:
        return Kind(_PLAIN[declared])
    if origin is Literal and all(isinstance(option, str) for option in arguments):
        return Kind("text", options=frozenset(arguments))
    if origin in {Union, UnionType} and NoneType in arguments and len(arguments) == 2:
        inner = _kind(next(one for one in arguments if one is not NoneType))
        return None if inner is None or inner.item else msgspec.structs.replace(inner, optional=True)
    if origin in {tuple, list, frozenset} and arguments and set(arguments[1:]) <= {Ellipsis}:
        inner = _kind(arguments[0])
        return (
            None
            if inner is None or inner.optional or inner.item
            else Kind("list", item=inner.name, options=inner.options)
        )
    return None
