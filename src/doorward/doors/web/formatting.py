"""What staff wrote, as HTML: each piece becomes one element, and what stands in it is escaped."""

from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup, escape

from doorward.record.formatting import FormattedPiece, PieceKind

_ELEMENTS: Final[dict[PieceKind, tuple[Markup, Markup]]] = {
    "paragraph": (Markup("<p>"), Markup("</p>")),
    "quote": (Markup("<blockquote>"), Markup("</blockquote>")),
    "bullets": (Markup("<ul>"), Markup("</ul>")),
    "numbers": (Markup("<ol>"), Markup("</ol>")),
    "item": (Markup("<li>"), Markup("</li>")),
    "strong": (Markup("<strong>"), Markup("</strong>")),
    "emphasis": (Markup("<em>"), Markup("</em>")),
    "strike": (Markup("<s>"), Markup("</s>")),
    "code": (Markup("<code>"), Markup("</code>")),
    "code_block": (Markup("<pre><code>"), Markup("</code></pre>")),
}
_NUMBERED: Final = Markup('<li value="{}">')
_LINK: Final = Markup('<a href="{}" rel="noopener nofollow ugc" target="_blank">')
_LINK_END: Final = Markup("</a>")
_ADDRESS: Final = Markup('</a> <span class="address">({})</span>')


def as_html(
    pieces: Sequence[FormattedPiece], *, mask: Callable[[FormattedPiece], Markup], clean: Callable[[str], str] = str
) -> Markup:
    """Return pieces as HTML. `mask` makes the chip of a masked place; `clean` changes characters of shown text.

    ui/widget/formatting.js builds the same elements in the chat; tests hold both to the same cases.
    """
    parts: list[Markup] = []
    ends: list[Markup] = []
    for piece in pieces:
        match piece.kind:
            case "text":
                parts.append(escape(clean(piece.text)))
            case "mask":
                parts.append(mask(piece))
            case "break":
                parts.append(Markup("<br>"))
            case "end":
                parts.append(ends.pop())
            case "link":
                parts.append(_LINK.format(piece.href))
                ends.append(_ADDRESS.format(clean(_shown(piece))) if piece.text else _LINK_END)
            case "item" if piece.number:
                parts.append(_NUMBERED.format(piece.number))
                ends.append(_ELEMENTS["item"][1])
            case _:
                begin, end = _ELEMENTS[piece.kind]
                parts.append(begin)
                ends.append(end)
    return Markup("").join(parts)


def _shown(piece: FormattedPiece) -> str:
    return piece.text.removeprefix("mailto:")
