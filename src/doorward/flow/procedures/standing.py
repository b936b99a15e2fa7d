"""How things stand with procedures when a message comes: what may begin, what is under way, who the customer is."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from doorward.answering.procedures import KeptRun, Procedure, Run
from doorward.flow.procedures.book import TenantProcedures
from doorward.flow.procedures.here import Here

PAUSE: Final = timedelta(hours=12)
"""After which somebody is asked first whether what was begun shall go on."""


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a second person and was not decided about; `is_told`: the bot's last words were that it waits."""

    kept: KeptRun
    agreement_id: str
    is_told: bool


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk knows of procedures before it decides. `level` is how surely the acting party is known now.

    `kept` is the run that is under way here, or else elsewhere for the same customer. `just_ended` is the
    procedure that ended with the bot's last words, empty if none did or one is under way. `waits` can be called off
    here, as long as nothing is under way.
    """

    procedures: TenantProcedures
    kept: KeptRun | None
    level: int
    now: datetime
    just_ended: str = ""
    waits: Waits | None = None

    @property
    def run(self) -> Run | None:
        """Return the run that is under way, None if none is."""
        return None if self.kept is None else self.kept.run

    @property
    def procedure(self) -> Procedure | None:
        """Return the procedure that is under way, None if none is or it is gone."""
        return None if self.kept is None else self.procedures.of_run(self.kept.run)

    @property
    def asks(self) -> bool:
        """Return whether a question of a procedure waits for the customer, here or elsewhere."""
        return self.run is not None and self.run.awaits in {"answer", "confirmation", "verification"}

    def is_left(self, here: Here) -> bool:
        """Return whether the run was left: in another conversation, or long ago. Then it is asked about first."""
        kept = self.kept
        if kept is None or kept.run.suspended:
            return False
        return kept.conversation_id != here.conversation_id or self.now - kept.touched_at > PAUSE
