"""Mails, copied: their texts masked, everything else left out with a note in its place.

A copy is written anew from what was understood, so that nothing gets into it that was not screened.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from typing import Final

from doorward.flow.archives.copying.desk import Desk
from doorward.flow.archives.copying.headings import NOWHERE, Mail, copied_heading
from doorward.flow.archives.copying.html import as_html, visible_text
from doorward.flow.archives.copying.wire import joined_parts, mail_part, text_part
from doorward.flow.archives.terms import LONGEST_RECORD, Refused

MOST_PARTS: Final = 200
DEEPEST: Final = 20
MOST_LINES: Final = 600_000
"""Lines of one mail. A mail of the greatest size has no more when it is written as mails are."""

_MOST_MARKS: Final = 100
_MARK: Final = re.compile(rb"boundary", re.IGNORECASE)
_MOST_HEADINGS: Final = 2_000
_CHARSETS: Final = re.compile(
    r"(us-)?ascii|utf-?8|utf-16(le|be)?|utf-32(le|be)?|(iso-|latin-?)[\w-]{1,12}|(windows-|cp)?1?25\d|cp\d{3,4}|koi8-[ru]"
    r"|gb2312|gbk|gb18030|big5(-hkscs)?|euc-(jp|kr|cn)|shift[-_]jis|ks_c_5601-1987|mac-?roman"
)
_MULTIPART: Final = frozenset(("mixed", "alternative", "related", "digest", "parallel", "report", "signed"))
_BOXED: Final = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_LIKE_A_START: Final = re.compile(rb"^(?=>*From )", re.MULTILINE)


def copy_mail(data: bytes, desk: Desk) -> bytes:
    """Return a mail masked."""
    return _written(_parsed(data), desk)


def copy_boxed_mail(data: bytes, desk: Desk) -> bytes:
    """Return a mail with its `From ` line as it stands in a box, masked.

    Lines that look like such a line have one `>` more in a box than in the mail (the kind of box called mboxrd).
    """
    _, _, mail = data.partition(b"\n")
    parsed = _parsed(_BOXED.sub(b"", mail))
    copied = _LIKE_A_START.sub(b">", _written(parsed, desk))
    return f"From {NOWHERE} {_stamp(parsed)}\n".encode("ascii") + copied.rstrip(b"\n") + b"\n\n"


def _stamp(mail: Mail) -> str:
    """Return when a mail was sent as a box writes it (RFC 4155), the beginning of time if it does not say."""
    try:
        sent = parsedate_to_datetime(str(mail.get("Date", ""))[:100])
    except (ValueError, TypeError, OverflowError, IndexError):
        return "Thu Jan  1 00:00:00 1970"
    return sent.ctime()


def _parsed(data: bytes) -> Mail:
    """Return a mail taken apart. Raises `Refused` for one that would take too long, or that cannot be."""
    if data.count(b"\n") > MOST_LINES:
        raise Refused("too_large")
    if sum(1 for _ in zip(_MARK.finditer(data), range(_MOST_MARKS + 1), strict=False)) > _MOST_MARKS:
        raise Refused("too_many_parts")
    try:
        mail = message_from_bytes(data, policy=compat32)
    except (RecursionError, ValueError, LookupError, AssertionError, AttributeError, TypeError, IndexError):
        raise Refused("broken_mail") from None
    if not mail.keys():
        raise Refused("broken_mail")
    if sum(1 for part in _all_parts(mail) for _ in part.items()) > _MOST_HEADINGS * MOST_PARTS:
        raise Refused("too_large")
    return mail


def _all_parts(mail: Mail) -> Iterator[Mail]:
    try:
        for number, part in enumerate(mail.walk()):
            if number >= MOST_PARTS:
                raise Refused("too_many_parts")
            yield part
    except RecursionError:
        raise Refused("too_many_parts") from None


def _written(mail: Mail, desk: Desk, *, depth: int = 0, mark: str = "") -> bytes:
    """Return a mail copied, heading and content."""
    heading = b"".join(copied_heading(mail, desk))
    return heading + b"MIME-Version: 1.0\n" + _part(mail, desk, depth=depth, mark=mark or f"doorward_{desk.number}")


def _part(part: Mail, desk: Desk, *, depth: int, mark: str) -> bytes:
    """Return one part copied, or a note in its place."""
    if depth > DEEPEST:
        raise Refused("too_many_parts")
    kind, subtype = part.get_content_maintype(), part.get_content_subtype()
    inner = part.get_payload() if part.is_multipart() else None  # a text is decoded where its charset is looked at
    if kind == "multipart" and isinstance(inner, list):
        parts = [
            _part(one, desk, depth=depth + 1, mark=f"{mark}_{number}")
            for number, one in enumerate(inner)
            if isinstance(one, Message)
        ]
        known = subtype if subtype in _MULTIPART else "mixed"
        return joined_parts(parts, "mixed" if known in {"signed", "report"} else known, mark=mark)
    within = inner[0] if isinstance(inner, list) and len(inner) == 1 else None
    if kind == "message" and subtype == "rfc822" and isinstance(within, Message):
        return mail_part(_written(within, desk, depth=depth + 1, mark=f"{mark}_m"))
    if kind == "text":
        return _text(part, desk, subtype=subtype)
    if kind == "multipart":
        desk.refuse("broken_mail")
        return text_part(desk.order.notes[1])
    desk.replace()
    return text_part(desk.order.notes[0], attached=True)


def _text(part: Mail, desk: Desk, *, subtype: str) -> bytes:
    """Return a part with a text copied, or a note in its place where it cannot be read."""
    shown = subtype if subtype in {"plain", "html", "csv", "calendar"} else "plain"
    field = f"text/{shown}"
    attached = str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")
    try:
        text = _decoded(part, field)
        if shown == "html":
            return text_part(as_html(desk.text(visible_text(text), field=field)), "html", attached=attached)
        return text_part(desk.text(text, field=field), shown, attached=attached)
    except Refused as refused:
        desk.refuse(refused.reason, field=field)
        return text_part(desk.order.notes[1])


def _decoded(part: Mail, field: str) -> str:
    """Return the text of a part. Raises `Refused`."""
    try:
        data = part.get_payload(decode=True)
        charset = str(part.get_content_charset("utf-8")).lower()
    except (ValueError, LookupError, UnicodeError, AttributeError, TypeError, IndexError):
        raise Refused("broken_mail", field=field) from None
    if not isinstance(data, bytes):
        raise Refused("broken_mail", field=field)
    if len(data) > LONGEST_RECORD:
        raise Refused("too_large", field=field)
    if not _CHARSETS.fullmatch(charset):
        raise Refused("unknown_charset", field=field)
    # Programs that claim ASCII and send more mean UTF-8 today.
    charset = "utf-8" if charset in {"us-ascii", "ascii"} else charset
    try:
        return data.decode(charset)
    except UnicodeDecodeError:
        raise Refused("wrong_encoding", field=field) from None
    except LookupError:
        raise Refused("unknown_charset", field=field) from None
