"""Teaching what customers want: phrases are masked before they are kept, and customers' own words suggest new ones."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from doorward.flow.accept import TenantScreening
from doorward.flow.reading import read_noted
from doorward.flow.unanswered import SuggestedLine, Unanswered, by_text, find_lines, find_unanswered
from doorward.kit.ids import new_id
from doorward.kit.tx import Transactions, Tx
from doorward.protection import DESK
from doorward.understanding import LONGEST_PHRASE, ActiveModels, Intents, NewPhrase, PhrasesAdded, PhraseSource, Reader
from doorward.understanding.intents import Heads, suggest
from doorward.vocabulary.company import IntentSeed
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import TooLarge
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText

LEAST: Final = 2


class WildPhrase(NamedTuple):
    """A phrase as somebody typed it; `intent` empty for what none of the intents means."""

    text: WildText
    intent: str
    language: str = ""


class IntentSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """Unanswered messages that mean alike: how many, some of them, the nearest intent; `new`: not that one either."""

    messages: int
    examples: tuple[SuggestedLine, ...]
    intent: str
    likeness: float
    new: bool


class Teaching:
    """The verbs that need what masks, reads and remembers, beside the intents themselves."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        intents: Intents,
        active: ActiveModels,
        screening: TenantScreening,
        reader: Reader,
    ) -> None:
        """Take the rooms that the verbs need."""
        self._transactions = transactions
        self._intents = intents
        self._active = active
        self._screening = screening
        self._reader = reader

    async def add(self, scope: Scope, phrases: Sequence[WildPhrase]) -> PhrasesAdded:
        """Mask phrases and add them; see `Intents.add`.

        Raises as that, `TooLarge` for one that is too long, and `SecretRefused` where the company takes no such text.
        """
        if any(len(one.text) > LONGEST_PHRASE for one in phrases):
            raise TooLarge(f"text: longer than {LONGEST_PHRASE} characters", limit=LONGEST_PHRASE)
        masked = await asyncio.to_thread(self._mask, scope, phrases)
        new = [
            NewPhrase(text=text, intent=one.intent, language=one.language)
            for one, text in zip(phrases, masked, strict=True)
        ]
        return await self._transactions.write_async(scope, lambda tx: self._intents.add(tx, scope, new))

    async def take_over(self, scope: Scope, lines: Sequence[tuple[str, int]], intent: str) -> PhrasesAdded:
        """Have customers' lines, by conversation and number, teach an intent, masked as they are.

        Raises `NotFound` for a line that is not there or not a customer's, and as `Intents.add`.
        """
        source: PhraseSource = "suggestion"

        def work(tx: Tx) -> Outcome[PhrasesAdded]:
            new = [
                NewPhrase(text=line.masked, intent=intent, language=line.said.language, source=source)
                for line in find_lines(tx, scope, lines)
            ]
            return self._intents.add(tx, scope, new)

        return await self._transactions.write_async(scope, work)

    async def suggestions(self, scope: Scope) -> tuple[IntentSuggestion, ...]:
        """Return what customers asked of late and nobody understood, in heaps that mean alike, the largest first.

        None without an active model. That somebody read them is noted.
        """
        heads = await asyncio.to_thread(self._active.heads, scope)
        if heads is None:
            return ()
        noted = AuditEvent(action="intent.suggestions_read", object_kind="tenant", object_id=scope.tenant_id)
        found = await read_noted(self._transactions, scope, lambda tx: find_unanswered(tx, scope), event=noted)
        return await asyncio.to_thread(self._heaps, heads, found)

    def seed(self, scope: Scope, seeds: Iterable[IntentSeed]) -> int:
        """Add what a company brings along: its intents with their labels, and its phrases; return how many were new.

        What customers' words would be masked in is masked in these too: they teach what messages will look like.
        """
        return sum(self._seed(scope, seed) for seed in seeds)

    def _seed(self, scope: Scope, seed: IntentSeed) -> int:
        new = [
            NewPhrase(
                text=self._screening.screen_past(scope, WildText(text), MessageId(new_id()), channel=DESK).masked,
                intent=seed.name,
                language=language,
                source="company",
            )
            for language, texts in seed.phrases.items()
            for text in texts
        ]
        return self._transactions.write(scope, lambda tx: self._keep(tx, scope, seed, new))

    def _keep(self, tx: Tx, scope: Scope, seed: IntentSeed, new: Sequence[NewPhrase]) -> Outcome[int]:
        made = self._intents.put(tx, scope, seed.name, seed.labels).entries if seed.name else ()
        added = self._intents.add(tx, scope, new)
        return Outcome(added.value.added, (*made, *added.entries))

    def _mask(self, scope: Scope, phrases: Sequence[WildPhrase]) -> list[MaskedText]:
        return [self._screening.screen_staff(scope, one.text, MessageId(new_id()), names=()).masked for one in phrases]

    def _heaps(self, heads: Heads, found: Sequence[Unanswered]) -> tuple[IntentSuggestion, ...]:
        readings = [
            self._reader.read(one.masked, languages=self._reader.languages, hint=one.said.language or None)
            for one in found
        ]
        lines = by_text(found)
        heaps = suggest(heads, [one.masked.text for one in found], readings, least=LEAST)
        return tuple(
            IntentSuggestion(
                messages=heap.messages,
                examples=tuple(lines[text] for text in heap.examples),
                intent=heap.intent,
                likeness=heap.likeness,
                new=heap.new,
            )
            for heap in heaps
        )
