"""What passes between a channel and a door: a request as it came, what it asks for, and what a channel can do."""

from collections.abc import Callable, Mapping
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any, Final, Literal

import msgspec

from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.effort import EffortChallenge, EffortSolution
from doorward.vocabulary.machines import Capability
from doorward.vocabulary.text import WildText

Operation = Literal[
    "visit",
    "message",
    "entries",
    "stream",
    "person",
    "verify",
    "confirm",
    "effort",
    "work",
    "typing",
    "attach",
    "file",
    "source",
    "why",
    "feedback",
    "callback",
    "transcript",
    "delete",
    "act",
    "pair",
    "call",
    "describe",
    "enrol",
    "skill",
]
"""visit: begin or resume a conversation · message: say something · entries, stream: read what was said, once or live ·
person: ask for a person · verify: ask for a code by mail · confirm: hand the code in · effort: ask for a piece of
work for one's device · work: hand it in · typing: say that one is writing
· attach: hand a file in · file: have a file that a reply brought · source: read what an answer comes from ·
why: read why it was given · feedback: say whether it helped · callback: leave an
address to be called back at · transcript: have the conversation mailed · delete: ask that it be deleted · act: have
something done for an owner · pair: come by an owner's mandate · call: any of what machines may ask for, in a protocol's
own envelope · describe: read what a machine has to know before it asks · enrol: come by an owner's mandate, and by a
secret to sign with · skill: speak by a voice assistant's skill."""

Credential = Literal["visitor_token", "api_token", "signature", "access_token", "device_secret", "skill_certificate"]

SkillWish = Literal["open", "act", "pair", "help", "stop", "end", "unclear"]
"""What somebody wants of a skill. `end`: nothing, it is over, or for nobody's ears."""

CARD_KEYS: Final = "/.well-known/agent-card-keys.json"
"""Where the public keys are shown that check the cards of companies' agents."""
LONGEST_CONTACT: Final = 200
"""Characters of an address or a number at which somebody wants to be got back to."""


class ChannelRequest(Discreet, frozen=True, kw_only=True):
    """One HTTP request, free of any framework. `origin` is where it came to: scheme and host, as in `Origin`.

    `path` begins after `/c/<channel id>`; `headers` have names in lower case; `query` holds the last value of each
    name; `body` is complete and unparsed; `address` is the sender's network address as far as the door can tell.
    """

    method: str
    path: str
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    body: bytes = b""
    address: str = ""
    origin: str = ""


class VisitRequest(Discreet, frozen=True, kw_only=True):
    """Begin a conversation, or continue the one that the token `resume` names, even if its time has run out.

    `user_token` is the host site's signed word for who this is; it is checked by `identity`.
    """

    widget_key: str
    language: str | None = None
    user_token: str | None = None
    resume: str | None = None


class MessageRequest(Discreet, frozen=True, kw_only=True):
    """Say something. `credential` is the bearer token; its kind is in the channel's capabilities.

    `client_message_id` is the sender's own id of the message (1 to 64 of `A-Za-z0-9_-`). `customer` is the company's
    customer number and `conversation` a conversation id; only channels for machines have them.
    """

    credential: str
    client_message_id: str
    text: WildText
    idempotency_key: str
    language: str | None = None
    customer: str | None = None
    conversation: str | None = None


class SignedMessageRequest(Discreet, frozen=True, kw_only=True):
    """Say something as a machine that signed the request.

    `agent` is what its platform calls this machine, empty where the key is enough. `company` is a widget key, for
    addresses that are not one company's own. The others are as in `MessageRequest`.
    """

    client_message_id: str
    text: WildText
    language: str | None = None
    conversation: str | None = None
    agent: str = ""
    company: str | None = None


class SignedEntriesRequest(Discreet, frozen=True, kw_only=True):
    """Read a conversation that the same machine began, after number `after`."""

    conversation: str
    after: int = 0
    agent: str = ""
    company: str | None = None


class SignedActRequest(Discreet, frozen=True, kw_only=True):
    """Have something done as a machine, within its owner's mandate; the same `key` is the same request.

    `text` is what is said; an order has a `kind` and perhaps the `thing` that it is for; notices end with `off`.
    """

    capability: Capability
    key: str
    text: WildText | None = None
    kind: str = ""
    thing: str = ""
    off: bool = False
    language: str | None = None
    agent: str = ""
    company: str | None = None


class SignedPairingRequest(Discreet, frozen=True, kw_only=True):
    """Present an owner's `code`, or without one ask for a code that an owner types in to allow `capabilities`."""

    code: str = ""
    capabilities: tuple[Capability, ...] = ()
    agent: str = ""
    company: str | None = None


class SignedLookRequest(Discreet, frozen=True, kw_only=True):
    """Read how an act stands that the same machine asked for under this `key`; nothing is begun by it."""

    key: str
    language: str | None = None
    agent: str = ""
    company: str | None = None


class GreetingRequest(Discreet, frozen=True, kw_only=True):
    """Ask, as a machine, by whom one is answered: nothing is said or done."""

    language: str | None = None
    agent: str = ""
    company: str | None = None


class DescriptionRequest(Discreet, frozen=True, kw_only=True):
    """Read what a machine has to know before it asks at the address `resource`, a path of this installation.

    `card` makes what the house shall sign with its own key, of the address and the company's name: an agent's card.
    """

    resource: str
    company: str | None = None
    card: Callable[[str, str], Mapping[str, Any]] | None = None


MachineRequest = (
    SignedMessageRequest
    | SignedEntriesRequest
    | SignedActRequest
    | SignedPairingRequest
    | SignedLookRequest
    | GreetingRequest
)
"""What machines may ask for, whatever door they come by."""


class CalledRequest(Discreet, frozen=True, kw_only=True):
    """What a machine asks for in a protocol's own envelope.

    `token` is its access token, for the address `resource`, which must allow `scope` if one is named; without a token
    the request is signed. `envelope` is what the channel needs to write the answer, and nothing of what was said.
    """

    wanted: MachineRequest
    resource: str
    token: str = ""
    scope: str = ""
    envelope: Any = None


class EnrolmentRequest(Discreet, frozen=True, kw_only=True):
    """Become a device with a secret of its own, by an owner's `code`; `company` as in `SignedMessageRequest`."""

    code: str
    company: str | None = None


class SkillRequest(Discreet, frozen=True, kw_only=True):
    """What somebody said to a voice assistant, who sends it signed; nothing of it is true before that was checked.

    `skill` and `user` are the assistant's ids, `request_id` is of this request, and `at` is when it was sent. `act` is
    there when `wish` is `act`. `begins` tells that a session begins with it. `company` is as in `SignedMessageRequest`.
    """

    skill: str
    user: str
    request_id: str
    at: datetime
    wish: SkillWish
    act: SignedActRequest | None = None
    language: str | None = None
    begins: bool = False
    company: str | None = None


class EntriesRequest(Discreet, frozen=True, kw_only=True):
    """Read the entries after number `after` (0: from the start), once or live as a stream."""

    credential: str
    after: int = 0
    live: bool = False


class PersonRequest(Discreet, frozen=True, kw_only=True):
    """Ask for a person; the client's own id makes asking twice asking once."""

    credential: str
    client_message_id: str


class VerificationRequest(Discreet, frozen=True, kw_only=True):
    """Ask for a one-time code by mail."""

    credential: str
    email: str


class ConfirmRequest(Discreet, frozen=True, kw_only=True):
    """Hand in the one-time code."""

    credential: str
    code: str


class EffortRequest(Discreet, frozen=True, kw_only=True):
    """Ask whether one's device is wanted to do a piece of work, and which."""

    credential: str


class EffortMadeRequest(Discreet, frozen=True, kw_only=True):
    """Hand in the piece of work that was asked for, with what was found."""

    credential: str
    challenge: EffortChallenge
    solution: EffortSolution


class TypingRequest(Discreet, frozen=True, kw_only=True):
    """Say that the visitor is writing just now; kept nowhere."""

    credential: str


class AttachmentRequest(Discreet, frozen=True, kw_only=True):
    """Hand a file in: its name and type as the sender says them, and its bytes."""

    credential: str
    client_message_id: str
    name: WildText
    media_type: str
    content: bytes


class FileRequest(Discreet, frozen=True, kw_only=True):
    """Have a file that a reply brought."""

    credential: str
    attachment_id: str


class SourceRequest(Discreet, frozen=True, kw_only=True):
    """Read the published article that an answer named as its source."""

    credential: str
    slug: str
    language: str


class WhyRequest(Discreet, frozen=True, kw_only=True):
    """Read why the bot said line `number`, in `language`."""

    credential: str
    number: int
    language: str


class FeedbackRequest(Discreet, frozen=True, kw_only=True):
    """Say whether this part of the conversation helped, with a comment if one likes."""

    credential: str
    client_message_id: str
    helpful: bool
    comment: WildText | None = None


class CallbackRequest(Discreet, frozen=True, kw_only=True):
    """Leave a mail address or a telephone number to be answered at."""

    credential: str
    client_message_id: str
    contact: WildText


class TranscriptRequest(Discreet, frozen=True, kw_only=True):
    """Have the conversation mailed to the address on file; the client's own id makes asking twice asking once."""

    credential: str
    client_message_id: str


class DeletionRequest(Discreet, frozen=True, kw_only=True):
    """Ask the company to delete the conversation."""

    credential: str
    client_message_id: str


ChannelInput = (
    VisitRequest
    | MessageRequest
    | EntriesRequest
    | PersonRequest
    | VerificationRequest
    | ConfirmRequest
    | EffortRequest
    | EffortMadeRequest
    | TypingRequest
    | AttachmentRequest
    | FileRequest
    | SourceRequest
    | WhyRequest
    | FeedbackRequest
    | CallbackRequest
    | TranscriptRequest
    | DeletionRequest
    | SignedMessageRequest
    | SignedEntriesRequest
    | SignedActRequest
    | SignedPairingRequest
    | SignedLookRequest
    | GreetingRequest
    | DescriptionRequest
    | CalledRequest
    | EnrolmentRequest
    | SkillRequest
)
Parse = Callable[[ChannelRequest], ChannelInput]


class ChannelTold(Discreet, frozen=True, kw_only=True):
    """What the house says to a request: what it would answer as JSON, or why not, which is a problem document.

    `headers` are answered beside those that the channel writes.
    """

    status: int
    body: Mapping[str, Any]
    refused: bool = False
    headers: Mapping[str, str] = {}


class ChannelAnswer(Discreet, frozen=True, kw_only=True):
    """An answer in a protocol's own form."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = {}


Render = Callable[[ChannelRequest, ChannelInput | None, ChannelTold], ChannelAnswer]
"""Writes what the house says to a request, None where it could not be read. Pure, whatever it gets."""


class ChannelRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One address of a channel: `path` below `/c/<channel id>`, the operation, and the parser of its requests.

    A path below `/.well-known/` is served as it is, where standards look for it (RFC 8615). `render` writes the answers
    where the channel's protocol has a form of its own; such addresses are for programs, and no other site's page may
    read them.

    `parse` is pure. It returns one typed request or raises a `Refusal`, whatever bytes it gets. `body` is the shape of
    the JSON body, for the documentation of the interface; `WildText` in it is text. `limit` is its largest size in
    bytes where that is not the installation's (0).
    """

    method: Literal["GET", "POST"]
    path: str
    operation: Operation
    parse: Parse
    body: type[msgspec.Struct] | None = None
    limit: int = 0
    render: Render | None = None


class ChannelCapabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel can do. `characters` is its longest message, 0 when only the installation's limit counts."""

    credential: Credential
    characters: int = 0
    streaming: bool = False
    choices: bool = False
    attachments: bool = False


_UNKNOWN_NETWORK = "unknown"


def network_of(address: str) -> str:
    """Return the network that an address counts for: an IPv4 address itself, an IPv6 address's /64.

    One household or host has a whole /64 of IPv6 (RFC 6177), so counting single addresses would count nobody. What is
    not an address counts as one common network, `unknown`.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return _UNKNOWN_NETWORK
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)
