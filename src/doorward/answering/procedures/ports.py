"""What procedures ask of the outside: expressions that are compiled at load, and sentences for people."""

from collections.abc import Mapping
from typing import Any, Protocol

Names = Mapping[str, Any]
"""What an expression may name: `{"slots": {"count": int, "card": {"status": str}}, "payment": {"outcome": str}}`."""


class Condition(Protocol):
    """A compiled expression."""

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return the value, given values for the names; a name without a value is None."""


class Compiles(Protocol):
    """Compiles expressions: `kit.expressions.compile_expression` is one.

    Names that may have no value yet have a type of the form `T | None`.
    """

    def __call__(self, text: str, names: Names, *, condition: bool = False) -> Condition:
        """Return the compiled expression; `condition` asks for one that is true or false.

        Raises a `ValueError` whose sentence says what is wrong (`ExpressionInvalid`) for wrong syntax and for names
        that are not among `names`.
        """


class Sentences(Protocol):
    """Says the sentences of the language packs; `kit.i18n.Translator` is one."""

    def say(self, language: str | None, key: str, /, *, count: int | None = None, **values: object) -> str:
        """Return the sentence for `key` in `language` with its places filled; never raises."""
