"""What the channels' doors answer with, as JSON: fields are only ever added."""

from collections.abc import Mapping
from typing import Any

import msgspec

from doorward.flow.openings import Closed
from doorward.record.formatting import FormattedPiece


class MaskedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place of a text that was masked, in characters: the only truth about what is a mask and what looks like one."""

    start: int
    end: int
    kind: str


class KeptMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is kept. `text` is what was kept of it: masked at `spans`."""

    message_id: str
    number: int
    duplicate: bool
    text: str
    spans: tuple[MaskedPlace, ...] = ()


class MessageAccepted(KeptMessage, frozen=True, kw_only=True):
    """A visitor's message that is kept. `effort`: their device is asked for work, see `GET /c/webchat/effort`."""

    effort: bool = False


class MachineMessageAccepted(KeptMessage, frozen=True, kw_only=True):
    """The same, for a program: with the conversation to go on in."""

    conversation_id: str


class SignedMessageAccepted(MachineMessageAccepted, frozen=True, kw_only=True):
    """The same, for a machine that signed: by whom it is answered, and whether it speaks for an owner who lets it."""

    disclosure: str
    for_owner: bool


class ShownLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the conversation, for the customer. `formatted` is what staff wrote, in pieces, if it has form."""

    seq: int
    kind: str
    at: str
    author: str
    text: str
    language: str = ""
    spans: tuple[MaskedPlace, ...] = ()
    formatted: tuple[FormattedPiece, ...] = ()
    sources: tuple[Any, ...] = ()
    choices: tuple[Any, ...] = ()
    attachment: Any = None
    client_id: str | None = None


class Entries(msgspec.Struct, frozen=True, kw_only=True):
    """What was said after a number, and how the conversation stands; `last` is where to go on reading.

    `closed` is null within the opening hours; else its `again` says when people answer again, where that is known.
    `call_back`: who waits, or for whom nobody is free now, was offered to be called or written back, and has not asked
    for it.
    """

    entries: tuple[ShownLine, ...]
    state: str
    waiting: dict[str, int] | None
    last: int
    people: bool | None = None
    closed: Closed | None = None
    call_back: bool = False


class SignedEntries(Entries, frozen=True, kw_only=True):
    """The same, for a machine that signed, with the sentence that tells by whom it is answered."""

    disclosure: str


class ShownThing(msgspec.Struct, frozen=True, kw_only=True):
    """One of the owner's orders, as the company's core system tells it."""

    kind: str
    key: str
    fields: Mapping[str, Any]


class SignedActStands(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a machine's act stands. `code` says why it was not done; the same request again tells how it stands then."""

    state: str
    disclosure: str
    code: str = ""
    act_id: str = ""
    approval_id: str = ""
    conversation_id: str | None = None
    text: str = ""
    things: tuple[ShownThing, ...] = ()


class SignedPaired(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The mandate that a machine has now, or the code that its future owner types in at the portal."""

    disclosure: str
    mandate_id: str = ""
    code: str = ""


class MachineGreeted(msgspec.Struct, frozen=True, kw_only=True):
    """By whom a machine is answered, and whether it speaks for an owner who lets it."""

    company: str
    disclosure: str
    for_owner: bool


class MachineDescribed(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine has to know before it asks: for which address tokens are issued, and whose are taken."""

    company: str
    resource: str
    issuers: tuple[str, ...]
    disclosure: str
    card: Mapping[str, Any] | None = None
    key: Mapping[str, Any] | None = None


class PersonAsked(msgspec.Struct, frozen=True, kw_only=True):
    """How the conversation stands after somebody asked for a person."""

    state: str


class SignTaken(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a sign that is kept nowhere, and to a transcript that goes out by mail."""

    taken: bool = True


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to every request for a code, whether the address is known or not."""

    sent: bool = True


class CodeConfirmed(msgspec.Struct, frozen=True, kw_only=True):
    """How sure we are now who this is."""

    level: str
