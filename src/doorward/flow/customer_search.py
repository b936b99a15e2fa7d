"""Finding a customer's conversations by what the customer is known by: exactly, seldom, and never unseen."""

from collections.abc import Collection

from doorward import record
from doorward.admission import Admission
from doorward.identity import family_of
from doorward.kit.tx import Transactions, Tx
from doorward.protection import CustomerIndex, FindableKind
from doorward.record import Card, CardQuery
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, TooLarge
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

LONGEST = 200
"""Characters that may be looked for."""

MOST = 50
"""Conversations that are shown, the latest ones."""


class CustomerSearch:
    """The verb of whoever looks for a customer. `scope.actor` is the member of staff or the program who does."""

    def __init__(self, transactions: Transactions, *, admission: Admission, index: CustomerIndex) -> None:
        """Take the rooms that the verb needs."""
        self._transactions = transactions
        self._admission = admission
        self._index = index

    async def find(
        self, scope: Scope, wanted: WildText, *, kinds: Collection[FindableKind] = (), allowed: bool = True
    ) -> tuple[Card, ...]:
        """Return the conversations of the customers known by exactly this value, as one of `kinds`, the latest first.

        Without `kinds` it is looked for as all that it could be. Whoever is not `allowed` is answered as if there were
        nobody. Whatever comes of it, the audit says who looked for which kinds, never for what. Raises `Malformed`,
        `TooLarge` or `RateLimited`; only the last means that nothing is noted, since nothing was looked for.
        """
        self._admission.admit_search(scope)
        if len(wanted) > LONGEST:
            raise TooLarge(f"value: longer than {LONGEST} characters", limit=LONGEST)
        if wanted.is_blank:
            raise Malformed("value: blank")
        sought = tuple(kinds) or self._index.kinds_of(wanted)
        looked = AuditEvent(
            action="customers.searched",
            object_kind="tenant",
            object_id=scope.tenant_id,
            fields=sought,
            reason=None if allowed else "refused",
        )
        # Noted before anything is told: a search that nobody would hear of must not be answered.
        await self._transactions.write_async(scope, lambda _tx: Outcome(None, (looked,)))

        def read(tx: Tx) -> tuple[Card, ...]:
            found = self._index.find(tx, scope, wanted, kinds=sought)
            family = tuple(dict.fromkeys(one for party_id in found for one in family_of(tx, scope, party_id)))
            return record.list_cards(tx, scope, CardQuery(party_ids=family, limit=MOST))

        cards = await self._transactions.read_async(read)
        return cards if allowed else ()
