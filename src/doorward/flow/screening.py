"""Screening lines of text: guards alone, no database. One line out for every line in, in order, never a raw value."""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, Literal

import msgspec

from doorward.protection import ALL_GUARDS, NO_FACTS, Guard, PublicFacts, Screener
from doorward.vocabulary.text import WildText

LONGEST_LINE: Final = 1_048_576
"""Bytes of a line; longer ones are reported, not screened."""

LONGEST_ID: Final = 256
_BYTE_ORDER_MARK: Final = "\ufeff"

LineForm = Literal["auto", "jsonl", "text"]


class BadLine(ValueError):
    """A line that cannot be screened; the sentence says why without anything of its content."""

    def __init__(self, reason: str, *, line_id: str | int | None = None) -> None:
        """Take the reason, and the line's own id if it could be read."""
        super().__init__(reason)
        self.line_id = line_id


def screen_lines(
    lines: Iterable[bytes | str | ValueError],
    screener: Screener,
    *,
    guards: Collection[Guard] = ALL_GUARDS,
    public: PublicFacts = NO_FACTS,
    form: LineForm = "auto",
) -> Iterator[dict[str, Any]]:
    """Yield `{"id", "masked", "findings"}` for every line, or `{"id", "error"}` for one that cannot be screened.

    Lines are JSON objects `{"id", "text"}` (other fields are ignored; the id is a string or a whole number, and need
    not be the only one of its kind), or plain texts whose id is the number of the line, from 1. `auto` takes for JSON
    what has an opening brace as the first sign of its first line that is not blank. Offsets in findings are characters
    of the text. A reader may pass a `ValueError` in the place of a line that it could not read.
    """
    json_lines = {"jsonl": True, "text": False}.get(form)
    for number, line in enumerate(lines, start=1):
        try:
            text = _decoded(line, first=number == 1)
            if json_lines is None and text.strip():
                json_lines = text.lstrip().startswith("{")
            line_id, message = _parsed(text) if json_lines else (number, text)
        except BadLine as bad:
            yield {"id": number if bad.line_id is None else bad.line_id, "error": str(bad)}
            continue
        screened = screener.screen(WildText(message), guards=guards, public=public)
        yield {"id": line_id, "masked": screened.masked.text, "findings": [*msgspec.to_builtins(screened.findings)]}


def _decoded(line: bytes | str | ValueError, *, first: bool) -> str:
    """Return the line as text without its end and without a byte order mark. Raises `BadLine`."""
    if isinstance(line, ValueError):
        raise BadLine("the line could not be read: it is too long") from None
    if len(line) > LONGEST_LINE:
        raise BadLine(f"the line is longer than {LONGEST_LINE} bytes")
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
    except UnicodeDecodeError:
        # The cause quotes the bytes; it must not travel on. So below.
        raise BadLine("the line is not UTF-8") from None
    text = text.removeprefix(_BYTE_ORDER_MARK) if first else text
    return text.rstrip("\r\n")


def _parsed(text: str) -> tuple[str | int, str]:
    """Return id and text of a JSON line. Raises `BadLine`."""
    try:
        # Not msgspec: it refuses escaped lone surrogates, which other programs write.
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise BadLine("the line is not JSON") from None
    if not isinstance(value, dict):
        raise BadLine("the line is not a JSON object")
    line_id = _checked_id(value.get("id"))
    message = value.get("text")
    if not isinstance(message, str):
        raise BadLine("text: a string is needed", line_id=line_id)
    return line_id, message


def _checked_id(value: object) -> str | int:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ID:
        # An id with lone surrogates could not be written down again.
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise BadLine(f"id: a string of 1 to {LONGEST_ID} characters or a whole number is needed")
