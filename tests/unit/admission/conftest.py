"""What the tests of this room share."""

from tests.support.loopback import free_port, valkey_address

__all__ = ["free_port", "valkey_address"]
