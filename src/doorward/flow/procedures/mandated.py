"""Procedures that nobody talks to: a machine's order walks the same steps, and its owner's mandate answers them.

What is asked has one answer, given beforehand: the thing that is ordered for, a choice of the company's own, and a yes
to exactly that call. Whatever else is asked ends the run: there is nobody to answer it.
"""

from typing import Final, NamedTuple

import msgspec

from doorward.answering.procedures import Procedure, Run, keeping
from doorward.answering.procedures.run import Ask, Cancelled, Chose, Confirm, Event, Started, Verify, Want
from doorward.answering.procedures.state import want_of
from doorward.flow.procedures.executor import Executor, run_id_of
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Advanced
from doorward.flow.procedures.masking import values_told
from doorward.flow.procedures.work import ProcedureRooms
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import PartyId

_MOST_QUESTIONS: Final = 20


class Errand(NamedTuple):
    """What is to be done: a procedure, the kind of thing it is for and its key ("" where there is one), and choices."""

    procedure: str
    of: str
    thing: str
    choices: dict[str, str]


class Mandated:
    """Carries errands out. Thread-safe."""

    def __init__(self, transactions: Transactions, rooms: ProcedureRooms) -> None:
        """Take the rooms of procedures: the same gate, and no other."""
        self._transactions = transactions
        self._rooms = rooms

    def do_errand(self, here: Here, errand: Errand) -> Advanced | None:
        """Begin an errand, or take it up where a crash left it; return all that came of it.

        None where the company has no such procedure, or it is over already. Nothing is asked of anybody: where the
        procedure wants something that the errand does not hold, it ends without an act.
        """
        rooms, tenant = self._rooms, self._rooms.book.of(here.scope.tenant_id)
        procedure = None if tenant is None else tenant.procedures.get(errand.procedure)
        if tenant is None or procedure is None:
            return None
        executor = Executor(here, tenant, gate=rooms.gate, verifying=rooms.verifying, sentences=rooms.sentences)
        executor.owned_by(here.party_id, find=lambda run_id: self._kept(here, run_id))
        run_id = run_id_of(here, procedure.id)
        kept = self._transactions.read(lambda tx: _find(tx, here, run_id))
        if kept is None:
            level = rooms.verifying.level(here)
            executor.begin(procedure, Started(level=level, today=here.today.isoformat()))
        elif kept.is_over:
            return None
        else:
            executor.journey.know(kept)
            executor.take_up(kept)
        self._answer_all(executor, procedure, run_id, errand)
        told = values_told(executor.journey.runs, procedure_of=tenant.of_run)
        ended = msgspec.structs.replace(executor.journey.ended(), code=False, choices=(), awaits="")
        return rooms.masking.mask(here, ended, told)

    def _answer_all(self, executor: Executor, procedure: Procedure, run_id: str, errand: Errand) -> None:
        for _ in range(_MOST_QUESTIONS):
            run = next((one for one in reversed(executor.journey.runs) if one.id == run_id), None)
            want = None if run is None else want_of(procedure, run)
            if run is None or not isinstance(want, Ask | Confirm | Verify):
                return
            event = _answer(procedure, run, want, errand)
            if event is not None:
                executor.journey.said.clear()  # a question that is answered already is none to anybody
            executor.feed(run, event or Cancelled())
        run = next(one for one in reversed(executor.journey.runs) if one.id == run_id)
        if not run.is_over:
            executor.feed(run, Cancelled())

    def _kept(self, here: Here, run_id: str) -> tuple[Run, PartyId]:
        kept = self._transactions.read(lambda tx: keeping.find(tx, here.scope, run_id))
        return kept.run, kept.party_id


def _find(tx: Tx, here: Here, run_id: str) -> Run | None:
    try:
        return keeping.find(tx, here.scope, run_id).run
    except NotFound:
        return None


def _answer(procedure: Procedure, run: Run, want: Want, errand: Errand) -> Event | None:
    """Return what answers a question, None where nothing does that was given beforehand."""
    match want:
        case Ask():
            slot = procedure.slots[want.slot]
            answer = errand.choices.get(want.slot, "")
            if slot.kind == "thing" and slot.of == errand.of:
                answer = errand.thing
            # A second time the same answer would be none again.
            return Chose(key=answer) if answer and not want.unclear and not run.failures else None
        case Confirm():
            return Chose(key="yes") if _is_meant(procedure, want, errand) else None
        case _:
            return None


def _is_meant(procedure: Procedure, want: Confirm, errand: Errand) -> bool:
    """Return whether a yes would do what was asked for: every thing in every call is the one that was named."""
    for call in want.calls:
        arguments = procedure.known.operations[call.operation].arguments
        for name, value in call.arguments.items():
            if arguments[name].kind != "thing":
                continue
            if arguments[name].of != errand.of or (errand.thing and value != errand.thing):
                return False
    return bool(want.calls)
