"""What staff write with signs, a small part of Markdown, as pieces that pages and the chat show formatted.

Taken from CommonMark (spec.commonmark.org/0.31.2): emphasis, code, links, lists, quotes, fenced code; from GitHub's
extension of it: strikethrough. Left out is what nobody means in a conversation: headings, rules, tables, pictures,
references, HTML, code by indentation, emphasis within a word. The text itself stays what is stored and sent.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from doorward.vocabulary.text import Span

LONGEST_TEXT: Final = 20_000
"""Characters; longer texts are shown as they are."""

MOST_SIGNS: Final = 4_000
MOST_LINES: Final = 1_000
MOST_PIECES: Final = 2_000
"""A text with more of these is shown as it is: nobody wrote it for its form."""

PieceKind = Literal[
    "text",
    "mask",
    "break",
    "paragraph",
    "quote",
    "bullets",
    "numbers",
    "item",
    "strong",
    "emphasis",
    "strike",
    "code",
    "code_block",
    "link",
    "end",
]


class FormattedPiece(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One piece of a formatted text. All but `text`, `mask` and `break` open something that the next free `end` closes.

    `text` is what is shown; of a link the address to be shown behind it, empty where it stands there already. `href` is
    where a link leads, by http, https or mailto. `number` is an item's number in a list that has them; of a mask its
    place among the spans, from 0.
    """

    kind: PieceKind
    text: str = ""
    href: str = ""
    number: int = 0


_LEAVES: Final = frozenset({"text", "mask", "break"})
_PLAIN: Final = _LEAVES | {"paragraph", "end"}
_END: Final = FormattedPiece(kind="end")
_BREAK: Final = FormattedPiece(kind="break")

_WORTH_READING: Final = re.compile(r"[*_~`>\[]|https?://|^[ \t]*(?:[-+]|\d{1,9}[.)])[ \t]", re.MULTILINE)
"""Without any of these a text has no form."""

_SIGN: Final = re.compile(r"[*_~`>\[:\\]")
_ESCAPED: Final = re.compile(r"\\([*_~`])")
_IN_ADDRESS: Final = r"[^\s()<>\"\\\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_ADDRESS: Final = rf"(?:https?://|mailto:)(?:{_IN_ADDRESS}|\({_IN_ADDRESS}*\)){{1,2000}}"
_LINK: Final = re.compile(rf"\[(?=\S)([^\[\]\n]{{1,500}})\]\(({_ADDRESS})\)")
_LABEL: Final = re.compile(r"\[(?=\S)([^\[\]\n]{1,500})\]\((.)\)")
_BARE: Final = re.compile(rf"://(?:{_IN_ADDRESS}|\({_IN_ADDRESS}*\)){{1,2000}}")
_SCHEME: Final = re.compile(r"(?:^|[^\w])(https?)$")
_BEHIND_SENTENCE: Final = ".,;:!?'*_~]}»“”…"
_HOST: Final = re.compile(r"https?://[^/?#@]+(?:[/?#]|$)")
_MAIL: Final = re.compile(r"mailto:[^@/?#]+@[^@/?#]+$")

_OPENS: Final[dict[str, PieceKind]] = {
    "paragraph_open": "paragraph",
    "blockquote_open": "quote",
    "bullet_list_open": "bullets",
    "ordered_list_open": "numbers",
    "list_item_open": "item",
    "strong_open": "strong",
    "em_open": "emphasis",
    "s_open": "strike",
}


@lru_cache(maxsize=512)
def formatted(text: str, spans: tuple[Span, ...] = ()) -> tuple[FormattedPiece, ...]:
    """Return a masked text in pieces, or none where it has no form and is to be shown as it is.

    The words of the pieces (letters and digits, addresses and numbers of lists among them) are those of the text, in
    order, and each masked place is one piece, whole, once; a text of which that does not hold has no form.
    """
    sign = _sign_for(text) if _is_worth_reading(text) else ""
    if not sign:
        return ()
    standing = _with_signs(text, spans, sign)
    walk = _Walk(sign, [text[span.start : span.end] for span in spans])
    walk.take(_parser.parse(standing, {"sign": sign}))
    pieces = tuple(walk.pieces)
    if len(pieces) > MOST_PIECES or _words(standing, sign) != walk.words():
        return ()
    if all(piece.kind in _PLAIN for piece in pieces) and not _ESCAPED.search(text):
        return ()
    return pieces


def _is_worth_reading(text: str) -> bool:
    """Return whether a text can have a form, and is not so large that looking for it would take more than a moment."""
    if len(text) > LONGEST_TEXT or text.count("\n") > MOST_LINES:
        return False
    return bool(_WORTH_READING.search(text)) and len(_SIGN.findall(text)) <= MOST_SIGNS


def _sign_for(text: str) -> str:
    """Return a character that stands nowhere in the text, from those that Unicode leaves to private use."""
    return next((chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text), "")


def _with_signs(text: str, spans: Sequence[Span], sign: str) -> str:
    """Return the text with one sign for each masked place, so that no rule can see or cut what stands there."""
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += (text[at : span.start], sign)
        at = span.end
    return "".join((*parts, text[at:]))


def _words(text: str, sign: str) -> str:
    return "".join(letter for letter in text if letter.isalnum() or letter == sign)


class _Walk:
    """Collects pieces while walking over the parser's tokens."""

    def __init__(self, sign: str, masks: Sequence[str]) -> None:
        self.pieces: list[FormattedPiece] = []
        self._sign = sign
        self._masks = masks
        self._next_mask = 0
        self._twice: set[int] = set()

    def words(self) -> str:
        """Return the words that the pieces show; an address behind a link stands where the link ends.

        Where a link's text is its own address, that was written twice and is shown once.
        """
        shown: list[str] = []
        behind: list[str] = []
        for place, piece in enumerate(self.pieces):
            match piece.kind:
                case "mask":
                    shown.append(self._sign)
                case "end":
                    shown.append(behind.pop())
                case "text":
                    shown.append(piece.text)
                case "break":
                    pass
                case "item":
                    shown.append(str(piece.number) if piece.number else "")
                    behind.append("")
                case _:
                    behind.append(piece.href if place in self._twice else piece.text)
        return _words("".join(shown), self._sign)

    def take(self, tokens: Iterable[Token]) -> None:
        """Take tokens in order."""
        for token in tokens:
            if token.type == "inline":
                self.take(token.children or ())
            elif token.type in _OPENS or token.nesting < 0:
                if not token.hidden:
                    self.pieces.append(_opened(token) if token.nesting > 0 else _END)
            else:
                self._leaf(token)

    def _leaf(self, token: Token) -> None:
        match token.type:
            case "text":
                self._text(token.content)
            case "softbreak" | "hardbreak":
                self.pieces.append(_BREAK)
            case "code_inline":
                self._code("code", token.content)
            case "fence":
                # What stands behind the opening sign would name a language; here it is text like any other.
                named = token.info.strip()
                self._code("code_block", "\n".join(filter(None, (named, token.content.rstrip("\n")))))
            case "link_open":
                if token.meta["twice"]:
                    self._twice.add(len(self.pieces))
                self.pieces.append(
                    FormattedPiece(kind="link", text=token.meta["behind"], href=str(token.attrs["href"]))
                )

    def _code(self, kind: PieceKind, content: str) -> None:
        self.pieces.append(FormattedPiece(kind=kind))
        self._text(content)
        self.pieces.append(_END)

    def _text(self, content: str) -> None:
        """Add text, and its masked places as pieces of their own."""
        for number, part in enumerate(content.split(self._sign)):
            if number:
                mask = self._masks[self._next_mask] if self._next_mask < len(self._masks) else ""
                self.pieces.append(FormattedPiece(kind="mask", text=mask, number=self._next_mask))
                self._next_mask += 1
            if part:
                self.pieces.append(FormattedPiece(kind="text", text=part))


def _opened(token: Token) -> FormattedPiece:
    number = int(token.info) if token.type == "list_item_open" and token.info else 0
    return FormattedPiece(kind=_OPENS[token.type], number=number)


# -- rules of our own ------------------------------------------------------------------------------------------------


def _escape(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls its rules
    """A backslash before a sign of ours keeps it a sign; before anything else it is a backslash, as it stands in paths
    and before what merely looks like a mask.
    """
    found = _ESCAPED.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = found[1], found[0], "escape"
    state.pos = found.end()
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls its rules
    """Stars and underscores, at the edges of words only: `2*3*4` is a sum (CommonMark's rule for underscores)."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = state.scanDelims(state.pos, False)
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open,
                close=scanned.can_close,
            )
        )
    state.pos += scanned.length
    return True


def _link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls its rules
    """Text in brackets and its address: no title, no masked place in either, no link within a link.

    Where the address is a masked place, nobody can follow it: its text stands before it, as a link's does.
    """
    if state.linkLevel:
        return False
    hidden = _LABEL.match(state.src, state.pos, state.posMax)
    if hidden is not None and hidden[2] == state.env["sign"]:
        if not silent:
            _read_label(state, hidden)
            state.push("text", "", 0).content = f" ({hidden[2]})"
        state.pos = hidden.end()
        return True
    found = _LINK.match(state.src, state.pos, state.posMax)
    if found is None or state.env["sign"] in found[0] or not _leads_somewhere(found[2]):
        return False
    if not silent:
        twice = found[1] == found[2]
        _open_link(state, found[2], behind="" if twice else found[2], twice=twice)
        _read_label(state, found)
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def _bare_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls its rules
    """An address that stands in the text, up to the sign that ends its sentence. Its scheme is pending already."""
    if state.src[state.pos] != ":" or silent or state.linkLevel:
        return False
    scheme, rest = _SCHEME.search(state.pending[-6:]), _BARE.match(state.src, state.pos, state.posMax)
    if scheme is None or rest is None or state.env["sign"] in state.src[state.pos : rest.end() + 1]:
        return False
    address = (scheme[1] + rest[0]).rstrip(_BEHIND_SENTENCE)
    if not _leads_somewhere(address):
        return False
    state.pending = state.pending[: -len(scheme[1])]
    state.pos += len(address) - len(scheme[1])
    _open_link(state, address)
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    return True


def _read_label(state: StateInline, link: re.Match[str]) -> None:
    """Read the text of a link; what is emphasised in it ends in it."""
    most, state.posMax, state.pos = state.posMax, link.end(1), link.start(1)
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.posMax = most


def _open_link(state: StateInline, href: str, *, behind: str = "", twice: bool = False) -> None:
    token = state.push("link_open", "a", 1)
    token.attrs, token.meta = {"href": href}, {"behind": behind, "twice": twice}


def _leads_somewhere(address: str) -> bool:
    """Return whether an address has a host and hides none behind a user's name, or is one mailbox."""
    return bool(_HOST.match(address) or _MAIL.match(address))


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "maxNesting": 20})
    parser.inline.ruler.at("escape", _escape)
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.inline.ruler.at("link", _link)
    parser.inline.ruler.at("linkify", _bare_address)
    return parser.enable(
        [
            "fence",
            "blockquote",
            "list",
            "newline",
            "escape",
            "backticks",
            "strikethrough",
            "emphasis",
            "link",
            "linkify",
        ]
    )


_parser: Final = _make_parser()
