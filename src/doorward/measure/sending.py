"""Up to when scheduled reports were sent: each time of a schedule is seen to once."""

from datetime import datetime

from doorward.kit.tx import Tx
from doorward.measure import repository
from doorward.vocabulary.scope import Scope


def sent_until(tx: Tx, scope: Scope) -> dict[str, datetime]:
    """Return up to when each schedule was seen to, by its key; one that never was is left out."""
    return repository.find_sent(tx, scope)


def note_sent(tx: Tx, scope: Scope, schedule: str, until: datetime) -> bool:
    """Note that a schedule is seen to up to a moment; return False where it was already, by somebody else."""
    return repository.save_sent(tx, scope, schedule, until)
