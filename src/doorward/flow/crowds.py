"""What people say about many messages that are alike: a campaign, or a crowd, to all of which one answer goes."""

import re
from typing import Final, NamedTuple, Protocol, cast

import msgspec

from doorward import record
from doorward.admission.campaigns import Campaign, Crowding
from doorward.flow.desk.rooms import DeskRooms, DeskText, NewLine, WrittenAtDesk, audit_of, screen_words
from doorward.flow.flood.members import Members
from doorward.flow.joined import goes_on_in
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

LONGEST_ANSWER: Final = 2000
MOST_ANSWERED: Final = 200
"""So many conversations are answered at once: each is masked for its own customer."""

ANSWERED_STATES: Final = frozenset({"bot", "waiting"})
"""Who is with a colleague hears it from them."""

_KEY: Final = re.compile(r"[0-9A-Za-z]{26}")


class FollowsCampaigns(Protocol):
    """What follows what many write about."""

    def campaigns(self, tenant_id: TenantId, /) -> tuple[Campaign, ...]:
        """Return them."""

    def say(self, tenant_id: TenantId, campaign_id: str, kind: Crowding, /) -> bool:
        """Have a person's word hold for one; False where there is no such one."""


class CrowdAnswer(NamedTuple):
    """One answer to all: `key` is the form's own (26 letters and digits), by which nobody is told twice."""

    key: str
    text: WildText


class CrowdAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: how many were told now, how many had been told before, and how many were left out, because they
    have ended, are with a colleague, or are gone.
    """

    told: int = 0
    before: int = 0
    left_out: int = 0


class Crowds:
    """The verbs. Campaigns and crowds are those that this process follows."""

    def __init__(
        self, transactions: Transactions, rooms: DeskRooms, *, campaigns: FollowsCampaigns, members: Members
    ) -> None:
        """Screen answers as the desk does; `members` knows which conversations are of which crowd."""
        self._transactions = transactions
        self._rooms = rooms
        self._campaigns = campaigns
        self._members = members

    async def say(self, scope: Scope, campaign_id: str, kind: str) -> None:
        """Say that many messages are a `campaign`, or a `crowd` about one problem, of whom nobody is flagged then.

        Raises `Malformed` for another kind, `NotFound` where it is not followed any more.
        """
        if kind not in {"campaign", "crowd"}:
            raise Malformed("kind: campaign or crowd")
        if not self._campaigns.say(scope.tenant_id, campaign_id, cast("Crowding", kind)):
            raise NotFound("no such campaign")
        event = AuditEvent(action="flood.campaign_said", object_kind="campaign", object_id=campaign_id, reason=kind)
        await self._transactions.write_async(scope, lambda _tx: Outcome(None, (event,)))

    async def answer(self, scope: Scope, campaign_id: str, answer: CrowdAnswer) -> CrowdAnswered:
        """Tell all of a crowd the same who are with the assistant or wait, the latest first.

        Sent again under the same key nobody is told twice. Raises `Malformed` (text, key), `NotFound` for what is no
        crowd now, and `SecretRefused` as the desk does; then nobody was told who was not told before.
        """
        if answer.text.is_blank or len(answer.text) > LONGEST_ANSWER:
            raise Malformed(f"text: at most {LONGEST_ANSWER} characters")
        if not _KEY.fullmatch(answer.key):
            raise Malformed("key: 26 letters and digits")
        followed = self._campaigns.campaigns(scope.tenant_id)
        if not any(one.id == campaign_id and one.kind == "crowd" for one in followed):
            raise NotFound("no such crowd")
        places = self._members.of(scope.tenant_id, campaign_id)[::-1][:MOST_ANSWERED]
        came = [await self._tell(scope, one, campaign_id, answer) for one in places]
        counted = CrowdAnswered(told=came.count("told"), before=came.count("before"), left_out=came.count("left_out"))
        if counted.told:
            event = AuditEvent(
                action="flood.crowd_answered",
                object_kind="campaign",
                object_id=campaign_id,
                reason=f"{counted.told} conversations",
            )
            await self._transactions.write_async(scope, lambda _tx: Outcome(None, (event,)))
        return counted

    async def _tell(self, scope: Scope, conversation_id: ConversationId, campaign_id: str, answer: CrowdAnswer) -> str:
        key = f"crowd:{campaign_id}:{answer.key}"
        where = await self._transactions.read_async(lambda tx: _where(tx, scope, conversation_id))
        if where is None or where.state not in ANSWERED_STATES:
            return "left_out"
        message_id = MessageId(derive_id("crowd", scope.tenant_id, where.conversation_id, answer.key))
        text = DeskText(message_id, answer.text)
        written = await screen_words(self._transactions, self._rooms, scope, about=where.conversation_id, text=text)
        return await self._transactions.write_async(
            scope, lambda tx: _say(tx, scope, where.conversation_id, written=written, key=key)
        )


def _say(tx: Tx, scope: Scope, conversation_id: ConversationId, *, written: WrittenAtDesk, key: str) -> Outcome[str]:
    record.lock_conversation(tx, scope, conversation_id)
    card = record.card_of(tx, scope, conversation_id)
    if card is None or card.state not in ANSWERED_STATES:
        return Outcome("left_out")
    if record.find_entry(tx, scope, conversation_id, key) is not None:
        return Outcome("before")
    line = NewLine("message.bot", key, {"language": card.language, "action": "crowd.answered"})
    entry = written.line(tx, scope, card, line)
    return Outcome("told", (entry, audit_of("conversation.crowd_answered", conversation_id)))


def _where(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Card | None:
    return record.card_of(tx, scope, goes_on_in(tx, scope, conversation_id))
