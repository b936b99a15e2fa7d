"""Which device a request is from: it signs with a secret that it shares with the company (RFC 9421, HMAC-SHA-256)."""

from typing import Final

from doorward.flow.signing.recognising import Spending, SpendsNonces, claimed, refusal_of, spend
from doorward.identity import Device, Devices, NewDevice, Pairing
from doorward.kit.clock import Clock
from doorward.kit.signatures import DEVICES, HttpMessage, SharedSecret, SignatureRefused
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import SigningKeyUnknown
from doorward.vocabulary.machines import MachineIdentity, Signed
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

_UNKNOWN: Final = "no device that is accepted here has this id"


class SignedDevices:
    """Recognises devices, and takes in those that bring an owner's code."""

    def __init__(
        self, transactions: Transactions, devices: Devices, *, pairing: Pairing, nonces: SpendsNonces, clock: Clock
    ) -> None:
        """Take where devices are kept; `nonces` must remember for `REMEMBERED`."""
        self._transactions, self._devices, self._pairing = transactions, devices, pairing
        self._nonces, self._clock = nonces, clock

    async def recognise(self, scope: Scope, message: HttpMessage, *, body: bytes, agent: str) -> Signed:
        """Return by which device a request is. A device is its secret: an `agent` is none of its.

        One sentence for all ids without a secret tells nothing of why. Raises as `SignedRequests.recognise`.
        """
        try:
            claim = await claimed(message, body, now=self._clock.now(), profile=DEVICES)
            secrets = await self._transactions.read_async(lambda tx: self._devices.secrets_of(tx, scope, claim.key_id))
            if not secrets or agent:
                raise SigningKeyUnknown(_UNKNOWN)
            claim.check(SharedSecret(claim.key_id, *secrets))
        except SignatureRefused as refusal:
            raise refusal_of(refusal) from None
        await spend(self._nonces, scope, Spending(claim.key_id, claim.nonce, claim.created), now=self._clock.now())
        identity = Device.identity_of(claim.key_id)
        return Signed(machine=identity, known=True, created=claim.created, expires=claim.expires)

    async def enrol(self, scope: Scope, *, code: str) -> tuple[NewDevice, str]:
        """Take in a device that brings an owner's code: return it with its secret, and the id of its mandate.

        A device is made only if the code was good. Raises `NotAllowed` and `Conflict` as `Pairing.present`.
        """

        def work(tx: Tx) -> Outcome[tuple[NewDevice, str]]:
            made = self._devices.register(tx, scope, name="", origin="code")
            identity: MachineIdentity = made.value.device.identity
            bound = self._pairing.present(tx, scope, identity, code=code)
            return Outcome((made.value, bound.value.id), (*made.entries, *bound.entries), bound.jobs)

        return await self._transactions.write_async(scope, work)
