"""Files that customers hand in: looked at by their first bytes, sealed, held, scanned, and handed out if clean."""

from doorward.flow.attachments.downloads import Downloads, OpenedFile
from doorward.flow.attachments.files import MEDIA_TYPES, media_type_of, safe_name
from doorward.flow.attachments.scanning import Scanning
from doorward.flow.attachments.service import AttachmentKept, Attachments
from doorward.flow.attachments.states import CLEAN, HELD, REFUSED

__all__ = [
    "CLEAN",
    "HELD",
    "MEDIA_TYPES",
    "REFUSED",
    "AttachmentKept",
    "Attachments",
    "Downloads",
    "OpenedFile",
    "Scanning",
    "media_type_of",
    "safe_name",
]
