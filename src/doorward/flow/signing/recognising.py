"""Which machine a request is from: its signature is read, its key found, checked, and its nonce used up, in that order.

The cheap comes before the dear: nobody's key is looked for who could not be let in anyway, and only a nonce that was
really signed takes up memory.
"""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple, Protocol

import msgspec

from doorward.admission import Admission
from doorward.flow.signing.directories import Directories
from doorward.identity import Machines, Standing
from doorward.kit.clock import Clock
from doorward.kit.signatures import (
    BOT_AUTH,
    WINDOW,
    Claim,
    Fault,
    HttpMessage,
    Profile,
    SignatureRefused,
    VerifyingKey,
    platform_of,
    read_claim,
)
from doorward.kit.tx import Transactions
from doorward.vocabulary.errors import (
    RateLimited,
    SignatureExpired,
    SignatureInvalid,
    SignatureMissing,
    SignatureReplayed,
    SigningKeyUnknown,
)
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.machines import MachineIdentity, Signed
from doorward.vocabulary.scope import Scope

REMEMBERED: Final = WINDOW + WINDOW / 5
"""How long nonces are remembered at least: while a signature can be good, and a look at a directory takes."""
FRESH_ENOUGH: Final = timedelta(minutes=1)
"""How old a signature may be while its nonce cannot be shared with other processes: each of them takes it once then."""
_INLINE: Final = 16_384
"""Bytes of a body up to which its digest is taken at once; larger ones in a thread."""
_ERRORS: Final[dict[Fault, type[SignatureInvalid]]] = {
    "missing": SignatureMissing,
    "expired": SignatureExpired,
    "early": SignatureExpired,
}


class Recognises(Protocol):
    """Finds out which machine a request is from, by whatever it proves that."""

    async def recognise(self, scope: Scope, message: HttpMessage, *, body: bytes, agent: str) -> Signed:
        """Return by which machine a request is; `agent` is what it says its platform calls it, empty for none.

        Raises `SignatureInvalid` and what is below it, and `RateLimited`.
        """


class Spent(Protocol):
    """What became of a nonce."""

    @property
    def alone(self) -> bool:
        """Return whether other processes that count with this one could not be asked."""

    @property
    def good(self) -> bool:
        """Return whether it was new."""

    @property
    def retry_after(self) -> float:
        """Return after how many seconds there is room again, 0 for one that was used before."""


class SpendsNonces(Protocol):
    """Remembers nonces; see `admission.together.NoncesTogether`."""

    async def spend(self, *, tenant_id: TenantId, sender: str, nonce: str) -> Spent:
        """Note a sender's nonce, and say whether it is new."""


class SignedRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What recognising takes. `nonces` must remember for `REMEMBERED`."""

    machines: Machines
    directories: Directories
    nonces: SpendsNonces
    admission: Admission
    clock: Clock


class SignedRequests:
    """Recognises who signed a request."""

    def __init__(self, transactions: Transactions, rooms: SignedRooms) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._rooms = rooms

    async def recognise(self, scope: Scope, message: HttpMessage, *, body: bytes, agent: str) -> Signed:
        """Return by which machine a request is; `agent` is what its platform calls it, which the request must cover.

        Raises `SignatureMissing`, `SignatureInvalid`, `SignatureExpired`, `SignatureReplayed`, `SigningKeyUnknown`, and
        `RateLimited` when nobody can be recognised just now.
        """
        machines = self._rooms.machines
        try:
            claim = await self._claim(message, body)
            platform = None if claim.agent is None else platform_of(claim.agent)
            standing = await self._transactions.read_async(
                lambda tx: machines.standing(tx, scope, platform=platform, key_id=claim.key_id)
            )
            claim.check(await self._key_of(scope, standing, claim))
        except SignatureRefused as refusal:
            raise refusal_of(refusal) from None
        await spend(
            self._rooms.nonces, scope, Spending(claim.key_id, claim.nonce, claim.created), now=self._rooms.clock.now()
        )
        identity = MachineIdentity(platform=standing.platform or "", key_id=claim.key_id, agent_id=agent)
        return Signed(machine=identity, known=standing.known, created=claim.created, expires=claim.expires)

    async def _claim(self, message: HttpMessage, body: bytes) -> Claim:
        return await claimed(message, body, now=self._rooms.clock.now())

    async def _key_of(self, scope: Scope, standing: Standing, claim: Claim) -> VerifyingKey:
        """Return the key that a claim names. One sentence for all who have none: it tells nothing of why."""
        key = None
        if standing.pinned is not None and not standing.refused:
            key = VerifyingKey(standing.pinned)
        elif standing.platform is not None and not standing.refused:
            admit = partial(self._rooms.admission.admit_directory, scope)
            key = await self._rooms.directories.key_of(
                standing.platform, claim.key_id, known=standing.known, admit=admit
            )
        if key is None:
            raise SigningKeyUnknown("no key that is accepted here has this thumbprint")
        return key


async def claimed(message: HttpMessage, body: bytes, *, now: datetime, profile: Profile = BOT_AUTH) -> Claim:
    """Return what a request says of who signed it; see `read_claim`. What is large is read in a thread."""
    if len(body) <= _INLINE:
        return read_claim(message, body=body, now=now, profile=profile)
    return await asyncio.to_thread(read_claim, message, body=body, now=now, profile=profile)


def refusal_of(refusal: SignatureRefused) -> SignatureInvalid:
    """Return the error that tells a sender why a signature was not taken."""
    return _ERRORS.get(refusal.fault, SignatureInvalid)(refusal.reason)


class Spending(NamedTuple):
    """A nonce that is to be used up: whose it is, and when it was signed."""

    sender: str
    nonce: str
    signed_at: datetime


async def spend(nonces: SpendsNonces, scope: Scope, spending: Spending, *, now: datetime) -> None:
    """Use a nonce up that was really signed. Raises `SignatureReplayed`, `SignatureExpired` and `RateLimited`.

    While it cannot be shared with other processes, only what was signed just now is taken: see `FRESH_ENOUGH`.
    """
    spent = await nonces.spend(tenant_id=scope.tenant_id, sender=spending.sender, nonce=spending.nonce)
    if spent.good:
        if spent.alone and now - spending.signed_at > FRESH_ENOUGH:
            raise SignatureExpired("Signature-Input: just now only what was signed within a minute is taken")
        return
    if spent.retry_after > 0:
        raise RateLimited("no room for more nonces", retry_after=max(1, int(spent.retry_after)))
    raise SignatureReplayed("Signature-Input: the nonce was used before")
