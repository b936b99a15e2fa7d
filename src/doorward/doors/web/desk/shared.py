"""What all pages of the desk share: who is there, in which language, and the frame around the page."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import SkipValidation

from doorward import automation, record, routing
from doorward.admission.flood import Level
from doorward.bootstrap import House
from doorward.doors.web.callers import Caller
from doorward.doors.web.desk.choices import Choices, choices_of
from doorward.doors.web.desk.navigation import destinations_for
from doorward.doors.web.desk.presence_words import reasons_in_words, standing_in_words
from doorward.doors.web.desk.shortcuts import SHORTCUTS
from doorward.doors.web.door import AnyRequest, AtDoor, Door
from doorward.doors.web.forms import read_member_form, read_member_pairs
from doorward.doors.web.security import issue_csrf
from doorward.flow.colleagues import said_here
from doorward.flow.staffing import own_reasons
from doorward.flow.views.pressing import news_of
from doorward.identity import Permission, require_permission
from doorward.kit.tx import Tx
from doorward.record import Card, CardQuery
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import PartyId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.webhooks import count_disabled

UNKNOWN: Final = "…"
NEWS: Final = timedelta(days=1)
"""A note that is older is news to nobody."""


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What asks for the reader: customers waiting for anybody, the reader's own conversations, those of them in which
    the customer spoke last, and when that was, in milliseconds since 1970 (a rising number is news).

    `handed` is when a colleague handed the reader a conversation last, likewise, and `handed_by` who that was; `noted`
    when one named the reader in a note, `noted_by` who that was, and `whispered` whether it was whispered to them.
    `pressed` is when the reader was told of a promise last, likewise, with `clock` and `standing` as it is by now.
    """

    waiting: int = 0
    mine: int = 0
    unanswered: int = 0
    heard: int = 0
    handed: int = 0
    handed_by: str = ""
    pressed: int = 0
    clock: routing.ClockKind = "first"
    standing: routing.ClockState = "warned"
    noted: int = 0
    noted_by: str = ""
    whispered: bool = False


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What surrounds a page: whether its reader takes conversations, why not and since when, what the company calls its
    own reasons, the names of colleagues by their ids, what asks for the reader, how many objections against blocks do,
    how many things a second person is asked, and by which company and user name they signed in.
    `flood` is how things stand with a flood now.
    `off` is how many things the house switched off, by the page that shows them: webhooks and rules.
    """

    available: bool
    reason: str
    since: datetime | None
    own_reasons: Mapping[str, str]
    colleagues: Mapping[str, str]
    demand: Demand
    objections: int
    agreements: int
    flood: Level
    off: Mapping[str, int]
    company: str
    username: str


class DeskCall:
    """One request of a member of staff to the desk."""

    def __init__(self, door: Door, request: AnyRequest, caller: Caller) -> None:
        """Hold what every page needs."""
        self._door = door
        self.request = request
        self.caller = caller
        self.language = door.language_of(request)
        self.choices: Choices = choices_of(request)

    @property
    def house(self) -> House:
        """Return the house."""
        return self._door.house

    @property
    def scope(self) -> Scope:
        """Return the reader's scope."""
        return self.caller.principal.scope

    @property
    def by_script(self) -> bool:
        """Return whether the page's own script asks and wants a part, not a page."""
        return self.request.headers.get("hx-request") == "true"

    def require(self, permission: Permission) -> Scope:
        """Return the reader's scope if they may do this. Raises `NotAllowed`."""
        require_permission(self.caller.principal, permission)
        return self.scope

    async def form(self) -> Mapping[str, str]:
        """Return the fields of the form that was sent. Raises as `read_member_form`."""
        return await read_member_form(self.request, self.caller)

    async def pairs(self, *, most: int) -> Sequence[tuple[str, str]]:
        """Return the fields of a long form, names as often as they were sent. Raises as `read_member_form`."""
        return await read_member_pairs(self.request, self.caller, most=most)

    def say(self, key: str, **places: Any) -> str:
        """Return a sentence in the reader's language."""
        return self.house.translator.say(self.language, key, **places)

    async def page(self, template: str, *, status: int = 200, **places: Any) -> Response[str]:
        """Return a whole page in the desk's frame."""
        shared = await self._shared()
        response = self._door.pages.page(self.request, template, language=self.language, **(shared | places))
        response.status_code = status
        return response

    async def part(self, template: str, *, status: int = 200, **places: Any) -> Response[str]:
        """Return a part of a page, for the script that asked for it."""
        html = self._door.pages.render(template, language=self.language, **(await self._shared() | places))
        return Response(html, status_code=status, media_type=MediaType.HTML)

    def may(self, permission: Permission) -> bool:
        """Return whether the reader may do this."""
        return permission in self.caller.principal.permissions

    async def reasons(self) -> Mapping[str, str]:
        """Return what the reasons for being away are called, by key."""
        own = await self.house.transactions.read_async(lambda tx: own_reasons(tx, self.scope))
        return reasons_in_words(self.say, own)

    async def _shared(self) -> dict[str, Any]:
        frame, principal = await self._frame(), self.caller.principal
        reasons = reasons_in_words(self.say, frame.own_reasons)
        return {
            "name": principal.name,
            "role": principal.role,
            "member": self.scope.actor.id,
            "frame": frame,
            "csrf": issue_csrf(self.caller.session_token or ""),
            "available": frame.available,
            "presence_reasons": reasons,
            "presence_words": lambda state, reason: standing_in_words(self.say, state, reason, reasons),
            "demo": self.house.settings.demo,
            "may": self.may,
            "choices": self.choices,
            "destinations": destinations_for(principal.permissions, demo=self.house.settings.demo),
            "shortcuts": SHORTCUTS,
            "name_of": lambda staff_id: frame.colleagues.get(staff_id or "", UNKNOWN),
            "code_of": code_of,
            "follow": "",
        }

    async def _frame(self) -> Frame:
        scope, house = self.scope, self.house
        works = self.may("conversations:read")

        def read(tx: Tx) -> Frame:
            presence = routing.presence_of(tx, scope, StaffId(scope.actor.id))
            said = said_here(presence)
            everybody = house.identity.staff.everybody(tx, scope)
            return Frame(
                available=presence is not None and presence.state == "available",
                reason="" if said is None else said.reason,
                since=None if said is None else said.since,
                own_reasons=own_reasons(tx, scope),
                colleagues={str(one.id): one.display_name for one in everybody},
                demand=demand_on(tx, scope, supervises=self.may("conversations:supervise")) if works else Demand(),
                objections=house.blocks.count_waiting(tx, scope) if self.may("conversations:write") else 0,
                agreements=house.agreeing.count(tx, scope) if self.may("agreements:write") else 0,
                flood=house.flooding.control.standing(tx, scope).alert.level,
                off=self._switched_off(tx),
                company=house.identity.tenants.tenant(tx, scope).slug,
                username=next((one.username for one in everybody if one.id == scope.actor.id), ""),
            )

        return await house.transactions.read_async(read)

    def _switched_off(self, tx: Tx) -> Mapping[str, int]:
        webhooks = count_disabled(tx, self.scope) if self.may("webhooks:read") else 0
        rules = automation.read_rules(tx, self.scope).rules if self.may("settings:read") else ()
        return {"webhooks": webhooks, "automation": sum(one.stopped is not None for one in rules)}


def demand_on(tx: Tx, scope: Scope, *, supervises: bool) -> Demand:
    """Return what asks for the acting member of staff now; who supervises hears of every queue's promises."""
    mine = record.list_cards(tx, scope, CardQuery(states=("human",), assignee=scope.actor.id, limit=100))
    unanswered = [card for card in mine if card.last_author == "customer"]
    note = _note_to(tx, scope)
    handed = max((card for card in mine if card.handed_by and card.assigned_at), key=_assigned_at, default=None)
    pressed = news_of(tx, scope, supervises=supervises)
    demand = Demand(
        waiting=record.count_by_state(tx, scope).get("waiting", 0),
        mine=len(mine),
        unanswered=len(unanswered),
        heard=max((int(card.last_at.timestamp() * 1000) for card in unanswered), default=0),
        handed=0 if handed is None else _assigned_at(handed),
        handed_by="" if handed is None else handed.handed_by or "",
        noted=0 if note is None else int(note.at.timestamp() * 1000),
        noted_by="" if note is None else note.actor.id,
        whispered=note is not None and bool(note.data.get("whispered")),
    )
    if pressed is None or pressed.told_at is None:
        return demand
    told = int(pressed.told_at.timestamp() * 1000)
    return msgspec.structs.replace(demand, pressed=told, clock=pressed.clock, standing=pressed.state)


def _note_to(tx: Tx, scope: Scope) -> Entry | None:
    """Return the latest note that names the acting member, if it is of late and not their own."""
    mention = record.latest_mention(tx, scope, StaffId(scope.actor.id))
    if mention is None or tx.now - mention.at > NEWS:
        return None
    line = record.entries_at(tx, scope, mention.conversation_id, (mention.seq,)).get(mention.seq)
    mine = line is not None and line.entry.actor.id == scope.actor.id
    return None if line is None or mine or line.entry.kind != "note.written" else line.entry


def _assigned_at(card: Card) -> int:
    return 0 if card.assigned_at is None else int(card.assigned_at.timestamp() * 1000)


async def make_desk_call(door: AtDoor, request: AnyRequest) -> Any:
    """Return the call of whoever is signed in. Raises `NotSignedIn`."""
    return DeskCall(door, request, await door.callers.find_member(request))


ADeskCall: TypeAlias = NamedDependency[SkipValidation[DeskCall]]
"""A handler's parameter `desk`."""


def code_of(party_id: PartyId | str) -> str:
    """Return the short code by which the desk tells customers apart without naming them."""
    return party_id[-4:].upper()
