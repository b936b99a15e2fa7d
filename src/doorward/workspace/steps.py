"""What the steps of a macro may be done with: each verb takes values of one shape."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from doorward.vocabulary.errors import Malformed
from doorward.workspace.pieces import Macro

MOST_HOURS: Final = 8_760
"""A conversation sleeps for a year at most."""

LONGEST_TEXT: Final = 8_000
_LONGEST_KEY: Final = 60
_LONGEST_VALUE: Final = 500


def require_steps(macro: Macro) -> None:
    """Raise `Malformed` (facts `step`, counted from 1, and `verb`) unless each step can be done with its value.

    `label`, `unlabel`: a label's key; `priority`: -1 to 2; `status`: a status's key, or empty for none; `attribute`:
    `{"key": …, "value": …}`; `note`: a text; `reply`: a text, or `{"reply": …}` with the key of a canned one; `assign`:
    `me`, `queue`, or a colleague's id; `snooze`: whole hours; `resolve`: nothing. Whether the company has such a label
    is asked when the macro is run: it may have it by then, or no longer.
    """
    for number, step in enumerate(macro.steps, start=1):
        if not _SHAPES[step.verb](step.value):
            raise Malformed(f"steps: {number} cannot be done with this value", step=number, verb=step.verb)


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_KEY


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_TEXT


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_field(value: Any) -> bool:
    if not isinstance(value, Mapping) or set(value) != {"key", "value"} or not _is_key(value["key"]):
        return False
    held = value["value"]
    return (
        held is None or isinstance(held, (bool, int, float)) or (isinstance(held, str) and len(held) <= _LONGEST_VALUE)
    )


def _is_canned(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"reply"} and _is_key(value["reply"])


_SHAPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "label": _is_key,
    "unlabel": _is_key,
    "priority": lambda value: _is_whole(value, -1, 2),
    "status": lambda value: value == "" or _is_key(value),
    "attribute": _is_field,
    "note": _is_text,
    "reply": lambda value: _is_text(value) or _is_canned(value),
    "assign": _is_key,
    "snooze": lambda value: _is_whole(value, 1, MOST_HOURS),
    "resolve": lambda value: value is None,
}
