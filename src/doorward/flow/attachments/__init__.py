"""Files that customers hand in: looked at by their first bytes, sealed, and held until something has scanned them."""

from doorward.flow.attachments.files import MEDIA_TYPES, media_type_of, safe_name
from doorward.flow.attachments.service import HELD, AttachmentKept, Attachments

__all__ = ["HELD", "MEDIA_TYPES", "AttachmentKept", "Attachments", "media_type_of", "safe_name"]
