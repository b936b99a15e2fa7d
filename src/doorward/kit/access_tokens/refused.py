"""Why an access token is not taken."""

from typing import Literal

TokenFault = Literal["malformed", "algorithm", "key", "signature", "expired", "early", "issuer", "audience"]


class TokenRefused(Exception):
    """The token does not hold. `reason` is a sentence for who wrote the program, and quotes nothing of the token."""

    def __init__(self, fault: TokenFault, reason: str) -> None:
        """Take the code and the sentence."""
        super().__init__(reason)
        self.fault: TokenFault = fault
        self.reason = reason
