"""The room's verbs in one place, built once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.identity.ports import Findable, Phrasebook
from doorward.identity.service.actions import Actions, Grant
from doorward.identity.service.consents import Consents
from doorward.identity.service.customer_sessions import CustomerSessions
from doorward.identity.service.devices import Devices
from doorward.identity.service.host_tokens import HostTokens
from doorward.identity.service.issuers import TokenIssuers
from doorward.identity.service.letters import Letters
from doorward.identity.service.machines import Machines
from doorward.identity.service.mandate_uses import Allowed, MandateUses, Refused, Wanted
from doorward.identity.service.mandates import Mandates
from doorward.identity.service.pairing import Pairing
from doorward.identity.service.parties import Parties
from doorward.identity.service.passkeys import Passkeys
from doorward.identity.service.passwords import Passwords
from doorward.identity.service.sessions import Sessions
from doorward.identity.service.sign_ins import SignIns
from doorward.identity.service.staff import Staff
from doorward.identity.service.step_up import StepUp
from doorward.identity.service.tenants import Tenants
from doorward.identity.service.tokens import Tokens
from doorward.kit.keys import Keys
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.machines import MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who is who. `require` is the one gate for actions."""

    tenants: Tenants
    parties: Parties
    staff: Staff
    passwords: Passwords
    sign_ins: SignIns
    sessions: Sessions
    tokens: Tokens
    step_up: StepUp
    host_tokens: HostTokens
    actions: Actions
    letters: Letters
    customer_sessions: CustomerSessions
    passkeys: Passkeys
    consents: Consents
    mandates: Mandates
    mandate_uses: MandateUses
    pairing: Pairing
    machines: Machines
    issuers: TokenIssuers
    devices: Devices

    def require(self, tx: Tx, scope: Scope, party_id: PartyId, *, action: str, as_of: datetime | None = None) -> Grant:
        """Return an acting party's right to an action, or raise; see `Actions.require`."""
        return self.actions.require(tx, scope, party_id, action=action, as_of=as_of)

    def require_mandate(
        self, tx: Tx, scope: Scope, machine: MachineIdentity, *, wanted: Wanted
    ) -> Outcome[Allowed | Refused]:
        """Grant a machine one act within its mandate, counted, or say why not; see `MandateUses.require`."""
        return self.mandate_uses.require(tx, scope, machine, wanted=wanted)


def open_identity(
    keys: Keys,
    *,
    settings: Settings,
    phrases: Phrasebook,
    passwords: Passwords | None = None,
    findable: Findable | None = None,
) -> Identity:
    """Build the room. `passwords` lets tests hash faster; `findable` lets customers be found by their data."""
    tenants, parties = Tenants(keys), Parties(keys, findable=findable)
    mandates = Mandates(keys, parties=parties)
    return Identity(
        tenants=tenants,
        parties=parties,
        staff=Staff(),
        passwords=passwords or Passwords(),
        sign_ins=SignIns(keys, settings=settings.sessions),
        sessions=Sessions(settings.sessions),
        tokens=Tokens(),
        step_up=StepUp(keys, parties=parties, tenants=tenants, phrases=phrases, settings=settings.sessions),
        host_tokens=HostTokens(keys, parties=parties, tenants=tenants),
        letters=Letters(keys),
        actions=Actions(parties, fresh_for=timedelta(minutes=settings.sessions.step_up_minutes)),
        customer_sessions=CustomerSessions(settings.sessions),
        passkeys=Passkeys(keys),
        consents=Consents(),
        mandates=mandates,
        mandate_uses=MandateUses(keys, mandates=mandates, tenants=tenants),
        pairing=Pairing(keys, mandates=mandates),
        machines=Machines(),
        issuers=TokenIssuers(),
        devices=Devices(keys),
    )
