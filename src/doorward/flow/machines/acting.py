"""The one way in for machines, whatever door they come by: each capability is what people have, behind a mandate."""

from datetime import timedelta
from typing import Final

import msgspec

from doorward.admission import Admission
from doorward.flow.accept import FrontDoor
from doorward.flow.flood import Admitted, By, FloodControl, Knock, Standing, knock_of, plain_code
from doorward.flow.machines.book import MachineBook
from doorward.flow.machines.carrying import Ordering
from doorward.flow.machines.opening import CHANNEL, asked, machine_scope, opened
from doorward.flow.machines.requests import MachineAct, MachineAnswer, answered, conversation_of, machine_id
from doorward.flow.machines.telling import Telling, seen
from doorward.flow.procedures import Gate, ProcedureBook
from doorward.flow.shares import ContactCount
from doorward.identity import (
    Allowed,
    Identity,
    Mandate,
    Notice,
    PairingCode,
    Refused,
    Use,
    UseState,
    Wanted,
    word_of,
)
from doorward.kit.clock import Clock
from doorward.kit.keys import KeyDestroyed, Keys
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.arrival import Arrival, ByMachine
from doorward.vocabulary.errors import Malformed, NotFound, SecretRefused
from doorward.vocabulary.machines import Capability, MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

LOOK_EVERY: Final = timedelta(hours=4)
"""How often orders are looked at for owners who are told of news: each look is a line in their list of accesses."""
_MOST_TOLD: Final = 10
_QUIET: Final = frozenset({"order.status", "notices"})
"""What begins no conversation."""
ORDERS: Final = "order"
"""The kind of things that tell how orders stand."""


class MachineRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What machines need of the house."""

    admission: Admission
    identity: Identity
    front_door: FrontDoor
    gate: Gate
    procedures: ProcedureBook
    book: MachineBook
    ordering: Ordering
    telling: Telling
    keys: Keys
    clock: Clock
    flood: FloodControl
    contacts: ContactCount


class Machines:
    """What machines do for their owners. Thread-safe; every call may block. The doors check signatures first."""

    def __init__(self, transactions: Transactions, rooms: MachineRooms) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._rooms = rooms

    def act_for_owner(self, scope: Scope, machine: MachineIdentity, act: MachineAct) -> MachineAnswer:
        """Do what a machine asks within its mandate, once for its key; or say why not, or that its owner was asked.

        The same request again tells how it stands by now. Raises `Malformed` for what cannot be asked at all, and as
        `FrontDoor.accept_here` for a text that is not taken.
        """
        match act.capability:
            case "order.place":
                return self._order(scope, machine, act)
            case "order.status":
                return self._status(scope, machine, act)
            case "notices":
                return self._notices(scope, machine, act)
            case _:
                return self._say(scope, machine, act)

    def standing_of(self, scope: Scope, machine: MachineIdentity, *, key: str) -> MachineAnswer:
        """Return how an act stands that this machine asked for under a key; nothing is begun or tried again by it.

        What was refused at once was never begun, and is not found; nor is anything without a mandate in use. Raises
        `NotFound`.
        """
        identity = self._rooms.identity

        mandate = self.owner_of(scope, machine)
        if mandate is None:
            raise NotFound("no such act")
        found = self._transactions.read(lambda tx: identity.mandate_uses.asked_for(tx, scope, mandate, key=key))
        if isinstance(found, Use):
            return self._rooms.ordering.standing(scope, found.id)
        code = word_of(found)
        return MachineAnswer(
            state="input-required" if code == "owner_asked" else "refused", code=code, approval_id=found.id
        )

    def present_code(self, scope: Scope, machine: MachineIdentity, *, code: str) -> Mandate:
        """Give the mandate of an owner's code to this machine; see `Pairing.present`."""
        pairing = self._rooms.identity.pairing
        return self._transactions.write(scope, lambda tx: pairing.present(tx, scope, machine, code=code))

    def ask_for_mandate(
        self, scope: Scope, machine: MachineIdentity, *, capabilities: tuple[Capability, ...]
    ) -> PairingCode:
        """Return a code that its future owner types in at the portal; see `Pairing.ask`."""
        pairing = self._rooms.identity.pairing
        return self._transactions.write(scope, lambda tx: pairing.ask(tx, scope, machine, capabilities=capabilities))

    def owner_of(self, scope: Scope, machine: MachineIdentity) -> Mandate | None:
        """Return the mandate in use by which a machine acts, None without one: for admission and for telling people."""
        mandates = self._rooms.identity.mandates
        mandate = self._transactions.read(lambda tx: mandates.of_machine(tx, scope, machine))
        return mandate if mandate is not None and mandate.state == "active" else None

    def tell_news(self, scope: Scope) -> int:
        """Look how orders stand of whom is told of news, and tell what changed; return how many were told.

        May be done again at any time: who was told of a change is not told again.
        """
        mandates = self._rooms.identity.mandates
        due = self._transactions.read(lambda tx: mandates.due_notices(tx, scope, before=tx.now - LOOK_EVERY))
        return sum(self._tell(scope, notice) for notice in due)

    def _tell(self, scope: Scope, notice: Notice) -> bool:
        mandates, procedures = self._rooms.identity.mandates, self._rooms.procedures.of(scope.tenant_id)
        mandate = self._transactions.read(lambda tx: mandates.find(tx, scope, notice.mandate_id))
        about, found = (conversation_of(scope, notice.mandate_id), ORDERS), None
        if procedures is not None and mandate.state == "active":
            found = self._rooms.gate.things_of(scope, mandate.acting_id, core=procedures.core, about=about)
        # What could not be looked at stands as it stood, and is looked at again in its turn.
        stands = notice.seen if found is None else seen(found)

        def work(tx: Tx) -> Outcome[bool]:
            is_news = notice.seen is not None and notice.seen != stands
            if not mandates.note_look(tx, scope, notice, seen=stands) or not is_news:
                return Outcome(value=False)
            told = self._rooms.telling.tell_news(tx, scope, mandate, (found or ())[:_MOST_TOLD])
            return Outcome(value=True, entries=told.entries, jobs=told.jobs)

        return self._transactions.write(scope, work)

    # -- the capabilities --------------------------------------------------------------------------------------------

    def _say(self, scope: Scope, machine: MachineIdentity, act: MachineAct) -> MachineAnswer:
        """Take a question or a report as a message of the owner's, which the walk answers or hands to people.

        It carries no proof of anybody's: what a machine writes starts no procedure and agrees to nothing.
        """
        if act.text is None or act.text.is_blank:
            raise Malformed("text: what the machine wants to say")
        self._rooms.admission.measure(act.text)
        said = self._require(scope, machine, Wanted(capability=act.capability, key=act.key), act)
        if isinstance(said, MachineAnswer):
            return said
        mandate, use = said.mandate, said.use
        if said.repeated and use.state != "begun":
            return self._rooms.ordering.standing(scope, use.id)
        arrival = Arrival(
            channel=CHANNEL,
            client_message_id=use.id,
            text=act.text,
            party_id=mandate.acting_id,
            conversation_id=conversation_of(scope, use.id),
            received_at=self._rooms.clock.now(),
            language=act.language,
            by_machine=ByMachine(
                platform=machine.platform, machine=machine_id(scope.tenant_id, machine), mandate=mandate.id
            ),
        )
        try:
            admitted = self._admitted(scope, machine, said, arrival)
            self._rooms.front_door.accept_here(machine_scope(scope, mandate), arrival, admitted=admitted)
        except SecretRefused:
            self._end(scope, use, state="failed")  # nobody has said what is refused
            raise
        self._end(scope, use, state="done")
        standing = self._rooms.ordering.standing(scope, use.id)
        return standing if standing.text else msgspec.structs.replace(standing, state="working")

    def _admitted(self, scope: Scope, machine: MachineIdentity, said: Allowed, arrival: Arrival) -> Admitted:
        """Return what a text is admitted to: each one that is new is a contact of its owner's, by the platform."""
        identity, flood = self._rooms.identity, self._rooms.flood
        language = plain_code(arrival.language)
        by = By(platform=f"machine:{machine.platform}", channel=CHANNEL, language=language, mandated=True)

        def read(tx: Tx) -> tuple[Knock, Standing]:
            party = identity.parties.spoken_for(tx, scope, arrival.party_id)
            return knock_of(tx, scope, party, arrival.conversation_id, by=by), flood.standing(tx, scope)

        knock, standing = self._transactions.read(read)
        # Its conversation was opened with the grant.
        return flood.admit_now(scope, msgspec.structs.replace(knock, begins=not said.repeated), standing)

    def _status(self, scope: Scope, machine: MachineIdentity, act: MachineAct) -> MachineAnswer:
        """Tell how the owner's orders stand, as they are now."""
        procedures = self._rooms.procedures.of(scope.tenant_id)
        said = self._require(scope, machine, Wanted(capability=act.capability, key=act.key), act)
        if isinstance(said, MachineAnswer):
            return said
        mandate, use = said.mandate, said.use
        found = None
        if procedures is not None:
            about = (conversation_of(scope, use.id), ORDERS)
            acting = machine_scope(scope, mandate)
            found = self._rooms.gate.things_of(acting, mandate.acting_id, core=procedures.core, about=about)
        if found is None:
            return answered(self._end(scope, use, state="failed"))
        done = answered(self._end(scope, use, state="done"))
        return msgspec.structs.replace(done, state="done", code="", things=found)

    def _order(self, scope: Scope, machine: MachineIdentity, act: MachineAct) -> MachineAnswer:
        kinds = self._rooms.book.of(scope.tenant_id)
        parameters, kind = act.parameters(), kinds.kinds.get(act.kind)
        if kind is None:
            raise Malformed("kind: not one that can be ordered here")
        wanted = Wanted(
            capability=act.capability,
            key=act.key,
            parameters=parameters,
            kind=kind.kind,
            amount=kind.amount,
            currency=kinds.currency,
            needs_proof=kind.needs_proof,
        )
        said = self._require(scope, machine, wanted, act)
        if isinstance(said, MachineAnswer):
            return said
        mandate, use = said.mandate, said.use
        if said.repeated and (use.state != "begun" or use.approval_id is not None):
            return self._rooms.ordering.standing(scope, use.id)
        return self._rooms.ordering.fulfil(
            machine_scope(scope, mandate), mandate, use, acting=mandate.acting_id, parameters=parameters
        )

    def _notices(self, scope: Scope, machine: MachineIdentity, act: MachineAct) -> MachineAnswer:
        """Have the owner told by mail when their orders change, or no longer."""
        wanted = Wanted(capability=act.capability, key=act.key, parameters={"off": "yes" if act.off else ""})
        said = self._require(scope, machine, wanted, act)
        if isinstance(said, MachineAnswer):
            return said
        mandate, telling = said.mandate, self._rooms.telling
        if said.use.state == "begun":  # also where a crash came before it was written down
            self._transactions.write(scope, lambda tx: telling.subscribe(tx, scope, mandate, off=act.off))
        return answered(self._end(scope, said.use, state="done"))

    # -- inside ------------------------------------------------------------------------------------------------------

    def _require(
        self, scope: Scope, machine: MachineIdentity, wanted: Wanted, act: MachineAct
    ) -> Allowed | MachineAnswer:
        """Return the right to act, its conversation begun where it has one; else what the machine hears instead."""
        self._make_ready(scope, machine)
        language = act.language
        said = self._transactions.write(
            scope, lambda tx: self.granted(tx, scope, machine, wanted=wanted, language=language)
        )
        if isinstance(said, Allowed):
            if not said.repeated and wanted.capability not in _QUIET:
                self._rooms.contacts.note_signed(scope, channel=CHANNEL)
            return said
        is_asked = said.code == "owner_asked"
        return MachineAnswer(
            state="input-required" if is_asked else "refused",
            code=said.code,
            approval_id="" if said.approval is None else said.approval.id,
        )

    def granted(
        self, tx: Tx, scope: Scope, machine: MachineIdentity, *, wanted: Wanted, language: str | None
    ) -> Outcome[Allowed | Refused]:
        """Grant and count one act, with the first lines of its conversation; or ask the owner by letter.

        To be committed before anything is done; see `Identity.require_mandate`.
        """
        identity, telling = self._rooms.identity, self._rooms.telling
        required = identity.require_mandate(tx, scope, machine, wanted=wanted)
        said = required.value
        if isinstance(said, Refused):
            if not said.is_new or said.mandate is None or said.approval is None:
                return required
            told = telling.ask_owner(tx, scope, said.mandate, said.approval)
            return Outcome(said, (*required.entries, *told.entries), told.jobs)
        if said.repeated or wanted.capability in _QUIET:
            return required
        spoken = telling.language_of(tx, scope, said.mandate, wished=language)
        lines = [opened(tx, scope, said.mandate, use=said.use, language=spoken)]
        if wanted.capability == "order.place":
            words = telling.order_words(scope, said.mandate, said.use, language=spoken)
            lines.append(asked(tx, scope, said.mandate, use=said.use, words=words))
        return Outcome(said, (*required.entries, *lines))

    def _end(self, scope: Scope, use: Use, *, state: UseState) -> Use:
        uses = self._rooms.identity.mandate_uses

        def work(tx: Tx) -> Outcome[Use]:
            ended = uses.finish(tx, scope, use.id, state=state)
            return Outcome(uses.find(tx, scope, use.id), ended.entries)

        return self._transactions.write(scope, work)

    def _make_ready(self, scope: Scope, machine: MachineIdentity) -> None:
        """Make the key under which what the machine brings about is sealed, before any transaction."""
        mandate = self.owner_of(scope, machine)
        if mandate is None:
            return
        try:
            self._rooms.keys.make_party(scope.tenant_id, mandate.acting_id)
        except KeyDestroyed:
            return  # its owner was forgotten: then there is no mandate either by the time it is asked for
