"""Turning away a sender who abuses the door: from a conversation, with an appeal that somebody else decides."""

import asyncio
import hmac
import re
from typing import Final

import msgspec

from doorward import record
from doorward.admission import Block, BlockReason, Blocks, Decision, NewBlock
from doorward.flow.accept import TenantScreening
from doorward.identity import Parties
from doorward.kit.ids import new_id
from doorward.kit.keys import KeyDestroyed, Keys
from doorward.kit.tx import Transactions, Tx
from doorward.protection import DESK
from doorward.vocabulary.errors import Malformed, NotFound, TooLarge
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope
from doorward.vocabulary.text import WildText

LONGEST_WORDS: Final = 2000
"""Characters of a note, an appeal or the words of a decision."""

_TOKEN: Final = re.compile(r"\A([0-9a-z]{1,40})\.([0-9a-z]{26})\.([0-9a-f]{32})\Z")


class BlockWish(msgspec.Struct, frozen=True, kw_only=True):
    """Why and for how many hours somebody is to be turned away, with a note for colleagues."""

    reason: BlockReason
    hours: int
    note: WildText


class Senders:
    """The verbs about abusive senders. Everything that people write here is masked before it is stored."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        blocks: Blocks,
        parties: Parties,
        screening: TenantScreening,
        keys: Keys,
    ) -> None:
        """Take the rooms; `keys` make the addresses of appeals."""
        self._transactions = transactions
        self._blocks = blocks
        self._parties = parties
        self._screening = screening
        self._keys = keys

    async def block(self, scope: Scope, conversation_id: ConversationId, wish: BlockWish) -> Block:
        """Turn the sender of a conversation away. Raises `NotFound`, `Malformed`, `TooLarge`, `Conflict`."""
        note = await self._masked(scope, wish.note, channel=DESK)

        def work(tx: Tx) -> Outcome[Block]:
            card = record.card_of(tx, scope, conversation_id)
            if card is None:
                raise NotFound("no such conversation")
            party = self._parties.find(tx, scope, card.party_id)
            wanted = NewBlock(
                party_id=party.id,
                conversation_id=conversation_id,
                reason=wish.reason,
                hours=wish.hours,
                note=note,
                language=card.language or party.language or "",
            )
            return self._blocks.block(tx, scope, wanted)

        return await self._transactions.write_async(scope, work)

    async def lift(self, scope: Scope, block_id: str) -> None:
        """End a block before its time. Raises `NotFound`, `Conflict`."""
        await self._transactions.write_async(scope, lambda tx: self._blocks.lift(tx, scope, block_id))

    async def decide(self, scope: Scope, block_id: str, *, decision: Decision, note: WildText) -> None:
        """Decide an appeal. Raises as `Blocks.decide`."""
        words = await self._masked(scope, note, channel=DESK)
        await self._transactions.write_async(
            scope, lambda tx: self._blocks.decide(tx, scope, block_id, decision=decision, note=words)
        )

    # -- for the one who is blocked ----------------------------------------------------------------------------------

    def appeal_token(self, tenant_id: TenantId, block_id: str) -> str:
        """Return what names a block in an address: nobody can guess it, and it is told to the blocked sender alone."""
        return f"{tenant_id}.{block_id}.{self._mark(tenant_id, block_id)}"

    async def appealed_block(self, token: str) -> Block:
        """Return the block that a token names, whatever became of it. Raises `NotFound`."""
        tenant_id, block_id = self._read(token)
        scope = Scope(tenant_id=tenant_id, actor=Actor(kind="system", id="appeals"))
        return await self._transactions.read_async(lambda tx: self._blocks.find(tx, scope, block_id))

    def appealed_tenant(self, token: str) -> TenantId:
        """Return whose block a token names. Raises `NotFound`."""
        return self._read(token)[0]

    async def appeal(self, token: str, words: WildText) -> None:
        """Take the blocked sender's one appeal. Raises `NotFound`, `Malformed`, `TooLarge`, `Conflict`."""
        block = await self.appealed_block(token)
        tenant_id, _ = self._read(token)
        scope = Scope(tenant_id=tenant_id, actor=Actor(kind="customer", id=block.party_id))
        if words.is_blank:
            raise Malformed("words: blank")
        masked = await self._masked(scope, words, channel="webchat")
        await self._transactions.write_async(scope, lambda tx: self._blocks.appeal(tx, scope, block.id, words=masked))

    def _read(self, token: str) -> tuple[TenantId, str]:
        found = _TOKEN.match(token)
        if found is None:
            raise NotFound("no such block")
        tenant_id, block_id = TenantId(found[1]), found[2]
        try:
            mark = self._mark(tenant_id, block_id)
        except KeyDestroyed:  # a tenant that nobody has, or has any more
            raise NotFound("no such block") from None
        if not hmac.compare_digest(mark, found[3]):
            raise NotFound("no such block")
        return tenant_id, block_id

    def _mark(self, tenant_id: TenantId, block_id: str) -> str:
        return self._keys.mac(tenant_id, "appeal", block_id.encode())[:16].hex()

    async def _masked(self, scope: Scope, text: WildText, *, channel: str) -> str:
        if len(text) > LONGEST_WORDS:
            raise TooLarge(f"longer than {LONGEST_WORDS} characters", limit=LONGEST_WORDS)
        screened = await asyncio.to_thread(self._screening.screen, scope, text, MessageId(new_id()), channel=channel)
        return screened.masked.text
