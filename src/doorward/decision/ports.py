"""What a policy plugin gives."""

from typing import Protocol

from doorward.decision.rules import Rule


class Policy(Protocol):
    """A `policies/<name>` plugin: an ordered list of rules. Lower `priority` is asked first.

    One that companies may put their own rules in the place of also has `source() -> (text of rules.toml, cases)`.
    """

    id: str
    version: str
    priority: int

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules in the order in which they are tried."""
