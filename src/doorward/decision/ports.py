"""What a policy plugin gives."""

from typing import Protocol

from doorward.decision.rules import Rule


class Policy(Protocol):
    """A `policies/<name>` plugin: an ordered list of rules. Lower `priority` is asked first."""

    id: str
    version: str
    priority: int

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules in the order in which they are tried."""
