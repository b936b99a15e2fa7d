"""The channel of Alexa: reads what a custom skill's requests say, as Amazon's reference of request types has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, Protocol

import msgspec
from msgspec import Meta

from doorward.admission.parsing import LanguageCode, read_body, refuse_other_parameters
from doorward.admission.ports import Channel
from doorward.kit.ids import derive_id
from doorward.kit.settings import Settings
from doorward.vocabulary.channel import (
    ChannelCapabilities,
    ChannelRequest,
    ChannelRoute,
    SignedActRequest,
    SkillRequest,
    SkillWish,
)
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.machines import Capability
from doorward.vocabulary.text import WildText

SkillId = Annotated[str, Meta(pattern=r"\Aamzn1\.ask\.skill\.[0-9a-f-]{36}\Z")]
UserId = Annotated[str, Meta(pattern=r"\Aamzn1\.[!-~]{1,500}\Z")]
RequestId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{1,255}\Z")]
Name = Annotated[str, Meta(max_length=100)]
_COMPANY: Final = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]

INTENTS: Final[Mapping[str, Capability]] = {
    "AskIntent": "help",
    "FactsIntent": "product.facts",
    "ReportIntent": "problem.report",
    "OrderStatusIntent": "order.status",
    "OrderIntent": "order.place",
    "NoticesIntent": "notices",
    "NoNoticesIntent": "notices",
}
"""Intents of a skill's model that have something done."""
_WISHES: Final[Mapping[str, SkillWish]] = {
    "PairIntent": "pair",
    "AMAZON.HelpIntent": "help",
    "AMAZON.StopIntent": "stop",
    "AMAZON.CancelIntent": "stop",
    "AMAZON.NavigateHomeIntent": "stop",
}
_SAYS: Final = frozenset({"help", "product.facts", "problem.report"})
_MATCH: Final = "ER_SUCCESS_MATCH"


class _Identified(msgspec.Struct, frozen=True):
    id: Name = ""


class _Match(msgspec.Struct, frozen=True):
    value: _Identified


class _Status(msgspec.Struct, frozen=True):
    code: str = ""


class _Resolution(msgspec.Struct, frozen=True):
    status: _Status = _Status()
    values: Annotated[tuple[_Match, ...], Meta(max_length=20)] = ()


class _Resolutions(msgspec.Struct, frozen=True, rename="camel"):
    resolutions_per_authority: Annotated[tuple[_Resolution, ...], Meta(max_length=10)] = ()


class _Slot(msgspec.Struct, frozen=True):
    value: WildText | None = None
    resolutions: _Resolutions = _Resolutions()

    @property
    def resolved(self) -> str:
        """Return the id of what was meant, empty where the skill's model does not know it."""
        for one in self.resolutions.resolutions_per_authority:
            if one.status.code == _MATCH and one.values:
                return one.values[0].value.id
        return ""


class _Intent(msgspec.Struct, frozen=True):
    name: Name
    slots: Annotated[dict[Name, _Slot], Meta(max_length=20)] = {}


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    type: Name
    request_id: RequestId
    timestamp: datetime
    locale: LanguageCode | None = None
    intent: _Intent | None = None


class _Application(msgspec.Struct, frozen=True, rename="camel"):
    application_id: SkillId


class _User(msgspec.Struct, frozen=True, rename="camel"):
    user_id: UserId


class _System(msgspec.Struct, frozen=True):
    application: _Application
    user: _User


class _Context(msgspec.Struct, frozen=True):
    System: _System


class _Session(msgspec.Struct, frozen=True):
    application: _Application
    new: bool = False


class _Envelope(msgspec.Struct, frozen=True):
    """A request. Amazon adds fields at any time, so others than these may be there."""

    context: _Context
    request: _Request
    session: _Session | None = None


class AlexaDoor:
    """Parses what Alexa sends. Whether it was Alexa stands in the signature, which is checked behind this."""

    id = "alexa"

    def __init__(self, settings: Settings) -> None:
        """Take the limits of `settings`."""
        self._limit = settings.limits.request_bytes
        self.capabilities = ChannelCapabilities(
            credential="skill_certificate", characters=settings.limits.message_characters
        )

    def routes(self) -> Sequence[ChannelRoute]:
        """See `Channel`."""
        # Without a shape of the body: that is Amazon's, which describes it and adds to it.
        return (ChannelRoute(method="POST", path="/skill", operation="skill", parse=self._skill),)

    def _skill(self, request: ChannelRequest) -> SkillRequest:
        refuse_other_parameters(request, "company")
        body = read_body(request, _Envelope, limit=self._limit)
        system, asked = body.context.System, body.request
        if body.session is not None and body.session.application != system.application:
            raise Malformed("session: of another skill than the request")
        if asked.timestamp.tzinfo is None:
            raise Malformed("timestamp: without a time zone")
        wish, act = _wish(asked)
        return SkillRequest(
            skill=system.application.application_id,
            user=system.user.user_id,
            request_id=asked.request_id,
            at=asked.timestamp,
            wish=wish,
            act=act,
            language=asked.locale,
            begins=body.session is not None and body.session.new,
            company=_company(request),
        )


def _company(request: ChannelRequest) -> str | None:
    try:
        return msgspec.convert(request.query.get("company"), _COMPANY | None)  # type: ignore[no-any-return]
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise Malformed("company: not as expected") from None


def _wish(asked: _Request) -> tuple[SkillWish, SignedActRequest | None]:
    """Return what is wanted, and the act if it is one; what lacks its words is unclear, not wrong."""
    match asked.type:
        case "LaunchRequest":
            return "open", None
        case "IntentRequest" if asked.intent is not None:
            intent = asked.intent
        case _:
            return "end", None
    capability = INTENTS.get(intent.name)
    if capability is None:
        return _WISHES.get(intent.name, "unclear"), None
    words, kind = intent.slots.get("words", _Slot()).value, intent.slots.get("kind", _Slot()).resolved
    if capability in _SAYS and (words is None or words.is_blank):
        return "unclear", None
    if capability == "order.place" and not kind:
        return "unclear", None
    return "act", SignedActRequest(
        capability=capability,
        key=derive_id("alexa", asked.request_id),
        text=words if capability in _SAYS else None,
        kind=kind if capability == "order.place" else "",
        thing=intent.slots.get("thing", _Slot()).resolved if capability == "order.place" else "",
        off=intent.name == "NoNoticesIntent",
        language=asked.locale,
    )


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...


def build(kit: _Kit) -> Channel:
    """Return the channel."""
    return AlexaDoor(kit.settings)
