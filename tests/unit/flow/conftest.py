"""Flow tests get a whole small flow, and an office with staff."""

from tests.support.identities import office
from tests.support.walking import flow

__all__ = ["flow", "office"]
