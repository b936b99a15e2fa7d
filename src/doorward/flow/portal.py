"""Customers at their portal: signing in by a mailed code or a passkey, and how far a session reaches."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from doorward.admission import Admission
from doorward.identity import Challenge as PasskeyChallenge
from doorward.identity import (
    Confirmation,
    CustomerSession,
    Grant,
    Identity,
    KnownPasskey,
    OpenedSession,
    Site,
    Tenant,
    ceremonies,
)
from doorward.kit.keys import Keys
from doorward.kit.tx import CommitFailed, Transactions, Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotAllowed, NotFound, StorageFull, Unavailable
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Actor, Scope, system_scope

T = TypeVar("T")

_NOBODY: Final = PartyId("")
"""Before a passkey was shown, nobody acts."""


class Knock(Discreet, frozen=True, kw_only=True):
    """Somebody without a session who wants in: the company, what their browser holds, and where they come from."""

    tenant: Tenant
    holder: str | None
    address: str
    browser: str
    language: str

    @property
    def scope(self) -> Scope:
        """Return the scope before anybody is known."""
        return system_scope(self.tenant.id, "portal")


class Challenge(Discreet, frozen=True, kw_only=True):
    """What the browser is asked, as JSON, and what it must hold when it answers."""

    holder: str
    options: str


class Portal:
    """The verbs of signing in. All are asynchronous."""

    def __init__(self, transactions: Transactions, *, admission: Admission, identity: Identity, keys: Keys) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._admission = admission
        self._identity = identity
        self._keys = keys

    # -- by mailed code ----------------------------------------------------------------------------------------------

    async def ask_for_code(self, knock: Knock, *, email: str) -> str:
        """Mail a code to the customer with this address, if there is one; return what the browser must hold.

        The answer is the same if there is none. Raises `RateLimited`.
        """
        begun = await self._begun(knock)
        if begun is None:
            self._admission.admit_visit(knock.tenant.id, knock.address)
            visitor = await self.write(
                knock.scope,
                lambda tx: self._identity.parties.new_visitor(tx, knock.scope, language=knock.language),
            )
            acting = visitor.id
        else:
            acting = begun.acting_id
        holder = knock.holder if begun is not None and knock.holder else ceremonies.new_entry_secret()
        await self._mail_code(_acting(knock.scope, acting), acting, email=email, address=knock.address, holder=holder)
        return holder

    async def confirm_code(self, knock: Knock, *, code: str) -> OpenedSession | None:
        """Open a session for a right code; None for a wrong, used-up or late one. Raises `RateLimited`."""
        begun, holder = await self._begun(knock), knock.holder
        if begun is None or holder is None:
            return None
        acting, scope = begun.acting_id, _acting(knock.scope, begun.acting_id)
        self._admission.admit_confirmation(scope, party_id=acting, address=knock.address)

        def work(tx: Tx) -> Outcome[OpenedSession | None]:
            confirmed = self._identity.step_up.confirm(tx, scope, acting, code=code)
            customer = confirmed.value.customer
            if not confirmed.value.confirmed or customer is None:
                return Outcome(None, confirmed.entries)
            if ceremonies.take(tx, scope, holder, purpose="code") is None:
                raise NotAllowed("the sign-in was finished already")
            opened = self._identity.customer_sessions.open(
                tx, scope, acting, customer_id=customer.id, how=("mailed_code", knock.browser)
            )
            return Outcome(opened.value, (*confirmed.entries, *opened.entries))

        return await self.write(scope, work)

    async def ask_again(self, session: CustomerSession, *, address: str) -> None:
        """Mail a code to the address of somebody who is signed in, to prove anew who they are. Raises `RateLimited`."""
        scope, customer = session.scope, session.customer_id
        email = await self._transactions.read_async(lambda tx: self._identity.parties.email_of(tx, scope, customer))
        await self._mail_code(scope, session.acting_id, email=email, address=address, holder=None)

    async def confirm_again(self, session: CustomerSession, *, code: str, address: str) -> Confirmation:
        """Take the code of `ask_again` back. Raises `RateLimited`; a wrong code is a value."""
        scope, acting = session.scope, session.acting_id
        self._admission.admit_confirmation(scope, party_id=acting, address=address)
        return await self.write(scope, lambda tx: self._identity.step_up.confirm(tx, scope, acting, code=code))

    # -- by passkey --------------------------------------------------------------------------------------------------

    async def ask_for_passkey(self, knock: Knock, *, site: Site) -> Challenge:
        """Begin a sign-in by passkey, of whomever it may be. Raises `RateLimited`."""
        self._admission.admit_visit(knock.tenant.id, knock.address)
        holder, scope = knock.holder or ceremonies.new_entry_secret(), knock.scope
        challenge = await self.write(
            scope,
            lambda tx: Outcome(ceremonies.begin(tx, scope, holder, purpose="passkey", acting_id=_NOBODY)),
        )
        asked = PasskeyChallenge(site=site, value=challenge)
        return Challenge(holder=holder, options=self._identity.passkeys.request_options(asked))

    async def sign_in_by_passkey(self, knock: Knock, *, answer: str, site: Site) -> OpenedSession | None:
        """Open a session for an answer that holds; None for any other. Raises `RateLimited`.

        The challenge is used up before the answer is looked at, so that no answer is taken twice.
        """
        scope, holder = knock.scope, knock.holder
        if holder is None:
            return None
        self._admission.admit_confirmation(scope, party_id=PartyId(holder), address=knock.address)

        def take(tx: Tx) -> Outcome[tuple[bytes, KnownPasskey] | None]:
            begun = ceremonies.take(tx, scope, holder, purpose="passkey")
            known = self._identity.passkeys.find(tx, scope, answer)
            return Outcome(None if begun is None or known is None else (begun.challenge, known))

        taken = await self.write(scope, take)
        counter = None
        if taken is not None:
            challenge, passkey = taken
            asked = PasskeyChallenge(site=site, value=challenge)
            counter = await asyncio.to_thread(self._identity.passkeys.check, answer, passkey=passkey, challenge=asked)
        if taken is None or counter is None:
            await self.write(scope, lambda _tx: Outcome(None, (_refused(taken),)))
            return None
        return await self._open_by_passkey(knock, taken[1], counter=counter)

    async def offer_passkey(self, session: CustomerSession, *, site: Site, company: str) -> str:
        """Begin making a passkey and return what the browser needs, as JSON.

        Raises `StepUpRequired` unless a mailed code was confirmed in this session lately.
        """
        scope, customer = session.scope, session.customer_id
        identity = self._identity

        def work(tx: Tx) -> Outcome[str]:
            identity.require(tx, scope, session.acting_id, action="passkey.add")
            profile = identity.parties.read_profile(tx, scope, customer, reason="passkey")
            value = ceremonies.begin(tx, scope, session.session_id, purpose="new_passkey", acting_id=session.acting_id)
            names = (company, profile.value.email or company)
            options = identity.passkeys.creation_options(
                tx, scope, customer, names=names, challenge=PasskeyChallenge(site=site, value=value)
            )
            return Outcome(options, profile.entries)

        return await self.write(scope, work)

    async def add_passkey(self, session: CustomerSession, *, answer: str, site: Site, browser: str) -> None:
        """Keep the passkey that the browser made. Raises `NotAllowed`, `Conflict`, `StepUpRequired`."""
        scope, identity = session.scope, self._identity
        begun = await self.write(
            scope, lambda tx: Outcome(ceremonies.take(tx, scope, session.session_id, purpose="new_passkey"))
        )
        if begun is None:
            raise NotAllowed("no passkey was asked for, or it took too long")
        asked = PasskeyChallenge(site=site, value=begun.challenge)
        made = await asyncio.to_thread(identity.passkeys.check_new, answer, challenge=asked)

        def work(tx: Tx) -> Outcome[None]:
            identity.require(tx, scope, session.acting_id, action="passkey.add")
            return identity.passkeys.register(tx, scope, session.customer_id, made=made, browser=browser)

        await self.write(scope, work)

    # -- the session -------------------------------------------------------------------------------------------------

    async def session(self, tenant: Tenant, token: str) -> tuple[CustomerSession, Grant]:
        """Return the session of a cookie and its right to look at the portal.

        Raises `NotSignedIn` for a cookie that is none of this company's, `StepUpRequired`.
        """
        scope, identity = system_scope(tenant.id, "portal"), self._identity

        def read(tx: Tx) -> tuple[CustomerSession, Grant]:
            session = identity.customer_sessions.read(tx, scope, token)
            return session, identity.require(tx, session.scope, session.acting_id, action="portal.read")

        session, grant = await self._transactions.read_async(read)
        if grant.party_id != session.customer_id:
            raise NotAllowed("the session's party is somebody else by now")
        if session.stale:
            await self._transactions.write_async(
                session.scope, lambda tx: identity.customer_sessions.touch(tx, scope, session.session_id)
            )
        return session, grant

    async def end_session(self, tenant: Tenant, token: str) -> None:
        """End the session of a cookie, if it is one."""
        scope, sessions = system_scope(tenant.id, "portal"), self._identity.customer_sessions

        def work(tx: Tx) -> Outcome[None]:
            session = sessions.read(tx, scope, token)
            return sessions.end(tx, session.scope, session.customer_id, session_id=session.session_id)

        await self.write(scope, work)

    # -- inside ------------------------------------------------------------------------------------------------------

    async def write(self, scope: Scope, work: Callable[[Tx], Outcome[T]]) -> T:
        """Run a write. Raises `StorageFull` or `Unavailable` when it was not kept."""
        try:
            return await self._transactions.write_async(scope, work)
        except CommitFailed as error:
            raise (StorageFull if error.full else Unavailable)("nothing was stored") from error

    async def _begun(self, knock: Knock) -> ceremonies.Ceremony | None:
        holder = knock.holder
        if holder is None:
            return None
        return await self._transactions.read_async(lambda tx: ceremonies.begun(tx, knock.scope, holder, purpose="code"))

    async def _mail_code(self, scope: Scope, acting: PartyId, *, email: str, address: str, holder: str | None) -> None:
        self._admission.admit_code(scope, party_id=acting, email=email, address=address)
        await asyncio.to_thread(self._keys.make_party, scope.tenant_id, acting)

        def work(tx: Tx) -> Outcome[None]:
            if holder is not None:
                ceremonies.begin(tx, scope, holder, purpose="code", acting_id=acting)
            return self._identity.step_up.start(tx, scope, acting, email=email)

        await self.write(scope, work)

    async def _open_by_passkey(self, knock: Knock, passkey: KnownPasskey, *, counter: int) -> OpenedSession | None:
        identity, system = self._identity, knock.scope

        def work(tx: Tx) -> Outcome[OpenedSession | None]:
            if not identity.passkeys.note_use(tx, system, passkey, counter=counter):
                return Outcome(None, (_refused((b"", passkey)),))
            visitor = identity.parties.new_visitor(tx, system, language=knock.language)
            acting = visitor.value.id
            scope = _acting(system, acting)
            linked = identity.parties.link(tx, scope, acting, customer_id=passkey.customer_id)
            raised = identity.parties.raise_assurance(tx, scope, acting, level=AssuranceLevel.STRONG, factor="passkey")
            opened = identity.customer_sessions.open(
                tx, scope, acting, customer_id=passkey.customer_id, how=("passkey", knock.browser)
            )
            lines = (*visitor.entries, *linked.entries, *raised.entries, *opened.entries)
            return Outcome(opened.value, lines)

        try:
            return await self.write(system, work)
        except NotFound:  # the customer was forgotten while the passkey was shown
            return None


def _acting(scope: Scope, party_id: PartyId) -> Scope:
    return scope.acting_as(Actor(kind="customer", id=party_id))


def _refused(taken: tuple[bytes, KnownPasskey] | None) -> AuditEvent:
    customer_id = "unknown" if taken is None else taken[1].customer_id
    return AuditEvent(
        action="customer.sign_in_refused", object_kind="party", object_id=customer_id, fields=("passkey",)
    )
