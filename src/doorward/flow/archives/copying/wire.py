"""How a mail is written: lines of a heading, parts, and the marks between parts (RFC 2045 to 2047)."""

import base64
import quopri
import re
from collections.abc import Sequence
from typing import Final

_ROOM: Final = 42
"""Bytes in one encoded word, so that it stays under 75 characters."""

_PLAIN: Final = re.compile(r"[\x20-\x7e]{0,900}")


def heading_line(name: str, value: str) -> bytes:
    """Return one line of a heading with its end; what is not plain ASCII in encoded words, folded."""
    if _PLAIN.fullmatch(value) and "=?" not in value:
        return f"{name}: {value}\n".encode("ascii")
    words, word = [], b""
    for letter in value:
        encoded = letter.encode("utf-8", "replace")
        if len(word) + len(encoded) > _ROOM:
            words.append(word)
            word = b""
        word += encoded
    words.append(word)
    folded = "\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)
    return f"{name}: {folded}\n".encode("ascii")


def text_part(text: str, subtype: str = "plain", *, attached: bool = False) -> bytes:
    """Return a part with a text, heading and all."""
    body = quopri.encodestring(text.replace("\r\n", "\n").encode("utf-8", "replace"))
    disposition = "Content-Disposition: attachment\n" if attached else ""
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n{disposition}\n"
    ).encode("ascii") + body


def joined_parts(parts: Sequence[bytes], subtype: str, *, mark: str) -> bytes:
    """Return parts as one of the kind multipart. `mark` is different for each; no encoded part can hold it."""
    boundary = f"=_{mark}"
    heading = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n'.encode("ascii")
    between = f"--{boundary}\n".encode("ascii")
    return heading + b"".join(between + part + b"\n" for part in parts) + f"--{boundary}--\n".encode("ascii")


def mail_part(mail: bytes) -> bytes:
    """Return a mail as a part of another one."""
    return b"Content-Type: message/rfc822\n\n" + mail
