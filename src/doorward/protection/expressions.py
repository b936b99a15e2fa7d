"""Expressions of `re` that are compiled when they are first needed: most of them no message ever asks for."""

import re
from collections.abc import Callable
from typing import Any

from doorward.protection.working import excused


class Expression:
    """An expression that compiles itself at first use; from then on it costs what a compiled one costs.

    Thread-safe: two threads may compile it at the same time, to the same end. What compiling takes is not counted as
    the work of the detector that happens to need it first.
    """

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Any]
    split: Callable[..., list[Any]]
    sub: Callable[..., str]

    def __init__(self, written: str | Callable[[], str]) -> None:
        """Take the expression, or how to write it down, which is asked once or, by two threads at once, twice."""
        self._written = written

    @property
    def pattern(self) -> str:
        """Return the expression as text, to be a part of larger ones."""
        if not isinstance(self._written, str):
            self._written = self._written()
        return self._written

    def __getattr__(self, name: str) -> Any:
        """Compile, and keep the compiled expression's methods as this one's own."""
        if name not in Expression.__annotations__:
            raise AttributeError(name)
        with excused():
            compiled = re.compile(self.pattern)
        for method in Expression.__annotations__:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
