"""Flow tests get a whole small flow."""

from tests.support.walking import flow

__all__ = ["flow"]
