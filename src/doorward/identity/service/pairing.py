"""Pairing: how a mandate and a machine come together, by a code that is good once and for a few minutes.

Either the owner makes a code and the machine presents it under its signature, or the machine asks for one and the owner
types it in (as the device grant of RFC 8628 has it). Nobody gets a mandate by naming a machine alone.
"""

import secrets
from datetime import timedelta
from typing import Any, Final

import msgspec

from doorward.identity.repository import mandates as repository
from doorward.identity.service.mandates import Mandate, Mandates
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotAllowed
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.machines import CAPABILITIES, Capability, MachineIdentity
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

LIFETIME: Final = timedelta(minutes=15)
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no code is a word, and nothing that looks like a figure (RFC 8628, 6.1)."""
_LENGTH: Final = 12
"""Twelve of twenty letters are 51 bits: nobody guesses one in a quarter of an hour."""


class PairingCode(Discreet, frozen=True, kw_only=True):
    """A code, shown once; kept is its keyed hash."""

    code: str


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that asks for a mandate, and what it would like to do."""

    machine: MachineIdentity
    capabilities: tuple[Capability, ...]


class Pairing:
    """Makes codes and takes them back."""

    def __init__(self, keys: Keys, *, mandates: Mandates) -> None:
        """Hash codes under `keys`."""
        self._keys = keys
        self._mandates = mandates

    def offer(self, tx: Tx, scope: Scope, owner_id: PartyId, *, mandate_id: str) -> Outcome[PairingCode]:
        """Return a code by which a machine gets this mandate of the owner; earlier codes for it are void.

        Raises `NotFound`, and `Conflict` when the mandate waits for no machine.
        """
        mandate = self._mandates.find(tx, scope, mandate_id, owner_id=owner_id)
        if mandate.state != "pending":
            raise Conflict("the mandate waits for no machine")
        repository.delete_pairings(tx, scope, mandate_id)
        code = self._keep(tx, scope, {"mandate_id": mandate_id, "owner_id": owner_id, "capabilities": []})
        event = AuditEvent(action="mandate.code_made", object_kind="mandate", object_id=mandate_id)
        return Outcome(PairingCode(code=code), (event,))

    def present(self, tx: Tx, scope: Scope, machine: MachineIdentity, *, code: str) -> Outcome[Mandate]:
        """Give the mandate of an owner's code to the machine that presents it, once.

        Raises `NotAllowed` for a wrong, used or late code, and `Conflict` when the machine has a mandate: then the code
        stays good.
        """
        row = repository.take_pairing(tx, scope, self._digest(scope, code))
        if row is None or row.mandate_id is None:
            raise NotAllowed("the code is wrong, used or too old")
        return self._mandates.bind(tx, scope, row.mandate_id, machine=machine)

    def ask(
        self, tx: Tx, scope: Scope, machine: MachineIdentity, *, capabilities: tuple[Capability, ...]
    ) -> Outcome[PairingCode]:
        """Return a code that somebody types in at their portal to let this machine act for them.

        Raises `Malformed`, and `Conflict` when the machine has a mandate already.
        """
        mandate = self._mandates.of_machine(tx, scope, machine)
        if mandate is not None and mandate.is_open:
            raise Conflict("the machine acts for somebody already")
        wanted = tuple(one for one in CAPABILITIES if one in capabilities)
        if not wanted:
            raise Malformed(f"capabilities: some of {', '.join(CAPABILITIES)}")
        values = {"machine": msgspec.to_builtins(machine), "capabilities": list(wanted)}
        return Outcome(PairingCode(code=self._keep(tx, scope, values)))

    def asking(self, tx: Tx, scope: Scope, code: str) -> Asking | None:
        """Return which machine asks by a code, None for one that is wrong, used or too old."""
        return _asking(repository.find_pairing(tx, scope, self._digest(scope, code)))

    def take(self, tx: Tx, scope: Scope, code: str) -> Asking:
        """Use a machine's code up, for the one who grants it a mandate. Raises `NotAllowed`."""
        asking = _asking(repository.take_pairing(tx, scope, self._digest(scope, code)))
        if asking is None:
            raise NotAllowed("the code is wrong, used or too old")
        return asking

    def _keep(self, tx: Tx, scope: Scope, values: dict[str, Any]) -> str:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        code = "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))
        kept = values | {"digest": self._digest(scope, code), "expires_at": tx.now + LIFETIME}
        if not repository.insert_pairing(tx, scope, kept):
            raise Conflict("try again")
        return code

    def _digest(self, scope: Scope, code: str) -> bytes:
        plain = "".join(one for one in code[:100].upper() if one in _LETTERS)
        return self._keys.mac(scope.tenant_id, "identity.pairing", plain.encode())


def _asking(row: Any | None) -> Asking | None:
    if row is None or row.machine is None:
        return None
    return Asking(machine=msgspec.convert(row.machine, MachineIdentity), capabilities=tuple(row.capabilities))
