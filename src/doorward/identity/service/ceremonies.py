"""Begun sign-ins: what a browser without a session holds between two requests, good once and for a few minutes."""

import secrets
from datetime import timedelta
from typing import Final, Literal

from doorward.identity.repository import customers as repository
from doorward.identity.service.secrets_kept import digest_of, new_secret
from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope

Purpose = Literal["code", "passkey", "new_passkey"]

LIFETIME: Final = timedelta(minutes=15)
"""A begun sign-in by code lasts longer than the code, so that a late one is told so."""
CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
"""WebAuthn Level 2, 15.1, recommends five to ten minutes where the user is verified."""
_CHALLENGE_BYTES: Final = 32


class Ceremony(Discreet, frozen=True, kw_only=True):
    """A begun step: who acts in it, and the challenge that the answer must be about."""

    acting_id: PartyId
    challenge: bytes


def new_entry_secret() -> str:
    """Return what a browser without a session is known by."""
    return new_secret("dwe")


def begin(tx: Tx, scope: Scope, holder: str, *, purpose: Purpose, acting_id: PartyId) -> bytes:
    """Begin a step for the holder of a secret and return its fresh challenge; one begun before is void."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    values = {
        "digest": digest_of(holder),
        "purpose": purpose,
        "acting_id": acting_id,
        "challenge": challenge,
        "expires_at": tx.now + (LIFETIME if purpose == "code" else CHALLENGE_LIFETIME),
    }
    repository.replace_ceremony(tx, scope, values)
    return challenge


def begun(tx: Tx, scope: Scope, holder: str, *, purpose: Purpose) -> Ceremony | None:
    """Return the step that the holder has begun, if it is still good."""
    row = repository.find_ceremony(tx, scope, digest_of(holder), purpose=purpose)
    return None if row is None else Ceremony(acting_id=PartyId(row.acting_id), challenge=bytes(row.challenge))


def take(tx: Tx, scope: Scope, holder: str, *, purpose: Purpose) -> Ceremony | None:
    """Use the holder's step up and return it, if it is still good: nobody gets it twice."""
    row = repository.take_ceremony(tx, scope, digest_of(holder), purpose=purpose)
    return None if row is None else Ceremony(acting_id=PartyId(row.acting_id), challenge=bytes(row.challenge))
