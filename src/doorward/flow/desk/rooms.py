"""What the verbs of the desk share: the rooms they need, and what each of them asks first."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from doorward import record
from doorward.flow.accept import TenantScreening
from doorward.flow.colleagues import Colleagues
from doorward.flow.refusals import secret_refused
from doorward.identity import Parties
from doorward.kit.i18n import Translator
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx, Work
from doorward.protection import ProtectionService, Screened
from doorward.understanding import TextTranslator
from doorward.vocabulary.entry import AuditEvent, Entry, EntryKind
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId, StaffId, TenantId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText


class FileRules(NamedTuple):
    """What files that replies bring are sealed with, whether anything scans them, and the largest size in bytes."""

    keys: Keys
    scanned: bool
    bytes: int


class DeskRooms(NamedTuple):
    """What the desk asks of others."""

    screening: TenantScreening
    protection: ProtectionService
    translator: Translator
    settings_of: Callable[[TenantId], TenantSettings]
    colleagues: Colleagues
    parties: Parties
    files: FileRules
    text_translator: TextTranslator | None = None


class DeskText(NamedTuple):
    """What an agent writes, under the id by which its originals will be kept, and whom of the staff it names."""

    message_id: MessageId
    text: WildText
    named: tuple[StaffId, ...] = ()


class OwnWords(NamedTuple):
    """What an agent wrote in a language of their own, of which what is said is a translation."""

    text: WildText
    language: str


class Enclosed(NamedTuple):
    """What goes with a reply: files, by their ids, and what the agent wrote, where the text is its translation."""

    files: tuple[str, ...] = ()
    own: OwnWords | None = None


NOTHING: Final = Enclosed()


def words_of_reply(text: WildText, files: Sequence[object]) -> WildText:
    """Return what a reply or a note says: nothing at all where it only brings files.

    Raises `Malformed` where it brings nothing.
    """
    if not text.is_blank:
        return text
    if not files:
        raise Malformed("text: empty")
    return WildText("")


class NewLine(NamedTuple):
    """A line of the ledger that is to hold what somebody wrote."""

    kind: EntryKind
    key: str
    data: Mapping[str, Any]


class WrittenAtDesk(NamedTuple):
    """What an agent wrote, under the id of its own by which its originals are kept."""

    message_id: MessageId
    screened: Screened
    protection: ProtectionService

    def line(self, tx: Tx, scope: Scope, card: record.Card, line: NewLine) -> Entry:
        """Return the line that holds it, by the acting member and of now; what was masked in it is kept with it."""
        self.seal(tx, scope, card.party_id)
        return Entry(
            kind=line.kind,
            conversation_id=card.conversation_id,
            party_id=card.party_id,
            key=line.key,
            at=tx.now,
            actor=scope.actor,
            text=self.screened.masked,
            message_id=self.message_id,
            data=dict(line.data),
        )

    def seal(self, tx: Tx, scope: Scope, party_id: PartyId) -> None:
        """Keep what was masked in it with what is the customer's."""
        originals = self.screened.originals
        if originals:
            self.protection.seal(tx, scope, party_id=party_id, message_id=self.message_id, originals=originals)


async def screen_words(
    transactions: Transactions,
    rooms: DeskRooms,
    scope: Scope,
    *,
    about: ConversationId,
    text: DeskText,
) -> WrittenAtDesk:
    """Mask what an agent writes about a conversation, and make ready what its originals need.

    Raises `NotFound`, and `SecretRefused` where the company's policy takes no such text.
    """
    message_id, words, named = text
    names = await transactions.read_async(lambda tx: rooms.colleagues.names(tx, scope, named))
    screened = await asyncio.to_thread(rooms.screening.screen_staff, scope, words, message_id, names=names)
    if screened.originals:  # a key may have to be made, and a file written, which no transaction waits for
        card = await transactions.read_async(lambda tx: card_at(tx, scope, about))
        await asyncio.to_thread(rooms.protection.make_ready, scope, card.party_id)
    return WrittenAtDesk(message_id, screened, rooms.protection)


async def look_at_words(
    transactions: Transactions, rooms: DeskRooms, scope: Scope, *, about: ConversationId, text: WildText
) -> Screened:
    """Mask what an agent is still writing about a conversation. Nothing is kept, and nothing written down.

    Raises `NotFound`, and `SecretRefused` where the company's policy would take no such text.
    """

    def read(tx: Tx) -> tuple[str, ...]:
        card_at(tx, scope, about)
        return rooms.colleagues.names(tx, scope, ())

    names = await transactions.read_async(read)
    weighed = await asyncio.to_thread(rooms.screening.weigh_staff, scope, text, MessageId(new_id()), names=names)
    if weighed.refusal is not None:
        raise secret_refused(weighed.refusal.kinds, language=None)
    return weighed.screened


async def write_line(
    transactions: Transactions, scope: Scope, conversation_id: ConversationId, *, key: str, work: Work[None]
) -> record.WrittenEntry:
    """Do `work`, which writes the ledger line with this key unless it is there, and return the line."""
    await transactions.write_async(scope, work)
    found = await transactions.read_async(lambda tx: record.find_entry(tx, scope, conversation_id, key))
    if found is None:
        raise NotFound("what was written is gone")
    return found


def card_at(tx: Tx, scope: Scope, conversation_id: ConversationId) -> record.Card:
    """Return the conversation's card. Raises `NotFound`."""
    card = record.card_of(tx, scope, conversation_id)
    if card is None:
        raise NotFound("no such conversation")
    return card


def require_mine(card: record.Card, scope: Scope) -> None:
    """Raise `Conflict` unless the acting agent has the conversation."""
    if card.state != "human" or card.assignee != scope.actor.id:
        raise Conflict("this conversation is not with you; take it over first", why="not_mine")


def require_theirs(card: record.Card, scope: Scope) -> StaffId:
    """Return the colleague who has the conversation.

    Raises `Conflict` when nobody has it (fact `why`: `nobody`) or the acting member does (`yours`).
    """
    if card.state != "human" or card.assignee is None:
        raise Conflict("nobody has this conversation", why="nobody")
    if card.assignee == scope.actor.id:
        raise Conflict("this conversation is with you", why="yours")
    return StaffId(card.assignee)


def audit_of(action: str, conversation_id: ConversationId, *fields: str) -> AuditEvent:
    """Return the audit line of something that was done to a conversation."""
    return AuditEvent(action=action, object_kind="conversation", object_id=conversation_id, fields=fields)
