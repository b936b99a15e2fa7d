"""What the contract tests share."""

from tests.support.loopback import free_port

__all__ = ["free_port"]
