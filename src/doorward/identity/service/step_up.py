"""Step-up by a mailed code: the factor of today.

Whoever asks, whatever address is given, the same things happen: a code is made and hashed, a mail is sealed, a job is
asked for. Only inside the sealed mail stands whether anybody gets it. So neither the answer nor the time it takes tells
whether an address is a customer's.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Final

import msgspec

from doorward.identity.ports import Phrasebook
from doorward.identity.repository import codes as repository
from doorward.identity.service.parties import Parties
from doorward.identity.service.tenants import Tenants
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.settings import Sessions as SessionSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotAllowed
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.party import AssuranceLevel, Party
from doorward.vocabulary.scope import Scope

FACTOR: Final = "mailed_code"
MAIL_JOB: Final = "identity.mail"
_DIGITS: Final = 6


class SealedMail(Discreet, frozen=True, kw_only=True):
    """What lies sealed in a mail's row. `customer_id` None: nobody gets it."""

    customer_id: PartyId | None
    subject: str
    text: str


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a code that was handed in: `level` is the acting party's now, `customer` who it turned out to be.

    A refusal is a value and not an error, because the attempt it used up must be written down.
    """

    confirmed: bool
    level: AssuranceLevel
    customer: Party | None = None

    def require(self) -> "Confirmation":
        """Return itself, or raise `NotAllowed` when the code was refused. To be called after the commit."""
        if not self.confirmed:
            raise NotAllowed("the code is wrong, used up or too old")
        return self


def mail_context(mail_id: str) -> bytes:
    """Return what a mail is sealed with, so that no mail passes for another."""
    return f"identity.mail\x1f{mail_id}".encode()


class StepUp:
    """Mails codes and takes them back."""

    def __init__(
        self, keys: Keys, *, parties: Parties, tenants: Tenants, phrases: Phrasebook, settings: SessionSettings
    ) -> None:
        """Write mails with `phrases`; codes last and fail as `settings` say."""
        self._keys = keys
        self._parties = parties
        self._tenants = tenants
        self._phrases = phrases
        self._settings = settings

    def start(self, tx: Tx, scope: Scope, party_id: PartyId, *, email: str) -> Outcome[None]:
        """Mail a fresh code to the customer with this address, if there is one; older codes of the party are void.

        The mail goes to the address that the customer's record holds, never to the one that was typed. How often this
        may be asked for is admission's business. Raises `NotFound` without the acting party.
        """
        acting = self._parties.find(tx, scope, party_id)
        customer_id = self._addressee(tx, scope, acting, email=email)
        code_id, mail_id = new_id(), new_id()
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
        expires_at = tx.now + timedelta(minutes=self._settings.code_minutes)
        values = {
            "party_id": party_id,
            "code_id": code_id,
            "code_hash": self._hash(scope, code_id, code),
            "customer_id": customer_id,
            "attempts_left": self._settings.code_attempts,
            "expires_at": expires_at,
        }
        repository.replace_code(tx, scope, values)
        plain = msgspec.json.encode(self._mail(tx, scope, acting, customer_id=customer_id, code=code))
        sealed = self._keys.seal(scope.tenant_id, party_id, plain, context=mail_context(mail_id))
        repository.insert_mail(
            tx, scope, {"id": mail_id, "party_id": party_id, "sealed": sealed, "expires_at": expires_at}
        )
        event = AuditEvent(action="identity.code_asked", object_kind="party", object_id=party_id)
        job = Job(kind=MAIL_JOB, key=mail_id, payload={"mail_id": mail_id})
        return Outcome(None, entries=(event,), jobs=(job,))

    def confirm(self, tx: Tx, scope: Scope, party_id: PartyId, *, code: str) -> Outcome[Confirmation]:
        """Take a code back. A right one verifies the acting party and links it to the customer; see `Confirmation`.

        A wrong one uses up an attempt. Raises `Conflict` when the acting party has become somebody else meanwhile.
        """
        row = repository.take_attempt(tx, scope, party_id)
        right = row is not None and hmac.compare_digest(bytes(row.code_hash), self._hash(scope, row.code_id, code))
        if row is None or not right or row.customer_id is None:
            event = AuditEvent(action="identity.code_refused", object_kind="party", object_id=party_id)
            level = self._parties.assurance_of(tx, scope, party_id).level
            return Outcome(Confirmation(confirmed=False, level=level), entries=(event,))
        repository.delete_code(tx, scope, party_id)
        linked = self._parties.link(tx, scope, party_id, customer_id=PartyId(row.customer_id))
        raised = self._parties.raise_assurance(tx, scope, party_id, level=AssuranceLevel.VERIFIED, factor=FACTOR)
        confirmation = Confirmation(confirmed=True, level=raised.value.level, customer=linked.value)
        return Outcome(confirmation, entries=(*linked.entries, *raised.entries))

    def _addressee(self, tx: Tx, scope: Scope, acting: Party, *, email: str) -> PartyId | None:
        customer = self._parties.find_by_email(tx, scope, email)
        known = self._parties.recognise(tx, scope, acting.id)
        if customer is None or (known.kind == "customer" and known.id != customer.id):
            # Somebody whom we know as one customer does not become another one in the same conversation.
            return None
        return customer.id

    def _mail(self, tx: Tx, scope: Scope, acting: Party, *, customer_id: PartyId | None, code: str) -> SealedMail:
        tenant = self._tenants.tenant(tx, scope)
        language = acting.language or tenant.settings.languages[0]
        return SealedMail(
            customer_id=customer_id,
            subject=self._phrases.say(language, "mail.code.subject", company=tenant.name),
            text=self._phrases.say(
                language,
                "mail.code.body",
                count=self._settings.code_minutes,
                company=tenant.name,
                code=code,
                minutes=self._settings.code_minutes,
            ),
        )

    def _hash(self, scope: Scope, code_id: str, code: str) -> bytes:
        return self._keys.mac(scope.tenant_id, "identity.code", f"{code_id}\x1f{code}".encode("utf-8", "replace"))
