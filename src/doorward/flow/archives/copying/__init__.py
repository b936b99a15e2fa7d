"""Masked copies of records: one module a format. What comes out holds only what was screened or asked to be kept."""

from collections.abc import Callable
from typing import Final

from doorward.flow.archives.copying.cells import copy_row
from doorward.flow.archives.copying.desk import Desk
from doorward.flow.archives.copying.mails import copy_boxed_mail, copy_mail
from doorward.flow.archives.copying.objects import copy_object
from doorward.flow.archives.copying.texts import copy_block
from doorward.flow.archives.terms import FormatName

CopyRecord = Callable[[bytes, Desk], bytes]
"""Takes a record's bytes and the desk on which they are screened; returns the masked copy. Raises `Refused` only."""

COPIES: Final[dict[FormatName, CopyRecord]] = {
    "jsonl": copy_object,
    "csv": copy_row,
    "mbox": copy_boxed_mail,
    "eml": copy_mail,
    "text": copy_block,
}

__all__ = ["COPIES", "CopyRecord", "Desk"]
