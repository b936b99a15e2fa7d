"""HTML pages as our Markdown: headings, paragraphs, lists and links stay; everything else is text or nothing."""

import html
import re
from typing import Final

LONGEST: Final = 262_144
"""Characters of a page: an article has at most a million, most have ten thousand."""

DEEPEST: Final = 16
"""Lists, links, and things that are not shown, that may lie within each other; deeper ones count as if they were not
there."""

_TAG: Final = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s/>])")
_ADDRESS: Final = re.compile(
    r"""\shref\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""", re.IGNORECASE
)

_RAW: Final = frozenset({"script", "style"})
_UNSEEN: Final = frozenset({"template", "noscript", "nav", "svg", "iframe", "object", "form"})
_TAG_LENGTH: Final = 4_000
"""Characters of a tag; what is longer is text, so that nothing looks far ahead again and again."""
_BLOCKS: Final = frozenset(
    {"p", "div", "section", "article", "ul", "ol", "table", "tr", "blockquote", "main", "header", "footer", "figure"}
)
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>#])")
_ITEM: Final = re.compile(r"^(\d{0,9})([-+.)?])(?= )")
_HEADING: Final = re.compile("h[1-6]")
_SPACES: Final = re.compile(r"\s+")
_LINKS: Final = ("https://", "http://", "mailto:", "tel:")


def as_markdown(page: str) -> tuple[str, str]:
    """Return the title of an HTML page, empty if it has none, and its body as Markdown.

    The result is Markdown that shows as text what was text: signs that mean something are escaped. Addresses that
    are not of the web, mail or telephone are dropped. Raises ValueError for a page of more than `LONGEST` characters.
    """
    if len(page) > LONGEST:
        raise ValueError("too long")
    reader = _Reader()
    reader.feed(page)
    return reader.finish()


class _Line:
    """A line in the making, kept in pieces: to join them at each would cost the square of its length."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.is_blank = True

    def add(self, text: str) -> None:
        """Put text behind what is there."""
        self.pieces.append(text)
        self.is_blank = self.is_blank and (not text or text.isspace())

    def take(self) -> str:
        """Return the whole line, and begin another."""
        whole = "".join(self.pieces)
        self.pieces, self.is_blank = [], True
        return whole


class _Reader:
    """Walks over a page once, whatever stands there: each part of it is looked at a fixed number of times.

    Not the standard library's parser: with unfinished markup its time grows with the square of it.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = _Line()
        self._title: list[str] = []
        self._in_title = False
        self._hidden: list[str] = []
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []
        self._first = ""
        self._in_first = False

    def feed(self, page: str) -> None:
        """Read a whole page. Markup that never ends is text, or nothing."""
        lowered = "".join(one.lower() if len(one.lower()) == 1 else one for one in page)
        place = 0
        while (start := page.find("<", place)) >= 0:
            self._text(page[place:start])
            end = page.find(">", start, start + _TAG_LENGTH)
            if end < 0:
                self._text("<")
                place = start + 1
            else:
                place = self._markup(page, lowered, start, end)
        self._text(page[place:])

    def _markup(self, page: str, lowered: str, start: int, end: int) -> int:
        """Take the markup from `<` to `>`, and return where to go on."""
        if page.startswith("<!--", start):
            closing = page.find("-->", start + 4)
            return len(page) if closing < 0 else closing + 3
        tag = _TAG.match(page, start + 1)
        if tag is None:
            if page[start + 1] in "!?":
                return end + 1
            self._text("<")
            return start + 1
        name = tag[2].lower()
        if tag[1]:
            self._end_tag(name)
        elif name in _RAW:
            closing = lowered.find(f"</{name}", end)
            return len(page) if closing < 0 else closing
        else:
            found = _ADDRESS.search(page, start, end) if name == "a" else None
            self._start_tag(name, html.unescape("".join(filter(None, found.groups()))) if found else "")
        return end + 1

    def _start_tag(self, tag: str, address: str) -> None:
        self._in_title = self._in_title or tag == "title"
        if tag in _UNSEEN and len(self._hidden) < DEEPEST:
            self._hidden.append(tag)
        if self._hidden:
            return
        if tag in _BLOCKS or tag == "li" or _HEADING.fullmatch(tag):
            self._break()
        if tag == "br":
            self._break(hard=True)
        elif tag == "a":
            if len(self._links) < DEEPEST:
                self._links.append((address, len(self._line.pieces)))
        elif tag in {"ul", "ol"}:
            if len(self._lists) < DEEPEST:
                self._lists.append(1 if tag == "ol" else None)
        else:
            self._line.add(self._mark(tag))

    def _end_tag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"
        if tag in self._hidden:
            while self._hidden and self._hidden.pop() != tag:
                pass
        elif not self._hidden:
            self._end(tag)

    def _mark(self, tag: str) -> str:
        """Return what stands before the text of a heading or an item."""
        if tag == "li":
            number = self._lists[-1] if self._lists else None
            if number is not None:
                self._lists[-1] = number + 1
            return "  " * (len(self._lists) - 1) + ("- " if number is None else f"{number}. ")
        if not _HEADING.fullmatch(tag):
            return ""
        self._in_first = tag == "h1" and not self._first
        return "" if self._in_first else "## " if tag in {"h1", "h2"} else "**"

    def _end(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._link(*self._links.pop())
        elif _HEADING.fullmatch(tag):
            line = self._line.take()
            if self._in_first:
                self._first, self._in_first = line.strip(), False
            elif not line.startswith("**"):
                self._line.add(line)
            elif line.strip("* "):
                self._line.add(f"{line.rstrip()}**")
            self._break()
        elif tag in _BLOCKS or tag == "li":
            self._break()
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()

    def _text(self, data: str) -> None:
        if self._in_title:
            self._title.append(html.unescape(data))
        elif not self._hidden:
            text = _SPACES.sub(" ", html.unescape(data))
            text = text.lstrip() if self._line.is_blank else text
            self._line.add(text if self._in_first else _escaped(text, begins=self._line.is_blank))

    def finish(self) -> tuple[str, str]:
        """Return title and body."""
        self._break()
        body = re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip()
        title = _SPACES.sub(" ", html.unescape(self._first or "".join(self._title))).strip()
        return title, body

    def _link(self, address: str, start: int) -> None:
        label = "".join(self._line.pieces[start:]).strip()
        clean = address.strip()
        good = clean.lower().startswith(_LINKS) and clean.isprintable() and not set(clean) & set(" ()<>\\\"'")
        if label and good and not self._in_first:
            self._line.pieces[start:] = [f"[{label}]({clean})"]

    def _break(self, *, hard: bool = False) -> None:
        self._links.clear()
        line = self._line.take().rstrip()
        is_item = bool(re.match(r"\s*(-|\d+\.) ", line))
        if line.strip("-* #"):
            if (not hard and not is_item) or line.startswith("## "):
                self._lines += ["", line, ""]
            else:
                self._lines.append(line if is_item else f"{line}\\" if hard else line)


def _escaped(text: str, *, begins: bool) -> str:
    """Return text in which no sign begins or ends anything, also not where a line `begins` with it."""
    text = _SPECIAL.sub(r"\\\1", text)
    return _ITEM.sub(r"\1\\\2", text) if begins else text
