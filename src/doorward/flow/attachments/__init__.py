"""Files that customers hand in and replies bring: looked at by their first bytes, sealed, held, scanned, handed out."""

from doorward.flow.attachments.downloads import Downloads, OpenedFile
from doorward.flow.attachments.files import MEDIA_TYPES, media_type_of, safe_name, same_type
from doorward.flow.attachments.holding import HeldFile, hold
from doorward.flow.attachments.leftovers import KEPT_BESIDE, Leftovers, withdrawn
from doorward.flow.attachments.outgoing import (
    OutgoingFile,
    any_refused,
    are_clean,
    bind,
    going_with,
    lying_beside,
    release,
    sent_lines,
)
from doorward.flow.attachments.scanning import Scanning
from doorward.flow.attachments.service import AttachmentKept, Attachments
from doorward.flow.attachments.states import CLEAN, HELD, MOST, REFUSED, file_context

__all__ = [
    "CLEAN",
    "HELD",
    "KEPT_BESIDE",
    "MEDIA_TYPES",
    "MOST",
    "REFUSED",
    "AttachmentKept",
    "Attachments",
    "Downloads",
    "HeldFile",
    "Leftovers",
    "OpenedFile",
    "OutgoingFile",
    "Scanning",
    "any_refused",
    "are_clean",
    "bind",
    "file_context",
    "going_with",
    "hold",
    "lying_beside",
    "media_type_of",
    "release",
    "safe_name",
    "same_type",
    "sent_lines",
    "withdrawn",
]
