"""Why a signature was not taken."""

from typing import Literal

Fault = Literal["missing", "malformed", "incomplete", "digest", "expired", "early", "forged"]
"""missing: there is none · malformed: it cannot be read · incomplete: it does not cover what it must, or what the
message does not have · digest: the body is another one · expired, early: not good any more, not yet · forged: it was
not made over this message with this key."""


class SignatureRefused(Exception):
    """A signature was not taken. `fault` is a code; the sentence helps its sender, and repeats nothing of theirs."""

    def __init__(self, fault: Fault, reason: str) -> None:
        """Take the code and the sentence."""
        super().__init__(reason)
        self.fault: Fault = fault
        self.reason = reason
