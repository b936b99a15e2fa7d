"""How a device comes by a secret: its owner types a code into it, made at the portal for one mandate."""

from doorward.flow.machine_contact import Came, MachineContact
from doorward.flow.signing import SignedDevices
from doorward.vocabulary.channel import EnrolmentRequest, network_of
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.scope import Actor, Scope


class Enrolled(Discreet, frozen=True, kw_only=True):
    """A device that came by an owner's code: its id, its secret, shown this once, its mandate, and who answers it."""

    device_id: str
    secret: str
    mandate_id: str
    disclosure: str


class Enrolling:
    """Takes devices in."""

    def __init__(self, contact: MachineContact, devices: SignedDevices) -> None:
        """Take who knows companies, and who keeps devices."""
        self._contact, self._devices = contact, devices

    async def enrol(self, request: EnrolmentRequest, *, came: Came, address: str) -> Enrolled:
        """Make a device of whoever brings an owner's code; as few tries from a network as there are codes by mail.

        Raises `NotFound` for no company, `RateLimited`, `NotAllowed` for a wrong, used or late code, and `Conflict`.
        """
        tenant = await self._contact.company_of(came, request.company)
        scope = Scope(tenant_id=tenant.id, actor=Actor(kind="system", id="device"))
        self._contact.admission.admit_pairing(scope, machine=f"network {network_of(address)}")
        made, mandate_id = await self._devices.enrol(scope, code=request.code)
        return Enrolled(
            device_id=made.device.id,
            secret=made.secret,
            mandate_id=mandate_id,
            disclosure=self._contact.disclosure(tenant, None),
        )
