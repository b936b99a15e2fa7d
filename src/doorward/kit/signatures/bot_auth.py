"""Requests of machines that say who they are: HTTP Message Signatures (RFC 9421) in the profile of Web Bot Auth.

The profile is draft-meunier-web-bot-auth-architecture-05, tightened: what may be said in several ways or left out there
is said in one way and always here. Reading a claim costs no key and no network, and is bounded by the limits of
`message`; only who passes it is worth a look at keys.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol, cast

import msgspec

from doorward.kit.signatures.digests import check_digest
from doorward.kit.signatures.keys import KEY_ID, SIGNATURE_BYTES
from doorward.kit.signatures.message import HttpMessage, components_of, signature_base
from doorward.kit.signatures.refused import SignatureRefused
from doorward.kit.signatures.structured import (
    InnerList,
    Item,
    Member,
    StructuredFieldError,
    parse_dictionary,
    parse_item,
)

TAG: Final = "web-bot-auth"
ALGORITHM: Final = "ed25519"
SKEW: Final = timedelta(seconds=30)
"""How far a sender's clock may be off."""
GOOD_FOR: Final = timedelta(minutes=4)
"""How long after `created` a signature is taken at most, whatever it says itself."""
WINDOW: Final = GOOD_FOR + 2 * SKEW
"""How long a signature can be good in all: so long its nonce has to be remembered."""
ACCEPTED: Final = (
    'sig1=("@method" "@authority" "@path" "@query" "content-digest" "signature-agent")'
    f';created;expires;keyid;nonce;alg="{ALGORITHM}";tag="{TAG}"'
)
"""What is asked for, as the field `Accept-Signature` says it (RFC 9421, 5.1)."""
MOST_SIGNATURES: Final = 4
_PARAMETERS: Final = frozenset({"created", "expires", "keyid", "nonce", "alg", "tag"})
_NONCE_LENGTHS: Final = range(16, 129)
_LATEST: Final = 2**37
"""The year 6325: what lies beyond is no time of anybody's."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Which signatures are meant: their tag, the one algorithm, and what a key is called, as a pattern and in words."""

    tag: str
    algorithm: str
    key_id: re.Pattern[str]
    key_words: str
    signature_bytes: int


BOT_AUTH: Final = Profile(
    tag=TAG, algorithm=ALGORITHM, key_id=KEY_ID, key_words="the thumbprint of a key", signature_bytes=SIGNATURE_BYTES
)


class ChecksSignatures(Protocol):
    """A key that signatures are checked with."""

    @property
    def key_id(self) -> str:
        """Return what the key is called."""

    def check(self, signature: bytes, base: bytes) -> None:
        """Raise `SignatureRefused` (`forged`) unless the signature was made over `base` with this key."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says of who signed it; nothing of it is true before `check` was passed.

    `agent` is the address of the platform, as `Signature-Agent` names it, or None.
    """

    key_id: str
    nonce: str
    created: datetime
    expires: datetime
    agent: str | None
    base: bytes
    signature: bytes

    def __repr__(self) -> str:
        """Show nothing of what came."""
        return "<Claim>"

    def check(self, key: ChecksSignatures) -> None:
        """Raise `SignatureRefused` (`forged`) unless `key` is the one that is named, and made this signature."""
        if key.key_id != self.key_id:
            raise SignatureRefused("forged", "Signature: not made over this message with this key")
        key.check(self.signature, self.base)


class Signing(NamedTuple):
    """A signature with what it covers, found under one label."""

    covered: InnerList
    signature: bytes


def read_claim(message: HttpMessage, *, body: bytes, now: datetime, profile: Profile = BOT_AUTH) -> Claim:
    """Return what a request says of who signed it, in the one signature of this profile.

    It must cover the method, the authority, the path, the query where there is one, the digest of the body where there
    is one, and the `Signature-Agent` where there is one; `@target-uri` stands for path and query. It must say when it
    was made and ends, the key's thumbprint, and a nonce of 16 to 128 characters. Raises `SignatureRefused`.
    """
    found = find_signatures(message, profile=profile)
    if len(found) != 1:
        raise SignatureRefused("malformed", f"Signature-Input: more than one with the tag {profile.tag}")
    covered, signature = found[0]
    names = {name for name, _ in components_of(covered)}
    created, expires = check_parameters(covered, now=now, known=_PARAMETERS, profile=profile)
    check_times(created, expires, now=now)
    nonce = covered.parameters.get("nonce")
    if not isinstance(nonce, str) or len(nonce) not in _NONCE_LENGTHS:
        raise SignatureRefused("malformed", "Signature-Input: nonce is not a string of 16 to 128 characters")
    _require_components(message, names, has_body=bool(body))
    agent = _agent_of(message, covered)
    base = signature_base(message, covered)
    if "content-digest" in names:
        check_digest(message.field("content-digest"), body)
    return Claim(
        key_id=cast("str", covered.parameters["keyid"]),
        nonce=nonce,
        created=created,
        expires=expires,
        agent=agent,
        base=base,
        signature=signature,
    )


def find_signatures(message: HttpMessage, *, profile: Profile, most: int = MOST_SIGNATURES) -> list[Signing]:
    """Return a message's signatures with a profile's tag, at least one, of `most` in all. Raises `SignatureRefused`."""
    inputs, signatures = message.field("signature-input"), message.field("signature")
    if inputs is None or signatures is None:
        raise SignatureRefused("missing", "Signature-Input and Signature are missing")
    described, made = _members("Signature-Input", inputs, most), _members("Signature", signatures, most)
    found = []
    for label, covered in described.items():
        if not isinstance(covered, InnerList):
            raise SignatureRefused("malformed", "Signature-Input: a member is not a list")
        if covered.parameters.get("tag") == profile.tag:
            found.append(Signing(covered, _signature(made.get(label), profile.signature_bytes)))
    if not found:
        raise SignatureRefused("missing", f"Signature-Input: none has the tag {profile.tag}")
    return found


def check_parameters(
    covered: InnerList, *, now: datetime, known: Collection[str], profile: Profile
) -> tuple[datetime, datetime]:
    """Return when a signature was made and ends, if its parameters are as they must be. Raises `SignatureRefused`."""
    parameters = covered.parameters
    if not parameters.keys() <= set(known):
        raise SignatureRefused("malformed", "Signature-Input: a parameter that is not known here")
    if parameters.get("alg", profile.algorithm) != profile.algorithm:
        raise SignatureRefused("malformed", f"Signature-Input: alg is not {profile.algorithm}")
    key_id = parameters.get("keyid")
    if not isinstance(key_id, str) or not profile.key_id.match(key_id):
        raise SignatureRefused("malformed", f"Signature-Input: keyid is not {profile.key_words}")
    created, expires = _time(covered, "created"), _time(covered, "expires")
    if expires <= created:
        raise SignatureRefused("malformed", "Signature-Input: expires is not after created")
    if created > now + SKEW:
        raise SignatureRefused("early", "Signature-Input: created is in the future")
    if expires < now - SKEW:
        raise SignatureRefused("expired", "Signature-Input: expires is in the past")
    return created, expires


def check_times(created: datetime, expires: datetime, *, now: datetime) -> None:
    """Raise `SignatureRefused` (`expired`) when a signature was made too long ago, whenever it ends itself."""
    if now > min(created + GOOD_FOR, expires) + SKEW:
        raise SignatureRefused("expired", f"Signature-Input: created more than {GOOD_FOR.seconds} seconds ago")


def _require_components(message: HttpMessage, names: Collection[str], *, has_body: bool) -> None:
    wanted = ["@method", "@authority"]
    if "@target-uri" not in names:
        wanted += ["@path", "@query"] if message.query else ["@path"]
    if has_body:
        wanted.append("content-digest")
    if "signature-agent" in message.fields:
        wanted.append("signature-agent")
    missing = [name for name in wanted if name not in names]
    if missing:
        raise SignatureRefused("incomplete", f"Signature-Input: does not cover {', '.join(missing)}")


def _agent_of(message: HttpMessage, covered: InnerList) -> str | None:
    """Return the address in `Signature-Agent`: the member that is signed, or the one string of the older form."""
    field = message.field("signature-agent")
    if field is None:
        return None
    signed = [item for item in covered.items if item.value == "signature-agent"]
    key = signed[0].parameters.get("key") if len(signed) == 1 else None
    try:
        if key is None and len(signed) == 1:
            named: Member | None = parse_item(field)
        else:
            named = parse_dictionary(field, most=MOST_SIGNATURES).get(key) if isinstance(key, str) else None
    except StructuredFieldError as error:
        raise SignatureRefused("malformed", f"Signature-Agent: {error}") from None
    if not isinstance(named, Item) or not isinstance(named.value, str):
        raise SignatureRefused("malformed", "Signature-Agent: not one address in quotes")
    return named.value


def _members(name: str, value: str, most: int) -> dict[str, Member]:
    try:
        return parse_dictionary(value, most=most)
    except StructuredFieldError as error:
        raise SignatureRefused("malformed", f"{name}: {error}") from None


def _signature(member: Member | None, length: int) -> bytes:
    value = member.value if isinstance(member, Item) else None
    if not isinstance(value, bytes) or len(value) != length:
        raise SignatureRefused("malformed", f"Signature: not {length} bytes under the label of Signature-Input")
    return value


def _time(covered: InnerList, name: str) -> datetime:
    value = covered.parameters.get(name)
    # True is a number to Python but not to us.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LATEST:
        raise SignatureRefused("malformed", f"Signature-Input: {name} is not a time in whole seconds")
    return datetime.fromtimestamp(value, UTC)
