"""Blocks of text, copied."""

from doorward.flow.archives.copying.desk import Desk
from doorward.flow.archives.terms import Refused

FIELD = "text"


def copy_block(data: bytes, desk: Desk) -> bytes:
    """Return a block masked. Where it cannot be read, its lines are taken one by one, and the bad ones left out."""
    encoding = desk.order.encoding
    try:
        return desk.text(data.decode(encoding), field=FIELD).encode(encoding, "replace")
    except UnicodeDecodeError:
        return b"".join(_copy_line(line, desk) for line in data.splitlines(keepends=True))


def _copy_line(line: bytes, desk: Desk) -> bytes:
    encoding = desk.order.encoding
    try:
        return desk.text(line.decode(encoding), field=FIELD).encode(encoding, "replace")
    except UnicodeDecodeError:
        desk.refuse("wrong_encoding")
    except Refused as refused:
        desk.refuse(refused.reason)
    return b""
