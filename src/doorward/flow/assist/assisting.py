"""Helping agents along: what they may answer, which step comes next, what happened so far. Computed beside the event
loop.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from threading import Lock
from typing import Final, NamedTuple, Protocol

import msgspec

from doorward import record
from doorward.answering import Knowledge
from doorward.answering.procedures import KeptRun, Procedure, keeping
from doorward.flow.assist.answers import Sources, SuggestedAnswer, suggestions
from doorward.flow.assist.sentences import Weighing
from doorward.flow.assist.steps import ProcedureProgress, Standpoint, progress, standpoint
from doorward.flow.assist.summary import ConversationSummary, Said, messages_of, summarise
from doorward.flow.procedures import ProcedureBook
from doorward.kit.i18n import Translator
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.record import Card, WrittenEntry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Candidate

LOOKED_BACK: Final = 400
"""Ledger lines from the end that are looked at; of a longer conversation the beginning too, for what was wanted first.
"""
BEGINNING: Final = 20
REMEMBERED: Final = 200
"""Conversations whose help is kept for the next look at them."""
WALKS: Final = timedelta(seconds=30)
"""How long a message may walk: until then its walk finds what answers it, and nobody reads it a second time."""


class Assist(msgspec.Struct, frozen=True, kw_only=True):
    """What helps whoever has a conversation, all of it masked. `upto` is the ledger line up to which it looked."""

    upto: int
    answers: tuple[SuggestedAnswer, ...]
    procedure: ProcedureProgress | None
    summary: ConversationSummary


class Reads(Protocol):
    """What reads a masked text."""

    def read(self, masked: MaskedText, *, languages: tuple[str, ...], hint: str | None) -> Reading:
        """Return language, words and embedding."""


class AssistRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What helping needs of the house. `called` says what an intent is called in a language, empty where nobody
    knows.
    """

    knowledge: Knowledge
    reader: Reads
    procedures: ProcedureBook
    translator: Translator
    packs: Mapping[str, LanguagePack]
    settings_of: Callable[[TenantId], TenantSettings]
    called: Callable[[Scope, str, str], str]


class _Gathered(NamedTuple):
    card: Card
    lines: tuple[WrittenEntry, ...]
    runs: Sequence[KeptRun]
    is_walking: bool


class _Kept(NamedTuple):
    stamp: tuple[object, ...]
    assist: Assist


class Assisting:
    """The verb. What was found is kept by the conversation's last line, so that the next look costs nothing."""

    def __init__(self, transactions: Transactions, rooms: AssistRooms) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._rooms = rooms
        self._weighing = Weighing(rooms.packs)
        self._kept: OrderedDict[tuple[TenantId, ConversationId, str], _Kept] = OrderedDict()
        self._lock = Lock()

    async def of(self, scope: Scope, conversation_id: ConversationId, *, language: str) -> Assist:
        """Return what helps with a conversation, steps of procedures in the reader's `language`. Raises `NotFound`."""
        return await asyncio.to_thread(self._of, scope, conversation_id, language)

    def names(self, scope: Scope, *, language: str) -> Mapping[str, str]:
        """Return what the company's procedures are called in a language, by their ids. Not inside a transaction."""
        found = self._rooms.procedures.of(scope.tenant_id)
        return {} if found is None else {one.id: self._name(scope, one, language) for one in found.procedures.values()}

    def noted(self, tx: Tx, scope: Scope, card: Card) -> ConversationSummary | None:
        """Return what the bot passes on with a conversation that waits or was taken: the summary as it handed it over.

        None where it was not the bot, or an agent has written since.
        """
        if card.state not in {"waiting", "human"}:
            return None
        lines = _lines(tx, scope, card)
        place = max((place for place, one in enumerate(lines) if one.entry.kind in _HANDED), default=-1)
        since = lines[place + 1 :]
        if (
            place < 0
            or lines[place].entry.kind != "handoff.requested"
            or any(one.entry.kind == "message.agent" for one in since)
        ):
            return None
        return summarise(lines[: place + 1], weighing=self._weighing, language=card.language)

    def _of(self, scope: Scope, conversation_id: ConversationId, language: str) -> Assist:
        gathered = self._transactions.read(lambda tx: _gather(tx, scope, conversation_id))
        index = self._rooms.knowledge.index(scope)
        key = (scope.tenant_id, conversation_id, language)
        stamp = (
            gathered.card.last_seq,
            gathered.is_walking,
            index.revision,
            *((one.run.id, one.run.events) for one in gathered.runs[:1]),
        )
        kept = self._kept.get(key)
        if kept is None or kept.stamp != stamp:
            kept = _Kept(stamp, self._assist(scope, gathered, language))
            self._keep(key, kept)
        return kept.assist

    def _keep(self, key: tuple[TenantId, ConversationId, str], kept: _Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)

    def _assist(self, scope: Scope, gathered: _Gathered, language: str) -> Assist:
        said = messages_of(gathered.lines)
        wish = next((one for one in reversed(said) if one.is_wish), None)
        found = standpoint(self._rooms.procedures.of(scope.tenant_id), gathered.runs, wish)
        return Assist(
            upto=gathered.card.last_seq,
            answers=() if wish is None or wish is not said[-1] else self._answers(scope, gathered, wish),
            procedure=None if found is None else self._progress(scope, found, language),
            summary=summarise(gathered.lines, weighing=self._weighing, language=gathered.card.language),
        )

    def _progress(self, scope: Scope, found: Standpoint, language: str) -> ProcedureProgress:
        name = self._name(scope, found.procedure, language)
        return progress(found, name=name, language=language, sentences=self._rooms.translator)

    def _name(self, scope: Scope, procedure: Procedure, language: str) -> str:
        names = (self._rooms.called(scope, intent, language) for intent in procedure.intents)
        return next((name for name in names if name), procedure.id.replace("_", " "))

    def _answers(self, scope: Scope, gathered: _Gathered, wish: Said) -> tuple[SuggestedAnswer, ...]:
        settings = self._rooms.settings_of(scope.tenant_id)

        def read() -> Sequence[Candidate]:
            text = wish.line.entry.text
            if gathered.is_walking or text is None:
                return ()
            hint = gathered.card.language or None
            return self._rooms.knowledge.search(
                scope, self._rooms.reader.read(text, languages=settings.languages, hint=hint)
            )

        given = frozenset(
            (source["slug"], int(source["section"]))
            for line in gathered.lines
            if line.entry.kind == "message.bot"
            for source in line.entry.data.get("sources", ())
        )
        sources = Sources(self._rooms.knowledge.index(scope), gathered.card.language, read, given)
        return suggestions(wish, sources, settings=settings)


_HANDED: Final = frozenset({"handoff.requested", "handoff.passed", "handoff.returned"})


def _gather(tx: Tx, scope: Scope, conversation_id: ConversationId) -> _Gathered:
    card = record.card_of(tx, scope, conversation_id)
    if card is None:
        raise NotFound("no such conversation")
    lines = _lines(tx, scope, card)
    heard = next((one.entry.at for one in reversed(lines) if one.entry.kind == "message.customer"), None)
    return _Gathered(
        card,
        lines,
        keeping.runs_of(tx, scope, conversation_id, limit=5),
        heard is not None and tx.now - heard < WALKS,
    )


def _lines(tx: Tx, scope: Scope, card: Card) -> tuple[WrittenEntry, ...]:
    since = max(0, card.last_seq - LOOKED_BACK)
    first = record.entries_after(tx, scope, card.conversation_id, after=0, limit=min(BEGINNING, since)) if since else ()
    return (*first, *record.entries_after(tx, scope, card.conversation_id, after=since, limit=LOOKED_BACK))
