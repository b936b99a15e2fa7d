"""The two kinds of text: wild, as it came from outside, and masked, as everything inside may see it."""

from typing import Any, Final, NoReturn

import msgspec

from doorward.vocabulary.ids import SpanId


class WildTextMisused(TypeError):
    """Wild text was about to be printed, compared, hashed, copied or stored; only `protection` may open it."""


class WildText:
    """Text from outside that nobody has screened yet.

    It refuses everything that could let its content escape by accident: `str()`, formatting, comparison, hashing,
    pickling and copying raise `WildTextMisused`; its repr shows only a length. `uncover()` is the one way in and an
    architecture test lets only `doorward.protection` call it (house law 1).
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        """Wrap `text`, of any length and content, lone surrogates included."""
        if not isinstance(text, str):
            raise TypeError("WildText wraps str")
        self.__text: Final = text

    def uncover(self) -> str:
        """Return the raw text. For `doorward.protection` alone."""
        return self.__text

    def __len__(self) -> int:
        """Return the number of characters (Unicode code points); a length says nothing of the content."""
        return len(self.__text)

    @property
    def utf8_size(self) -> int:
        """Return the size in bytes as UTF-8, lone surrogates counted as three bytes each."""
        return len(self.__text.encode("utf-8", "surrogatepass"))

    @property
    def is_blank(self) -> bool:
        """Return whether there is nothing but white space."""
        return not self.__text.strip()

    def __repr__(self) -> str:
        """Show the length only."""
        return f"<WildText {len(self.__text)} chars>"

    def __refuse(self, what: str) -> NoReturn:
        raise WildTextMisused(f"wild text must not be {what}; screen it first (doorward.protection)")

    def __str__(self) -> NoReturn:  # noqa: PLE0307 - it never returns
        """Refuse."""
        self.__refuse("turned into str")

    def __format__(self, _spec: str) -> NoReturn:
        """Refuse."""
        self.__refuse("formatted")

    def __eq__(self, _other: object) -> NoReturn:
        """Refuse."""
        self.__refuse("compared")

    def __ne__(self, _other: object) -> NoReturn:
        """Refuse."""
        self.__refuse("compared")

    def __hash__(self) -> NoReturn:  # noqa: PLE0309 - it never returns
        """Refuse."""
        self.__refuse("hashed")

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        """Refuse."""
        self.__refuse("pickled or copied")


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One masked place: `start` and `end` are characters of the masked text, `kind` what stood there.

    `id` finds the sealed original, for those who may ask for it; it is `None` where nothing was sealed.
    """

    kind: str
    start: int
    end: int
    id: SpanId | None = None
    subkind: str | None = None


class MaskedText(msgspec.Struct, frozen=True):
    """Text that is safe to store, index, log the length of and show: sensitive places read `[KIND]` or `[KIND·tail]`.

    `spans` are ordered, do not overlap, and are the only truth about what was masked: text that merely looks like a
    mask is text that somebody typed (and is shown with a backslash before it).
    """

    text: str
    spans: tuple[Span, ...] = ()

    def __len__(self) -> int:
        """Return the number of characters of the masked text."""
        return len(self.text)


def house_text(text: str) -> MaskedText:
    """Return text that Doorward itself wrote (a reply, a notice) as masked text without masked places."""
    return MaskedText(text)


def shifted(spans: tuple[Span, ...], *, by: int) -> tuple[Span, ...]:
    """Return the spans of a text as they lie where so many characters stand before it."""
    return tuple(msgspec.structs.replace(span, start=span.start + by, end=span.end + by) for span in spans)


def without_spans(masked: MaskedText) -> str:
    """Return a text with a space for every masked place: what is read, learnt from, and heard for an answer.

    Nothing stands in: a word such as 'card' would be taken for the customer's own.
    """
    parts, end = [], 0
    for span in masked.spans:
        parts.append(masked.text[end : span.start])
        end = span.end
    parts.append(masked.text[end:])
    return " ".join(parts)
