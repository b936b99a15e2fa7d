"""What all handlers share: the house behind the door, and what the door itself keeps."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from doorward.bootstrap import House
from doorward.doors.web.assets import Assets
from doorward.doors.web.callers import Callers
from doorward.doors.web.pages import Pages
from doorward.doors.web.security import Guard
from doorward.doors.web.speech import language_of
from doorward.doors.web.streams import Streams
from doorward.flow.idempotency import Answers
from doorward.vocabulary.discreet import Discreet


class SignInHint(Discreet, frozen=True, kw_only=True):
    """How somebody of a made-up company signs in."""

    company: str
    username: str
    password: str


AnyRequest: TypeAlias = Request[Any, Any, Any]


class Door:
    """Made once for an application."""

    def __init__(self, house: House, *, hints: Sequence[SignInHint] = ()) -> None:
        """Open the door of a house. `hints` are told to everybody who wants to sign in, in the demonstration alone."""
        self.house = house
        self.hints = tuple(hints) if house.settings.demo else ()
        self.guard = Guard(house.settings, tenant_hosts=lambda: house.tenant_hosts)
        self.streams = Streams(house.bus)
        self.callers = Callers(house, cookie_prefix=self.guard.cookie_prefix)
        self.assets = Assets()
        self.answers = Answers(house.keys)
        self.pages = Pages(translator=house.translator, packs=house.packs, assets=self.assets, clock=house.clock)

    def language_of(self, request: AnyRequest) -> str:
        """Return the language to answer a request in."""
        return language_of(request, tuple(self.house.packs))


AtDoor: TypeAlias = NamedDependency[SkipValidation[Door]]
"""A handler's parameter `door`."""


def address_of(request: AnyRequest) -> str:
    """Return the sender's network address, empty when it is not known."""
    return request.client.host if request.client is not None else ""
