"""What the tests of this room share."""

from tests.support.identities import office

__all__ = ["office"]
