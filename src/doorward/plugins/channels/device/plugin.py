"""The channel of devices: terminals, printers, coffee machines that share a secret with the company."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Protocol

import msgspec
from msgspec import UNSET, Meta, UnsetType

from doorward.admission.parsing import ClientId, LanguageCode, read_body, refuse_other_parameters, require_text
from doorward.admission.ports import Channel
from doorward.kit.settings import Settings
from doorward.vocabulary.channel import (
    ChannelCapabilities,
    ChannelRequest,
    ChannelRoute,
    EnrolmentRequest,
    SignedActRequest,
    SignedPairingRequest,
)
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.machines import CAPABILITIES, Capability
from doorward.vocabulary.text import WildText

Name = Annotated[str, Meta(min_length=1, max_length=100)]
PairingCode = Annotated[str, Meta(min_length=1, max_length=40)]

_SAYS: Final = (frozenset({"text"}), frozenset({"text"}))
_FIELDS: Final[Mapping[Capability, tuple[frozenset[str], frozenset[str]]]] = {
    "help": _SAYS,
    "product.facts": _SAYS,
    "problem.report": _SAYS,
    "order.status": (frozenset(), frozenset()),
    "order.place": (frozenset({"kind"}), frozenset({"kind", "thing"})),
    "notices": (frozenset(), frozenset({"off"})),
}
"""Which fields an event must have, and which it may have."""


class _Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ClientId
    do: Capability
    text: WildText | UnsetType = UNSET
    kind: Name | UnsetType = UNSET
    thing: Name | UnsetType = UNSET
    off: bool | UnsetType = UNSET
    language: LanguageCode | None = None
    company: ClientId | None = None


class _Pairing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: PairingCode | None = None
    capabilities: Annotated[tuple[Capability, ...], Meta(min_length=1, max_length=len(CAPABILITIES))] | None = None
    company: ClientId | None = None


class _Enrolment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: PairingCode
    company: ClientId | None = None


class DeviceDoor:
    """Parses what devices send. Which one it was stands in the signature, which is checked behind this."""

    id = "device"

    def __init__(self, settings: Settings) -> None:
        """Take the limits of `settings`."""
        self._limit = settings.limits.request_bytes
        self.capabilities = ChannelCapabilities(
            credential="device_secret", characters=settings.limits.message_characters
        )

    def routes(self) -> Sequence[ChannelRoute]:
        """See `Channel`."""
        return (
            ChannelRoute(method="POST", path="/events", operation="act", parse=self._event, body=_Event),
            ChannelRoute(method="POST", path="/pairing", operation="pair", parse=self._pairing, body=_Pairing),
            ChannelRoute(method="POST", path="/enrolment", operation="enrol", parse=self._enrolment, body=_Enrolment),
        )

    def _event(self, request: ChannelRequest) -> SignedActRequest:
        refuse_other_parameters(request)
        body = read_body(request, _Event, limit=self._limit)
        _require_fields(body)
        return SignedActRequest(
            capability=body.do,
            key=body.id,
            text=require_text(body.text) if isinstance(body.text, WildText) else None,
            kind=body.kind or "",
            thing=body.thing or "",
            off=bool(body.off),
            language=body.language,
            company=body.company,
        )

    def _pairing(self, request: ChannelRequest) -> SignedPairingRequest:
        refuse_other_parameters(request)
        body = read_body(request, _Pairing, limit=self._limit)
        if (body.code is None) == (body.capabilities is None):
            raise Malformed("code, capabilities: one of them")
        return SignedPairingRequest(code=body.code or "", capabilities=body.capabilities or (), company=body.company)

    def _enrolment(self, request: ChannelRequest) -> EnrolmentRequest:
        refuse_other_parameters(request)
        body = read_body(request, _Enrolment, limit=self._limit)
        return EnrolmentRequest(code=body.code, company=body.company)


def _require_fields(event: _Event) -> None:
    """Raise `Malformed` unless an event has the fields of what it is about, and no others."""
    must, may = _FIELDS[event.do]
    there = {name for name in ("text", "kind", "thing", "off") if getattr(event, name) is not UNSET}
    if missing := must - there:
        raise Malformed(f"{min(missing)}: missing")
    if strange := there - may:
        raise Malformed(f"{min(strange)}: not with this")


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> Channel:
    """Return the channel."""
    return DeviceDoor(kit.settings)
