"""Expressions of `re` that are compiled when they are first needed: most of them no message ever asks for."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from doorward.protection.working import excused

_METHODS: Final = ("search", "match", "fullmatch", "finditer", "split", "sub")


class Expression:
    """An expression that compiles itself at first use; from then on its methods are the compiled one's own.

    Thread-safe: two threads may compile it at the same time, to the same end. What compiling takes is not counted as
    the work of the detector that happens to need it first.
    """

    def __init__(self, written: str | Callable[[], str]) -> None:
        """Take the expression, or how to write it down, which is asked once or, by two threads at once, twice."""
        self._written = written

    @property
    def pattern(self) -> str:
        """Return the expression as text, to be a part of larger ones."""
        if not isinstance(self._written, str):
            self._written = self._written()
        return self._written

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Do as `re.Pattern.search`, as all of these do as their namesakes."""
        return self._compiled().search(text, start, end)

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Match at the start."""
        return self._compiled().match(text, start, end)

    def fullmatch(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Match all of it."""
        return self._compiled().fullmatch(text, start, end)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield all matches."""
        return self._compiled().finditer(text, start, end)

    def split(self, text: str) -> list[str | Any]:
        """Split where it matches."""
        return self._compiled().split(text)

    def sub(self, written: str, text: str) -> str:
        """Write something else where it matches."""
        return self._compiled().sub(written, text)

    def _compiled(self) -> re.Pattern[str]:
        with excused():
            compiled = re.compile(self.pattern)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return compiled
