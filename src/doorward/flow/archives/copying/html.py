"""HTML as the text that a reader sees, in one walk whatever stands there.

Not the standard library's parser: what it does with unfinished markup takes a time that grows with the square of it.
"""

import html
import re
from typing import Final

_NAME: Final = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,15})")
_TARGET: Final = re.compile(
    r"""\b(?:href|src|alt|title)\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s>]{1,2000}))"""
)
_BREAK: Final = re.compile(
    "address|article|aside|blockquote|br|d[dlt]|div|fieldset|figure|footer|form|h[1-6]|hr|header|li|main|nav|[ou]l|p|pre"
    "|section|table|t[dhr]"
)
_UNSEEN: Final = ("script", "style")
_SPACES: Final = re.compile(r"[ \t\r\f\v]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")


def visible_text(source: str) -> str:
    """Return the text of an HTML document, with a line for each block, and where its links and pictures lead.

    Markup that never ends is text. Texts that are only hidden by style are shown: nothing may hide in them.
    """
    lowered = source.lower() if source.isascii() else "".join(map(_lower, source))
    pieces: list[str] = []
    place = 0
    while True:
        start = source.find("<", place)
        pieces.append(html.unescape(source[place:] if start < 0 else source[place:start]))
        if start < 0:
            break
        end, shown = _markup(source, lowered, start)
        pieces.append(shown)
        place = end
    lines = (" ".join(_SPACES.split(line)).strip() for line in "".join(pieces).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _lower(letter: str) -> str:
    """Return a letter in lower case if that is one letter too, so that places stay where they are."""
    lowered = letter.lower()
    return lowered if len(lowered) == 1 else letter


def _markup(source: str, lowered: str, start: int) -> tuple[int, str]:
    """Return where the markup that begins at `start` ends, and what a reader sees of it."""
    if source.startswith("<!--", start):
        end = source.find("-->", start)
        return (end + 3, "") if end >= 0 else (len(source), html.unescape(source[start:]))
    end = source.find(">", start)
    if end < 0:
        return len(source), html.unescape(source[start:])
    named = _NAME.match(source, start + 1)
    if named is None:
        return (end + 1, "") if source[start + 1 : start + 2] in {"!", "?"} else (start + 1, "<")
    name = named[1].lower()
    if name in _UNSEEN and source[start + 1] != "/":
        closing = lowered.find(f"</{name}", end)
        return (closing, "") if closing >= 0 else (len(source), html.unescape(source[end + 1 :]))
    targets = ["".join(filter(None, found)) for found in _TARGET.findall(source, start, end)]
    shown = "".join(f" {html.unescape(target)} " for target in targets)
    return end + 1, ("\n" if _BREAK.fullmatch(name) else "") + shown


def as_html(text: str) -> str:
    """Return masked text as a plain HTML document."""
    lines = "<br>\n".join(html.escape(line) for line in text.split("\n"))
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n<p>{lines}</p>\n</body></html>\n'
