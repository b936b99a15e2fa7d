"""Markdown as plain text: what a chat shows, without any markup that a browser could take for more."""

from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LINKS = ("https://", "http://", "mailto:", "tel:")
_INDENT = "   "

_parser = MarkdownIt("commonmark", {"html": False}).disable(["html_block", "html_inline"])


@lru_cache(maxsize=2048)
def plain_text(markdown: str) -> str:
    """Return Markdown as text: paragraphs apart by an empty line, lists with • or numbers, links as `text (address)`.

    Raw HTML is text like any other. Of links only web, mail and telephone addresses are shown; pictures are their
    alternative text.
    """
    lines = _Lines()
    for token in _parser.parse(markdown):
        lines.take(token)
    return lines.text()


class _Lines:
    """Collects lines while walking over block tokens."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._lists: list[int | None] = []  # the next number of every open list, None for bullets
        self._mark = ""
        self._tight = False

    def take(self, token: Token) -> None:
        """Take the next block token."""
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._tight = bool(self._lists)
            case "list_item_open":
                self._open_item()
            case "inline":
                self._add(_inline(token.children or ()))
            case "fence" | "code_block":
                self._add(token.content.rstrip("\n"))

    def text(self) -> str:
        """Return what was collected."""
        return "".join(self._blocks).strip()

    def _open_item(self) -> None:
        number = self._lists[-1]
        self._mark = "• " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _add(self, block: str) -> None:
        indent = _INDENT * (len(self._lists) - 1)
        if self._blocks:
            self._blocks.append("\n" if self._tight and self._lists else "\n\n")
        mark, self._mark = self._mark, ""
        hanging = indent + (" " * len(mark) if self._lists else "")
        self._blocks.append(indent + mark + block.replace("\n", "\n" + hanging))
        self._tight = bool(self._lists)


def _inline(tokens: Sequence[Token]) -> str:
    """Return the text of inline tokens."""
    parts: list[str] = []
    open_links: list[tuple[int, str]] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(_inline(token.children or ()))
            case "link_open":
                open_links.append((len(parts), str(token.attrs.get("href", ""))))
            case "link_close":
                start, address = open_links.pop()
                label = "".join(parts[start:])
                shown = address.partition(":")[2] if address.startswith(("mailto:", "tel:")) else address
                if address.startswith(_LINKS) and shown not in label:
                    parts.append(f" ({shown})")
    return "".join(parts)
