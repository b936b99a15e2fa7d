"""HTTP Message Signatures (RFC 9421): reading them strictly, and the profile in which machines say who they are.

Pure: no network, no clock, no store. Who calls brings the time and the keys, and remembers the nonces.
"""

from doorward.kit.signatures.bot_auth import ACCEPTED, BOT_AUTH, GOOD_FOR, SKEW, WINDOW, Claim, Profile, read_claim
from doorward.kit.signatures.digests import check_digest, content_digest
from doorward.kit.signatures.directory import LARGEST, directory_of, platform_of, read_directory
from doorward.kit.signatures.keys import KEY_ID, MOST_KEYS, VerifyingKey, public_of, read_keys, thumbprint_of
from doorward.kit.signatures.message import HttpMessage, components_of, signature_base
from doorward.kit.signatures.refused import Fault, SignatureRefused
from doorward.kit.signatures.shared import ACCEPTED_OF_DEVICES, DEVICES, SharedSecret

__all__ = [
    "ACCEPTED",
    "ACCEPTED_OF_DEVICES",
    "BOT_AUTH",
    "DEVICES",
    "GOOD_FOR",
    "KEY_ID",
    "LARGEST",
    "MOST_KEYS",
    "SKEW",
    "WINDOW",
    "Claim",
    "Fault",
    "HttpMessage",
    "Profile",
    "SharedSecret",
    "SignatureRefused",
    "VerifyingKey",
    "check_digest",
    "components_of",
    "content_digest",
    "directory_of",
    "platform_of",
    "public_of",
    "read_claim",
    "read_directory",
    "read_keys",
    "signature_base",
    "thumbprint_of",
]
