"""Passkeys (W3C Web Authentication, Level 2): offered, registered, checked, removed.

The challenge is made and kept here, and used once. The authenticator must have verified its user, so that a passkey is
two factors in one and resists phishing: it leads to the level `STRONG`. Every passkey belongs to one customer of one
tenant and is found by its credential; nobody is asked for a name first, so nobody learns who has one.
"""

from datetime import datetime
from typing import Any, Final

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from doorward.identity.repository import customers as repository
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, NotAllowed, NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

FACTOR: Final = "passkey"
MOST: Final = 10
"""Passkeys that one customer may have."""
LONGEST_ANSWER: Final = 20_000
"""Characters of an authenticator's answer: real ones have one to three thousand."""
_MILLISECONDS: Final = 300_000


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Where the ceremony takes place: the relying party's id (a host name) and the origin of its pages."""

    rp_id: str
    origin: str


class Challenge(Discreet, frozen=True, kw_only=True):
    """What an answer must be about: our random bytes, and the site at which they were shown."""

    site: Site
    value: bytes


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as its owner sees it; `synced` ones live in an account, others in one device."""

    id: str
    synced: bool
    browser: str
    created_at: datetime
    used_at: datetime | None


class NewPasskey(Discreet, frozen=True, kw_only=True):
    """What a browser made and we have checked."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool


class KnownPasskey(Discreet, frozen=True, kw_only=True):
    """A passkey with what its answers are checked against."""

    id: str
    customer_id: PartyId
    public_key: bytes
    sign_count: int


class Passkeys:
    """The two ceremonies, and the list."""

    def __init__(self, keys: Keys) -> None:
        """User handles are made with `keys`: they tell nothing, and differ from tenant to tenant."""
        self._keys = keys

    # -- register ----------------------------------------------------------------------------------------------------

    def creation_options(
        self, tx: Tx, scope: Scope, customer_id: PartyId, *, names: tuple[str, str], challenge: Challenge
    ) -> str:
        """Return what the browser needs to make a passkey, as JSON; `names` are the company's and the account's."""
        company, account = names
        known = repository.list_passkeys(tx, scope, customer_id)
        options = generate_registration_options(
            rp_id=challenge.site.rp_id,
            rp_name=company,
            user_id=self._keys.mac(scope.tenant_id, "identity.passkey.user", customer_id.encode()),
            user_name=account,
            challenge=challenge.value,
            timeout=_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(row.credential_id)) for row in known],
        )
        return options_to_json(options)

    def check_new(self, answer: str, *, challenge: Challenge) -> NewPasskey:
        """Return the passkey that a browser says it made. Raises `NotAllowed` when the ceremony does not hold."""
        try:
            made = verify_registration_response(
                credential=_short(answer),
                expected_challenge=challenge.value,
                expected_rp_id=challenge.site.rp_id,
                expected_origin=challenge.site.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            raise NotAllowed("the passkey's answer does not hold") from None
        return NewPasskey(
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        )

    def register(self, tx: Tx, scope: Scope, customer_id: PartyId, *, made: NewPasskey, browser: str) -> Outcome[None]:
        """Keep a checked passkey. Raises `Conflict` when it is known already or there are too many."""
        if len(repository.list_passkeys(tx, scope, customer_id)) >= MOST:
            raise Conflict(f"there are {MOST} passkeys already")
        passkey_id = new_id()
        values = {
            "id": passkey_id,
            "customer_id": customer_id,
            "credential_id": made.credential_id,
            "public_key": made.public_key,
            "sign_count": made.sign_count,
            "synced": made.synced,
            "browser": browser,
            "created_at": tx.now,
        }
        if not repository.insert_passkey(tx, scope, values):
            raise Conflict("this passkey is registered already")
        return Outcome(None, entries=(_event("passkey.added", passkey_id, customer_id),))

    # -- sign in -----------------------------------------------------------------------------------------------------

    def request_options(self, challenge: Challenge) -> str:
        """Return what the browser needs to ask for any passkey of ours, as JSON: it names no account."""
        return options_to_json(
            generate_authentication_options(
                rp_id=challenge.site.rp_id,
                challenge=challenge.value,
                timeout=_MILLISECONDS,
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )

    def find(self, tx: Tx, scope: Scope, answer: str) -> KnownPasskey | None:
        """Return the passkey that an answer names, or None; the answer is not checked yet."""
        try:
            credential_id = parse_authentication_credential_json(_short(answer)).raw_id
        except (WebAuthnException, ValueError, KeyError, TypeError):
            return None
        row = repository.find_passkey(tx, scope, credential_id)
        if row is None:
            return None
        return KnownPasskey(
            id=row.id,
            customer_id=PartyId(row.customer_id),
            public_key=bytes(row.public_key),
            sign_count=row.sign_count,
        )

    def check(self, answer: str, *, passkey: KnownPasskey, challenge: Challenge) -> int | None:
        """Return the passkey's counter after this answer, or None when the answer does not hold.

        Challenge, origin, relying party, user verification and signature must be right, and the counter, where the
        authenticator keeps one, must have grown: a smaller one is a copy (WebAuthn Level 2, 7.2, step 21).
        """
        try:
            checked = verify_authentication_response(
                credential=_short(answer),
                expected_challenge=challenge.value,
                expected_rp_id=challenge.site.rp_id,
                expected_origin=challenge.site.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            return None
        return checked.new_sign_count

    def note_use(self, tx: Tx, scope: Scope, passkey: KnownPasskey, *, counter: int) -> bool:
        """Keep the new counter; return False when another answer was taken meanwhile."""
        return repository.count_use(tx, scope, passkey.id, before=passkey.sign_count, now=counter)

    # -- list --------------------------------------------------------------------------------------------------------

    def passkeys_of(self, tx: Tx, scope: Scope, customer_id: PartyId) -> tuple[Passkey, ...]:
        """Return a customer's passkeys, the oldest first."""
        return tuple(_passkey(row) for row in repository.list_passkeys(tx, scope, customer_id))

    def remove(self, tx: Tx, scope: Scope, customer_id: PartyId, *, passkey_id: str) -> Outcome[None]:
        """Forget one of a customer's passkeys. Raises `NotFound` for anybody else's."""
        if not repository.delete_passkey(tx, scope, customer_id, passkey_id=passkey_id):
            raise NotFound("no such passkey")
        return Outcome(None, entries=(_event("passkey.removed", passkey_id, customer_id),))


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("longer than any authenticator's answer")
    if not isinstance(msgspec.json.decode(answer.encode()), dict):
        raise ValueError("not an authenticator's answer")
    return answer


def _passkey(row: Any) -> Passkey:
    return Passkey(id=row.id, synced=row.synced, browser=row.browser, created_at=row.created_at, used_at=row.used_at)


def _event(action: str, passkey_id: str, customer_id: PartyId) -> AuditEvent:
    return AuditEvent(action=action, object_kind="passkey", object_id=passkey_id, reason=f"customer {customer_id}")
