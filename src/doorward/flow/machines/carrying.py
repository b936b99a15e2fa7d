"""Carrying an order out that was granted and counted: by the company's procedure, told in the act's conversation."""

import contextlib
from collections.abc import Mapping

import msgspec

from doorward import record
from doorward.flow.machines.book import MachineBook
from doorward.flow.machines.requests import MachineAnswer, answered, conversation_of
from doorward.flow.procedures import Advanced, Errand, Here, Mandated, Speaking
from doorward.flow.procedures.executor import WAITING
from doorward.flow.procedures.work import day_of
from doorward.flow.tenancy import SettingsBook
from doorward.identity import Identity, Mandate, Use, UseState
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class Ordering:
    """Carries out what was granted. It grants nothing itself."""

    def __init__(
        self,
        transactions: Transactions,
        mandated: Mandated,
        *,
        speaking: Speaking,
        identity: Identity,
        books: tuple[MachineBook, SettingsBook],
    ) -> None:
        """Take who walks procedures, who writes down what is said, and what companies declare and decided."""
        self._transactions = transactions
        self._mandated = mandated
        self._speaking = speaking
        self._identity = identity
        self._book, self._settings = books

    def fulfil(
        self, scope: Scope, mandate: Mandate, use: Use, *, acting: PartyId, parameters: Mapping[str, str]
    ) -> MachineAnswer:
        """Have an order done once, for the mandate's owner, and note how it ended; it may be called again.

        `acting` is as whom: the mandate's own party, or the owner who allowed just this.
        """
        kind = self._book.of(scope.tenant_id).kinds.get(use.kind)
        here = self._here(scope, mandate, use, acting=acting)
        errand = None
        if kind is not None:
            errand = Errand(kind.procedure, kind.thing, parameters.get("thing", ""), dict(kind.answers))
        if errand is None:
            return self._noted(scope, use, state="failed")
        # Where the same request came twice at once the other one goes on, and this one tells how it stands.
        with contextlib.suppress(Conflict):
            self._do(here, errand, use)
        return self.standing(scope, use.id)

    def _do(self, here: Here, errand: Errand, use: Use) -> None:
        """Walk the procedure, and write down what came of it. Raises `Conflict` where somebody else walks it."""
        uses = self._identity.mandate_uses
        advanced = self._mandated.do_errand(here, errand)
        if advanced is None:
            self._transactions.write(here.scope, lambda tx: uses.finish(tx, here.scope, use.id, state="failed"))
            return
        state = _state_of(advanced)

        def finish(tx: Tx) -> Outcome[bool]:
            spoken = self._speaking.speak(tx, here, advanced, key=f"procedure:{use.id}")
            if not spoken.value:
                return spoken
            ended = uses.finish(tx, here.scope, use.id, state=state)
            return msgspec.structs.replace(spoken, entries=(*spoken.entries, *ended.entries))

        self._transactions.write(here.scope, finish)

    def standing(self, scope: Scope, use_id: str) -> MachineAnswer:
        """Return how an act stands, with the last that was said about it.

        What waited for a second person, or was not known, and turned out to be done, is noted as done.
        """

        def work(tx: Tx) -> Outcome[MachineAnswer]:
            uses = self._identity.mandate_uses
            use = uses.find(tx, scope, use_id)
            if use.state not in {"waiting", "unanswered"} or not _was_done(tx, scope, use_id):
                return Outcome(read(tx))
            ended = uses.finish(tx, scope, use_id, state="done")
            return Outcome(read(tx), ended.entries)

        def read(tx: Tx) -> MachineAnswer:
            use = self._identity.mandate_uses.find(tx, scope, use_id)
            here = conversation_of(scope, use_id)
            if record.card_of(tx, scope, here) is None:
                return answered(use)
            said = record.entries_of_kinds(tx, scope, (here,), kinds=("message.bot", "message.agent"), limit=1)
            text = said[0].entry.text if said else None
            return answered(use, here, text="" if text is None else text.text)

        return self._transactions.write(scope, work)

    def _noted(self, scope: Scope, use: Use, *, state: UseState) -> MachineAnswer:
        uses = self._identity.mandate_uses
        self._transactions.write(scope, lambda tx: uses.finish(tx, scope, use.id, state=state))
        return self.standing(scope, use.id)

    def _here(self, scope: Scope, mandate: Mandate, use: Use, *, acting: PartyId) -> Here:
        settings = self._settings.settings_of(scope.tenant_id)

        def read(tx: Tx) -> Here:
            conversation_id = conversation_of(scope, use.id)
            card = record.card_of(tx, scope, conversation_id)
            language = card.language if card is not None and card.language else settings.languages[0]
            return Here(
                scope=scope,
                conversation_id=conversation_id,
                party_id=mandate.acting_id,
                acting=acting,
                moment=use.id,
                language=language,
                today=day_of(tx.now, settings),
            )

        return self._transactions.read(read)


def _was_done(tx: Tx, scope: Scope, use_id: str) -> bool:
    """Return whether the ledger says by now that an act was done."""
    acted = record.entries_of_kinds(tx, scope, (conversation_of(scope, use_id),), kinds=("procedure.acted",), limit=10)
    return any(one.entry.data["outcome"] == "done" for one in acted)


def _state_of(advanced: Advanced) -> UseState:
    """Return how an order ended. What may have been done counts as done."""
    outcomes = {one.outcome for one in advanced.acted}
    if "done" in outcomes:
        return "done"
    if advanced.checks or "unanswered" in outcomes:
        return "unanswered"
    if advanced.outcome == WAITING:
        return "waiting"
    return "failed" if "unavailable" in outcomes else "declined"
