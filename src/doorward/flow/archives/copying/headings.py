"""The heading of a mail: which of its lines a copy has, and what is left of them (RFC 5322)."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Final, TypeAlias

from doorward.flow.archives.copying.desk import Desk
from doorward.flow.archives.copying.wire import heading_line
from doorward.flow.archives.terms import Refused

Mail: TypeAlias = "Message[Any, Any]"
"""A mail, or a part of one."""

LONGEST_LINE: Final = 65_536
"""Characters of one line of a heading, unfolded."""

MOST_ADDRESSES: Final = 2_000
NOWHERE: Final = "masked@masked.invalid"
"""Stands for every address: a valid one that leads nowhere (RFC 2606)."""

_ADDRESSES: Final = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc")
_IDS: Final = ("Message-ID", "In-Reply-To", "References")
_ID: Final = re.compile(r"<[^<>\s]{1,998}>")
_ADDRESS: Final = re.compile(r"[^\s<>,;:\"()\[\]]{1,320}@[^\s<>,;:\"()]{1,255}")
_LETTER: Final = re.compile(r"\w")


def copied_heading(mail: Mail, desk: Desk) -> Iterator[bytes]:
    """Yield the lines of a mail's heading that a copy has, masked. Raises `Refused`.

    Subject and names are screened, addresses masked whatever they look like, ids replaced by others that lead from
    answer to question in the same way. The rest is dropped: programs wrote it, for programs.
    """
    for name in _ADDRESSES:
        for value in _values(mail, name):
            yield heading_line(name, _masked_addresses(value, name, desk))
    for value in _values(mail, "Subject"):
        yield heading_line("Subject", desk.text(value, field="Subject"))
    for value in _values(mail, "Date"):
        yield from _date(value)
    for name in _IDS:
        for value in _values(mail, name):
            ids = " ".join(_other_id(found, desk.order.secret) for found in _ID.findall(value)[:MOST_ADDRESSES])
            if ids:
                yield heading_line(name, ids)


def _values(mail: Mail, name: str) -> Iterator[str]:
    for value in mail.get_all(name, []):
        raw = str(value)
        if len(raw) > LONGEST_LINE:
            raise Refused("too_large", field=name)
        yield " ".join(_decoded(raw, name).split())


def _decoded(raw: str, name: str) -> str:
    """Return a heading's value with its encoded words decoded (RFC 2047). Raises `Refused`."""
    try:
        # Bytes beyond ASCII come as surrogates; most programs that send them mean UTF-8.
        raw = raw.encode("ascii", "surrogateescape").decode("utf-8")
        pieces = decode_header(raw) if "=?" in raw else [(raw, None)]
        return "".join(
            piece if isinstance(piece, str) else piece.decode(charset or "utf-8") for piece, charset in pieces
        )
    except (UnicodeError, LookupError, HeaderParseError, ValueError):
        raise Refused("unknown_charset", field=name) from None


def _masked_addresses(value: str, name: str, desk: Desk) -> str:
    """Return as many addresses as there are in a value, every one masked, with the names beside them masked too."""
    shown = []
    for address in _ADDRESS.findall(value)[:MOST_ADDRESSES]:
        desk.note(name, "EMAIL", length=len(address), rule="archive.address")
        shown.append(f"<{NOWHERE}>")
    beside = _ADDRESS.sub(" ", value)
    if _LETTER.search(beside):
        desk.text(value, field=name)
        desk.note(name, "PERSON", length=len(value), rule="archive.display_name")
        shown = [f'"[PERSON]" {one}' for one in shown] or [f'"[PERSON]" <{NOWHERE}>']
    return ", ".join(shown) or f"<{NOWHERE}>"


def _date(value: str) -> Iterator[bytes]:
    try:
        yield heading_line("Date", format_datetime(parsedate_to_datetime(value)))
    except (ValueError, TypeError, OverflowError, IndexError):
        return


def _other_id(found: str, secret: bytes) -> str:
    digest = hmac.new(secret, found.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
    return f"<{digest}@masked.invalid>"
