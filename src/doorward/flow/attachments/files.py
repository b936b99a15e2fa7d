"""What a file is by its content, and a name that nothing can trip over."""

import unicodedata
from typing import Final

import msgspec

from doorward.vocabulary.text import MaskedText

MEDIA_TYPES: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
}
"""What may be handed in, with the ending that its names get. Nothing that a program would run or a browser execute."""

_ALSO_CALLED: Final = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/heif": "image/heic"}
_ENDINGS: Final = {"jpeg": "jpg", "heif": "heic"}
_UNSAFE: Final = frozenset("<>:\"/\\|?*&'`$;%")
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})


def media_type_of(content: bytes) -> str | None:
    """Return what the first bytes say a file is, None for everything that is not taken.

    The signatures are those of PNG (ISO/IEC 15948), JPEG (ISO/IEC 10918), WebP (RFC 9649), HEIF (ISO/IEC 23008-12) and
    PDF (ISO 32000, at the very beginning: elsewhere it may hide behind another format).
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    return None


def same_type(claimed: str, found: str) -> bool:
    """Return whether the sender called the file what it is; `application/octet-stream` claims nothing."""
    return claimed == "application/octet-stream" or _ALSO_CALLED.get(claimed, claimed) == found


def safe_name(name: MaskedText, media_type: str) -> MaskedText:
    """Return a file's name without anything that a path, a page, a shell or a reader's eye could trip over.

    Separators, control and direction characters each become `_`, one for one, so that masked places stay where they
    are; the ending says what the file is, whatever it said before.
    """
    text = "".join(_safe(character) for character in name.text)
    if text[:1] == ".":
        text = f"_{text[1:]}"
    ending = MEDIA_TYPES[media_type]
    said = text.rpartition(".")[2].casefold()
    if _ENDINGS.get(said, said) != ending:
        text = f"{text}.{ending}"
    return msgspec.structs.replace(name, text=text)


def _safe(character: str) -> str:
    if character in _UNSAFE or unicodedata.category(character)[0] == "C" or character in "\u2028\u2029":
        return "_"
    return character
