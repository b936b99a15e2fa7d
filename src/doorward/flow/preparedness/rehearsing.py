"""The job that plays every scenario with what a company has, and keeps what was found."""

from collections.abc import Sequence
from typing import Final

from doorward import __version__
from doorward.admission.drill import Report, prepare, shipped_scenarios
from doorward.admission.kept import (
    PREPARE,
    Playing,
    Preparation,
    ask_preparation,
    begin_preparation,
    fail_preparation,
    finish_preparation,
    give_back_preparation,
    note_played,
)
from doorward.flow.preparedness.gathering import Gathering
from doorward.flow.preparedness.playing import Assignment, PlayFailed, Plays
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.own_process import ProcessStopped
from doorward.kit.tx import Transactions
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import Scope, system_scope

log = get_logger("flow.preparedness")

PREPARING_LANE: Final = "drills"
"""Playing takes minutes: nothing else waits behind it."""


class Preparing:
    """Handles `admission.prepare` jobs. May run twice: what was found for one that is over is not kept again."""

    kind = PREPARE

    def __init__(
        self,
        transactions: Transactions,
        *,
        gathering: Gathering,
        plays: Plays,
        scenarios: Sequence[str] | None = None,
    ) -> None:
        """Play `scenarios`, all that are shipped if they are not told, by `plays`."""
        self._transactions = transactions
        self._gathering = gathering
        self.plays = plays
        self._scenarios = tuple(shipped_scenarios() if scenarios is None else scenarios)

    def ask(self, scope: Scope) -> Preparation:
        """Ask for it; while one is under way, that is the one."""
        return self._transactions.write(scope, lambda tx: ask_preparation(tx, scope))

    def __call__(self, job: ClaimedJob) -> None:
        """Play as the job asks. Raises `ProcessStopped` and `Conflict` where it must be tried again."""
        self.play(system_scope(TenantId(job.tenant_id), "preparedness"), job.payload["id"])

    def play(self, scope: Scope, preparation_id: str) -> None:
        """Play one that was asked for, if it is still wanted. Raises as a call does."""
        ours = self._transactions.read(lambda tx: self._gathering.ours(tx, scope))
        assignment = Assignment(ours=ours, scenarios=self._scenarios)
        playing = Playing(ours=ours, version=__version__, scenarios=len(self._scenarios))
        if not self._transactions.write(scope, lambda tx: begin_preparation(tx, scope, preparation_id, playing)):
            return
        try:
            reports = self._played(scope, preparation_id, assignment)
        except PlayFailed as failure:
            reason = failure.reason
            self._transactions.write(scope, lambda tx: fail_preparation(tx, scope, preparation_id, reason))
            return
        except ProcessStopped:
            self._transactions.write(scope, lambda tx: give_back_preparation(tx, scope, preparation_id))
            raise
        if reports:
            found = prepare(reports, scale=ours.scale, at_once=ours.at_once)
            self._transactions.write(scope, lambda tx: finish_preparation(tx, scope, preparation_id, found))
            log.info("flow.preparedness.done", tenant_id=scope.tenant_id, preparation_id=preparation_id)

    def stop(self) -> None:
        """End what is being played; it is taken up at the next start."""
        self.plays.stop()

    def _played(self, scope: Scope, preparation_id: str, assignment: Assignment) -> Sequence[Report]:
        """Return what was played, nothing where it is not wanted any more."""
        reports: list[Report] = []
        for report in self.plays.play(assignment):
            reports.append(report)
            if not self._note(scope, preparation_id, len(reports)):
                return ()
        return reports

    def _note(self, scope: Scope, preparation_id: str, played: int) -> bool:
        return self._transactions.write(scope, lambda tx: note_played(tx, scope, preparation_id, played=played))
