"""What machines have done for their owners at the door, once they are recognised, and how they come by a mandate."""

import asyncio
from typing import NamedTuple

from doorward.flow.machine_contact import Came, MachineContact
from doorward.flow.machines import MachineAct, MachineAnswer, Machines
from doorward.vocabulary.channel import SignedActRequest, SignedLookRequest, SignedPairingRequest
from doorward.vocabulary.errors import Malformed


class Acted(NamedTuple):
    """How an act stands, and the sentence that tells a machine by whom it is answered."""

    answer: MachineAnswer
    disclosure: str


class Paired(NamedTuple):
    """What came of pairing: the mandate of the code that was presented, or a code for whoever becomes the owner."""

    mandate_id: str
    code: str
    disclosure: str


class MachineActs:
    """The verbs of machines that act. The signature says which machine it is; its owner's mandate, what it may do."""

    def __init__(self, contact: MachineContact, machines: Machines) -> None:
        """Take who recognises machines, and who does what they ask."""
        self._contact, self._machines = contact, machines

    async def act(self, channel: str, request: SignedActRequest, *, came: Came) -> Acted:
        """Do what a machine asks within its mandate, once for its key, or say why not.

        Raises what recognising and `let_act` raise, and as `Machines.act_for_owner`.
        """
        machine = await self._contact.recognise(came, agent=request.agent, company=request.company)
        await self._contact.let_act(machine, channel)
        act = MachineAct(
            capability=request.capability,
            key=request.key,
            text=request.text,
            kind=request.kind,
            thing=request.thing,
            off=request.off,
            language=request.language,
        )
        answer = await asyncio.to_thread(self._machines.act_for_owner, machine.scope, machine.identity, act)
        return Acted(answer, self._contact.disclosure(machine.tenant, request.language))

    async def look(self, request: SignedLookRequest, *, came: Came) -> Acted:
        """Return how an act stands that the same machine asked for. Raises what recognising raises, `NotFound`."""
        machine = await self._contact.recognise(came, agent=request.agent, company=request.company)
        self._contact.admission.admit_signed_reading(machine.scope, machine=machine.shown.machine)
        scope, identity = machine.scope, machine.identity
        answer = await asyncio.to_thread(self._machines.standing_of, scope, identity, key=request.key)
        return Acted(answer, self._contact.disclosure(machine.tenant, request.language))

    async def pair(self, request: SignedPairingRequest, *, came: Came) -> Paired:
        """Take an owner's code, or make one that an owner types in; as few as codes by mail.

        Raises what recognising raises, `RateLimited`, `NotAllowed` for a wrong, used or late code, `Conflict` where the
        machine has a mandate, and `Malformed` where neither a code nor a capability is named.
        """
        machine = await self._contact.recognise(came, agent=request.agent, company=request.company)
        self._contact.admission.admit_pairing(machine.scope, machine=machine.shown.machine)
        told = self._contact.disclosure(machine.tenant, None)
        scope, identity = machine.scope, machine.identity
        if request.code:
            mandate = await asyncio.to_thread(self._machines.present_code, scope, identity, code=request.code)
            return Paired(mandate.id, "", told)
        if not request.capabilities:
            raise Malformed("code, capabilities: one of them")
        wished = request.capabilities
        made = await asyncio.to_thread(self._machines.ask_for_mandate, scope, identity, capabilities=wished)
        return Paired("", made.code, told)
