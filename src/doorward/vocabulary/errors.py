"""All errors that Doorward raises on purpose.

DoorwardError                      code                     HTTP  recipient
├── Refusal                        (expected, not a crash)
│   ├── Malformed                  malformed                 400  customer
│   │   └── NotUnderstood          filters_not_understood    400  customer   what of them, and what would be
│   ├── TooLarge                   too_large                 413  customer
│   ├── UnsupportedType            unsupported_type          415  customer
│   ├── RateLimited                rate_limited              429  customer   retry_after in seconds
│   ├── SecretRefused              secret_refused            422  customer   what must not be sent here
│   ├── NotSignedIn                not_signed_in             401  customer
│   ├── TokenExpired               token_expired             401  customer
│   ├── TokenReplayed              token_replayed            401  customer
│   ├── AccessTokenInvalid         access_token_invalid      401  customer   what of a machine's token is wrong
│   │   └── AccessTokenMissing     access_token_missing      401  customer
│   ├── SignatureInvalid           signature_invalid         401  customer   what of a machine's signature is wrong
│   │   ├── SignatureMissing       signature_missing         401  customer
│   │   ├── SignatureExpired       signature_expired         401  customer   or made by a clock that is ahead
│   │   ├── SignatureReplayed      signature_replayed        401  customer
│   │   └── SigningKeyUnknown      signing_key_unknown       401  customer   never why: that is nobody's business
│   ├── NotAllowed                 not_allowed               403  customer
│   ├── StepUpRequired             step_up_required          403  customer   needs, factors
│   ├── ScopeMissing               scope_missing             403  customer   what a machine's token does not allow
│   ├── SenderBlocked              sender_blocked            403  customer   until when, where to appeal
│   ├── ChannelClosed              channel_closed            403  customer
│   ├── NotFound                   not_found                 404  customer
│   ├── WrongMethod                method_not_allowed        405  customer
│   ├── Slow                       request_timeout           408  customer
│   ├── WrongHost                  wrong_host                421  customer
│   ├── ReviewRequired             review_required           403  customer   somebody else has to publish it
│   ├── Conflict                   conflict                  409  customer
│   │   └── Outdated               outdated                  412  customer
│   └── KeyReused                  idempotency_key_reused    422  customer
├── Unavailable                    unavailable               503  customer   try again; nothing was lost
│   ├── Busy                       busy                      503  customer   retry_after in seconds
│   ├── StorageFull                storage_full              507  operator
│   └── GuardFailed                guard_failed              503  operator
└── Misconfigured                  misconfigured             500  operator   the start stops with the sentence
    ├── StoreInUse                 store_in_use              500  operator   a second process on SQLite
    └── ProcedureInvalid           procedure_invalid         500  operator   what is wrong with it, and where
"""

from typing import ClassVar, Literal

Recipient = Literal["customer", "agent", "operator", "model"]


class DoorwardError(Exception):
    """Root of all errors raised on purpose. `code` is stable; `message_key` names the sentence for people."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    recipient: ClassVar[Recipient] = "operator"

    def __init__(self, detail: str = "", **facts: str | float) -> None:
        """Take a sentence for the operator (never personal data, never message text) and facts for the sentence."""
        super().__init__(detail or self.code)
        self.detail = detail
        self.facts = facts

    @property
    def message_key(self) -> str:
        """Return the key of the sentence in the language packs."""
        return f"error.{self.code}"


class Refusal(DoorwardError):
    """Something was refused, as designed: it is counted, not reported as a crash."""

    recipient: ClassVar[Recipient] = "customer"
    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"


class Malformed(Refusal):
    """The request cannot be read; `detail` says which field and why, without its content."""

    code: ClassVar[str] = "malformed"


class TooLarge(Refusal):
    """Larger than the limit; facts: `limit`."""

    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413


class UnsupportedType(Refusal):
    """A content type that this door does not take."""

    code: ClassVar[str] = "unsupported_type"
    status: ClassVar[int] = 415


class RateLimited(Refusal):
    """Too many for now; `retry_after` says in how many seconds to come back."""

    code: ClassVar[str] = "rate_limited"
    status: ClassVar[int] = 429

    def __init__(self, detail: str = "", *, retry_after: int) -> None:
        """Take the whole seconds to wait, at least 1."""
        super().__init__(detail, seconds=retry_after)
        self.retry_after = retry_after


class SecretRefused(Refusal):
    """The company's policy takes no message with such a thing in it; nothing of it was kept.

    Facts: `kinds` (codes with blanks between), `language` (the sender's, if known); the door says them.
    """

    code: ClassVar[str] = "secret_refused"
    status: ClassVar[int] = 422


class NotSignedIn(Refusal):
    """No valid session or token."""

    code: ClassVar[str] = "not_signed_in"
    status: ClassVar[int] = 401


class TokenExpired(NotSignedIn):
    """The token was good once."""

    code: ClassVar[str] = "token_expired"


class TokenReplayed(NotSignedIn):
    """A token that may be used once was used again."""

    code: ClassVar[str] = "token_replayed"


class AccessTokenInvalid(NotSignedIn):
    """A machine's access token does not hold; `detail` says what to do about it, and quotes nothing."""

    code: ClassVar[str] = "access_token_invalid"


class AccessTokenMissing(AccessTokenInvalid):
    """The request must carry an access token, and does not."""

    code: ClassVar[str] = "access_token_missing"


class SignatureInvalid(NotSignedIn):
    """A machine's signature does not hold; `detail` says what to do about it, and quotes nothing."""

    code: ClassVar[str] = "signature_invalid"


class SignatureMissing(SignatureInvalid):
    """The request must be signed, and is not."""

    code: ClassVar[str] = "signature_missing"


class SignatureExpired(SignatureInvalid):
    """The signature's time is over, or has not come yet."""

    code: ClassVar[str] = "signature_expired"


class SignatureReplayed(SignatureInvalid):
    """The signature's nonce was used before."""

    code: ClassVar[str] = "signature_replayed"


class SigningKeyUnknown(SignatureInvalid):
    """No key is known here under this thumbprint: no directory shows it, or it is not accepted."""

    code: ClassVar[str] = "signing_key_unknown"


class NotAllowed(Refusal):
    """Known, but not entitled."""

    code: ClassVar[str] = "not_allowed"
    status: ClassVar[int] = 403


class StepUpRequired(NotAllowed):
    """The action needs more certainty about who asks; facts: `action`, `needs` (level name)."""

    code: ClassVar[str] = "step_up_required"


class ScopeMissing(NotAllowed):
    """The token was issued without the scope that this needs; fact: `scope`."""

    code: ClassVar[str] = "scope_missing"


class ReviewRequired(NotAllowed):
    """The company wants four eyes; fact `why`: `unsubmitted` (nobody handed it in) or `own` (its writer asked)."""

    code: ClassVar[str] = "review_required"


class SenderBlocked(NotAllowed):
    """Turned away for a time because of abuse.

    Facts: `reason` (code), `ends_at` (ISO 8601), `language`, `tenant`, `block`, `appealed`; the door says them.
    """

    code: ClassVar[str] = "sender_blocked"


class ChannelClosed(NotAllowed):
    """The tenant takes no messages on this channel now."""

    code: ClassVar[str] = "channel_closed"


class NotFound(Refusal):
    """No such thing in this tenant (another tenant's things are not found either)."""

    code: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404


class WrongMethod(Refusal):
    """The address exists, but not for this method."""

    code: ClassVar[str] = "method_not_allowed"
    status: ClassVar[int] = 405


class Slow(Refusal):
    """The request's body did not arrive in time."""

    code: ClassVar[str] = "request_timeout"
    status: ClassVar[int] = 408


class WrongHost(Refusal):
    """The request was meant for another host name than this installation's."""

    code: ClassVar[str] = "wrong_host"
    status: ClassVar[int] = 421


class Conflict(Refusal):
    """The thing changed meanwhile, or its state does not allow this."""

    code: ClassVar[str] = "conflict"
    status: ClassVar[int] = 409


class Outdated(Conflict):
    """What was to be changed is no longer what the caller had seen (`If-Match`); nothing was changed."""

    code: ClassVar[str] = "outdated"
    status: ClassVar[int] = 412


class KeyReused(Refusal):
    """An idempotency key or message id was used before with other content."""

    code: ClassVar[str] = "idempotency_key_reused"
    status: ClassVar[int] = 422


class Unavailable(DoorwardError):
    """Not possible right now; nothing was accepted and nothing was lost."""

    code: ClassVar[str] = "unavailable"
    status: ClassVar[int] = 503
    recipient: ClassVar[Recipient] = "customer"


class Busy(Unavailable):
    """More is being done than can be done quickly; `retry_after` says in how many seconds to come back."""

    code: ClassVar[str] = "busy"

    def __init__(self, detail: str = "", *, retry_after: int) -> None:
        """Take the whole seconds to wait, at least 1."""
        super().__init__(detail, seconds=retry_after)
        self.retry_after = retry_after


class StorageFull(Unavailable):
    """The disk or the database is full: the message was not accepted."""

    code: ClassVar[str] = "storage_full"
    status: ClassVar[int] = 507
    recipient: ClassVar[Recipient] = "operator"


class GuardFailed(Unavailable):
    """A guard that must not be passed by could not run."""

    code: ClassVar[str] = "guard_failed"
    recipient: ClassVar[Recipient] = "operator"


class Misconfigured(DoorwardError):
    """The installation cannot run like this; `detail` says what to do."""

    code: ClassVar[str] = "misconfigured"


class StoreInUse(Misconfigured):
    """Another process has this SQLite data folder open."""

    code: ClassVar[str] = "store_in_use"


class ProcedureInvalid(Misconfigured):
    """A procedure cannot be used as it is written; `detail` says what is wrong and where, facts: `procedure`."""

    code: ClassVar[str] = "procedure_invalid"
