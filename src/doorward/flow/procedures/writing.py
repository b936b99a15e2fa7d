"""Writing where runs stand: all moves of a message together, or none because somebody else went on meanwhile."""

from collections.abc import Sequence

from doorward.answering.procedures import keeping
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Move
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import NotFound


def fits(tx: Tx, here: Here, moves: Sequence[Move]) -> bool:
    """Return whether all runs are kept as these moves believe; what they begin must not be there yet."""
    return all(_fits(tx, here, move) for move in moves)


def write_moves(tx: Tx, here: Here, moves: Sequence[Move], *, takes: str = "") -> None:
    """Keep where runs stand now, those of another conversation first taken over into this one.

    Raises `Conflict` when somebody else went on with one.
    """
    if takes:
        keeping.move(tx, here.scope, takes, to=here.conversation_id)
    for move in moves:
        before = move.before
        if before is None:
            before = move.run
            keeping.begin(tx, here.scope, before, conversation_id=here.conversation_id, party_id=here.party_id)
            if not before.is_over:
                continue
        keeping.keep(tx, here.scope, move.run, before=before)


def _fits(tx: Tx, here: Here, move: Move) -> bool:
    if move.before is None:
        active = keeping.active_run(tx, here.scope, conversation_id=here.conversation_id)
        return active is None or active.run.id in move.run.beneath
    try:
        kept = keeping.find(tx, here.scope, move.run.id)
    except NotFound:
        return False
    return kept.state != "ended" and kept.run.events == move.before.events
