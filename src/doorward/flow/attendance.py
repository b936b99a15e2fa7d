"""Who is at the desk: an agent who is signed in nowhere takes no conversations."""

from doorward import routing
from doorward.identity import Sessions
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.ids import SessionId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class Attendance:
    """Keeps presence true to sessions: they end by signing out, by idleness, and when somebody is shut out."""

    def __init__(self, transactions: Transactions, sessions: Sessions) -> None:
        """Take the sessions of staff."""
        self._transactions = transactions
        self._sessions = sessions

    async def sign_out(self, scope: Scope, session_id: SessionId) -> None:
        """End a session; if it was the last of its holder, they are away from now on. Raises `NotFound`."""

        def work(tx: Tx) -> Outcome[None]:
            ended = self._sessions.sign_out(tx, scope, session_id)
            lapsed = routing.retire_absent(tx, scope, present=self._sessions.signed_in(tx, scope))
            return Outcome(None, (*ended.entries, *lapsed.entries))

        await self._transactions.write_async(scope, work)

    def retire_absent(self, scope: Scope) -> int:
        """Set away everybody whose sessions have all ended; return how many. Writes only if there is somebody."""
        if not self._transactions.read(lambda tx: self._absent(tx, scope)):
            return 0
        return self._transactions.write(
            scope, lambda tx: routing.retire_absent(tx, scope, present=self._sessions.signed_in(tx, scope))
        )

    def _absent(self, tx: Tx, scope: Scope) -> frozenset[str]:
        return routing.available_staff(tx, scope) - self._sessions.signed_in(tx, scope)
