"""Access tokens of OAuth 2.0 as JSON Web Tokens (RFC 9068): reading them strictly, and the keys of who issues them.

Pure: no network, no clock, no store. Who calls brings the time, the keys, and what is expected.
"""

from doorward.kit.access_tokens.keys import ALGORITHMS, MEDIA_TYPES, Algorithm, PublicKeys, read_key_set
from doorward.kit.access_tokens.refused import TokenFault, TokenRefused
from doorward.kit.access_tokens.token import LONGEST, SKEW, AccessClaims, Unproven, read_token

__all__ = [
    "ALGORITHMS",
    "LONGEST",
    "MEDIA_TYPES",
    "SKEW",
    "AccessClaims",
    "Algorithm",
    "PublicKeys",
    "TokenFault",
    "TokenRefused",
    "Unproven",
    "read_key_set",
    "read_token",
]
