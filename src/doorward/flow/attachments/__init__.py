"""Files that customers hand in: looked at by their first bytes, sealed, held, scanned, and handed out if clean."""

from doorward.flow.attachments.downloads import Downloads, OpenedFile
from doorward.flow.attachments.files import MEDIA_TYPES, media_type_of, safe_name, same_type
from doorward.flow.attachments.holding import HeldFile, hold
from doorward.flow.attachments.scanning import Scanning
from doorward.flow.attachments.service import AttachmentKept, Attachments
from doorward.flow.attachments.states import CLEAN, HELD, MOST, REFUSED, file_context

__all__ = [
    "CLEAN",
    "HELD",
    "MEDIA_TYPES",
    "MOST",
    "REFUSED",
    "AttachmentKept",
    "Attachments",
    "Downloads",
    "HeldFile",
    "OpenedFile",
    "Scanning",
    "file_context",
    "hold",
    "media_type_of",
    "safe_name",
    "same_type",
]
