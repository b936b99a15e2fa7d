"""A piece of work that a device is asked for (ALTCHA, proof of work version 2), and what came of it."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

ALGORITHM: Final = "PBKDF2/SHA-256"

_Hex16 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
_Hex32 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class EffortBound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a challenge is bound to: a keyed hash of the visit that it was made for, and its end as Unix time."""

    visit: _Hex32
    until: Annotated[int, Meta(ge=0, le=2**40)]


class EffortParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What is to be found: the number whose key, derived by `algorithm` with `cost` rounds, begins with `key_prefix`.

    The password is `nonce` and then the number as four bytes, the highest first.
    """

    algorithm: Annotated[str, Meta(pattern=r"\APBKDF2/SHA-256\Z")]
    nonce: _Hex16
    salt: _Hex16
    cost: Annotated[int, Meta(ge=1, le=1_000_000)]
    key_length: Annotated[int, Meta(ge=32, le=32)]
    key_prefix: _Hex16
    key_signature: _Hex32
    data: EffortBound


class EffortChallenge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of work, signed by whoever asks for it."""

    parameters: EffortParameters
    signature: _Hex32


class EffortSolution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What was found: the number, and the whole key."""

    counter: Annotated[int, Meta(ge=0, le=2**32 - 1)]
    derived_key: _Hex32
