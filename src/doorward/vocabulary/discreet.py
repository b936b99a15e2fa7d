"""Values that must not show themselves by accident."""

import msgspec


class Discreet(msgspec.Struct, frozen=True):
    """A struct whose repr shows no values: what it holds came from outside and may be personal or secret."""

    def __repr__(self) -> str:
        """Show the kind only."""
        return f"<{type(self).__name__}>"
