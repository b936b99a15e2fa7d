"""What machines may ask for, the same at every door: its name, its words for programs, its fields.

Doors differ in how they are asked, and in nothing else: a capability that is added here is at all of them.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta

from doorward.admission.parsing import ClientId, HouseId, LanguageCode, as_shape, require_text
from doorward.vocabulary.channel import (
    MachineRequest,
    SignedActRequest,
    SignedEntriesRequest,
    SignedPairingRequest,
)
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.machines import CAPABILITIES, Capability
from doorward.vocabulary.schemas import schemas_of
from doorward.vocabulary.text import WildText

AgentName = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}\Z")]
"""What a platform calls one of its machines."""

Code = Annotated[str, Meta(max_length=100)]
PairingCode = Annotated[str, Meta(min_length=1, max_length=40)]
Wished = Annotated[tuple[Capability, ...], Meta(min_length=1, max_length=len(CAPABILITIES))]
_Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]

Ask = Literal["help", "product.facts", "problem.report", "order.status", "order.place", "notices", "pair", "entries"]
"""The capabilities, and what it takes to use them: to come by a mandate, and to read on."""
ASKS: Final[tuple[Ask, ...]] = get_args(Ask)


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    language: LanguageCode | None = None


class Saying(_Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something said in words."""

    text: WildText


class Looking(_Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A look at how things stand."""


class Placing(_Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order."""

    kind: Code
    thing: Code = ""


class Subscribing(_Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """News, or no more of them."""

    off: bool = False


class PairingWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An owner's code, or what a machine would like to be allowed."""

    code: PairingCode | None = None
    capabilities: Wished | None = None


class ReadingOn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation, and after which line."""

    conversation: HouseId
    after: _Number = 0


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """How one thing that may be asked for is told to programs."""

    words: str
    shape: type[msgspec.Struct]
    only_reads: bool = False


_AGAIN: Final = " The same `id` again is the same request, and tells how it stands."
_SAYING: Final = " Answered by the company's assistant or by a person; `working` means: ask again."
TOLD: Final[Mapping[Ask, Told]] = {
    "help": Told(words=f"Ask the company for help in its customer's name.{_SAYING}{_AGAIN}", shape=Saying),
    "product.facts": Told(words=f"Ask for facts about the company's products.{_SAYING}{_AGAIN}", shape=Saying),
    "problem.report": Told(words=f"Report a problem in the customer's name.{_SAYING}{_AGAIN}", shape=Saying),
    "order.status": Told(words=f"Tell how the customer's orders stand.{_AGAIN}", shape=Looking, only_reads=True),
    "order.place": Told(
        words="Place or repeat an order of a `kind` that the company offers, for the `thing` that it is for. Beyond the"
        f" mandate the customer is asked, not you: `input-required` means that they were.{_AGAIN}",
        shape=Placing,
    ),
    "notices": Told(
        words=f"Have the customer told by mail when orders change, or no more (`off`).{_AGAIN}", shape=Subscribing
    ),
    "pair": Told(
        words="Come by a customer's mandate: hand in the `code` that they were shown, or name the `capabilities` that"
        " you need and give them the code that is answered, to be typed in at the company's portal.",
        shape=PairingWish,
    ),
    "entries": Told(words="Read what was said in a conversation that you began.", shape=ReadingOn, only_reads=True),
}


def ask_for(ask: Ask, fields: Any, *, agent: str = "", company: str | None = None) -> MachineRequest:
    """Return what is asked for with these fields of JSON. Raises `Malformed`, which names the field at fault."""
    if ask == "pair":
        return pairing_of(as_shape(fields, PairingWish), agent=agent, company=company)
    if ask == "entries":
        reading = as_shape(fields, ReadingOn)
        return SignedEntriesRequest(
            conversation=reading.conversation, after=reading.after, agent=agent, company=company
        )
    asked: Any = as_shape(fields, TOLD[ask].shape)
    text = getattr(asked, "text", None)
    return SignedActRequest(
        capability=ask,
        key=asked.id,
        text=None if text is None else require_text(text),
        kind=getattr(asked, "kind", ""),
        thing=getattr(asked, "thing", ""),
        off=getattr(asked, "off", False),
        language=asked.language,
        agent=agent,
        company=company,
    )


def pairing_of(wish: Any, *, agent: str, company: str | None) -> SignedPairingRequest:
    """Return a wish for a mandate, by its `code` or `capabilities`. Raises `Malformed` unless it has one of them."""
    if (wish.code is None) == (wish.capabilities is None):
        raise Malformed("code, capabilities: one of them")
    return SignedPairingRequest(
        code=wish.code or "", capabilities=wish.capabilities or (), agent=agent, company=company
    )


def schema_of(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the fields of a shape as JSON Schema (2020-12), complete in itself."""
    name, parts = schemas_of(shape, ref_template="{name}")
    found: dict[str, Any] = parts[name]
    fields: dict[str, Any] = {"type": "object", "properties": found.get("properties", {})}
    return fields | {"required": found.get("required", []), "additionalProperties": False}
