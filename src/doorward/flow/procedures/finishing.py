"""Writing down what came of a message for procedures: where runs stand, what was done, and the code that is mailed."""

from typing import Any

from doorward.flow.procedures.calling_off import can_refuse, refuse
from doorward.flow.procedures.checking import check_job
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Acted, Advanced
from doorward.flow.procedures.verifying import own_address
from doorward.flow.procedures.writing import fits, write_moves
from doorward.identity import Identity
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.text import house_text


class Finishing:
    """Writes, in the caller's transaction, all or nothing."""

    def __init__(self, identity: Identity) -> None:
        """Have `identity` mail codes."""
        self._identity = identity

    def fits(self, tx: Tx, here: Here, advanced: Advanced) -> bool:
        """Return whether nobody went on with these runs meanwhile, or decided about what is called off."""
        if advanced.refuses and not can_refuse(tx, here.scope, advanced.refuses):
            return False
        return fits(tx, here, advanced.moves)

    def write(self, tx: Tx, here: Here, advanced: Advanced) -> Outcome[None]:
        """Keep the runs, and return the lines and jobs that belong to them. Raises `Conflict` unless it `fits`."""
        write_moves(tx, here, advanced.moves, takes=advanced.takes)
        lines: list[Entry | AuditEvent] = [acted_line(tx, here, one) for one in advanced.acted]
        lines += _note_lines(tx, here, advanced)
        if advanced.refuses:
            lines += refuse(tx, here.scope, advanced.refuses)
        jobs: list[Job] = []
        if advanced.code and here.acting is not None:
            address = own_address(tx, here, identity=self._identity)
            mailed = self._identity.step_up.start(tx, here.scope, here.acting, email=address)
            lines += mailed.entries
            jobs += mailed.jobs
        jobs += [check_job(tx, here, move.run) for move in advanced.moves if move.run.id == advanced.checks]
        return Outcome(None, tuple(lines), tuple(jobs))


def _note_lines(tx: Tx, here: Here, advanced: Advanced) -> tuple[Entry, ...]:
    """Return the note for whoever takes over; the customer never sees it."""
    if not advanced.note:
        return ()
    line = Entry(
        kind="note.written",
        conversation_id=here.conversation_id,
        party_id=here.party_id,
        key=f"note:procedure:{here.moment}",
        at=tx.now,
        actor=here.scope.actor,
        text=house_text(advanced.note),
        data={"mentions": []},
    )
    return (line,)


def acted_line(tx: Tx, here: Here, acted: Acted) -> Entry:
    """Return the ledger's line of an act; the same act with the same outcome is written once."""
    data: dict[str, Any] = {
        "procedure": acted.procedure,
        "version": acted.version,
        "step": acted.step,
        "operation": acted.operation,
        "outcome": acted.outcome,
        "level": acted.level,
        "run": acted.run_id,
    }
    return Entry(
        kind="procedure.acted",
        conversation_id=here.conversation_id,
        party_id=here.party_id,
        key=f"procedure.acted:{acted.key}:{acted.outcome}",
        at=tx.now,
        actor=here.scope.actor,
        data=data,
    )


def told_of(advanced: Advanced) -> dict[str, str]:
    """Return what the ledger's line of a reply says of a procedure: codes, no value of a customer's."""
    return {
        "id": advanced.procedure,
        "awaits": advanced.awaits,
        "kind": advanced.kind,
        "slot": advanced.slot,
        "outcome": advanced.outcome,
    }
