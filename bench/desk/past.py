"""A large past, made up from the words of a company's articles: the same for the same seed, put into the tables."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import insert

from doorward.kit.tx import Transactions, Tx
from doorward.kit.words import split_words, visible
from doorward.record.card import Card
from doorward.record.search import SearchIndex
from doorward.record.tables import card_table, entry_table, label_table
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

PER_CONVERSATION: Final = 10
AGENTS: Final = 40
LABELS: Final = tuple(f"label-{number}" for number in range(50))
STATES: Final = (("resolved", 96), ("human", 2), ("bot", 1), ("waiting", 1))
CHANNELS: Final = (("webchat", 6), ("mail", 3), ("api", 1))
_AT_ONCE: Final = 200
_KINDS: Final = ("message.customer", "message.bot", "message.agent")


class Vocabulary(msgspec.Struct, frozen=True):
    """The words of a language, the commonest first, with how often each is met."""

    words: tuple[str, ...]
    counts: tuple[int, ...]


def vocabularies(articles: Iterable[ArticleSeed]) -> Mapping[str, Vocabulary]:
    """Return the words of a company's articles by language."""
    counts: dict[str, Counter[str]] = {}
    for article in articles:
        texts = [article.title, *(f"{part.heading} {part.body}" for part in article.sections)]
        counts.setdefault(article.language, Counter()).update(split_words(visible(" ".join(texts))))
    return {
        code: Vocabulary(*(tuple(column) for column in zip(*found.most_common(), strict=True)))
        for code, found in sorted(counts.items())
    }


class Past:
    """Makes up conversations: each of one language, ten messages of 4 to 30 words, one with a number of its own."""

    def __init__(self, words: Mapping[str, Vocabulary], *, messages: int, until: datetime, seed: int = 7) -> None:
        """Spread `messages` over the two years before `until`."""
        self._random = random.Random(seed)
        self._words = words
        self._messages = messages
        self._began = until - timedelta(days=730)

    def write(self, transactions: Transactions, scope: Scope, index: SearchIndex) -> None:
        """Write everything: ledger, cards, labels, and what search looks up."""
        numbers = iter(range(max(1, self._messages // PER_CONVERSATION)))
        while some := tuple(islice(numbers, _AT_ONCE)):
            made = [self._conversation(number) for number in some]

            def work(tx: Tx, made: Sequence[Any] = made) -> Outcome[None]:
                rows = [row | {"tenant_id": scope.tenant_id} for _, lines, _ in made for row in lines]
                tx.execute(insert(entry_table), rows)
                cards = [{"tenant_id": scope.tenant_id} | msgspec.structs.asdict(card) for card, _, _ in made]
                tx.execute(insert(card_table), cards)
                labels = [
                    {"tenant_id": scope.tenant_id, "label": label, "conversation_id": card.conversation_id}
                    for card, _, found in made
                    for label in found
                ]
                if labels:
                    tx.execute(insert(label_table), labels)
                return Outcome(None)

            transactions.write(scope, work)
        while not transactions.write(scope, lambda tx: index.step(tx, scope)).is_done:
            pass

    def _conversation(self, number: int) -> tuple[Card, list[dict[str, Any]], tuple[str, ...]]:
        draw = self._random
        language = draw.choice(tuple(self._words))
        conversation_id = ConversationId(f"c{number:025}")
        at = self._began + timedelta(seconds=draw.random() * 730 * 86_400)
        opened, lines, text = at, [], ""
        for seq in range(1, PER_CONVERSATION + 1):
            at += timedelta(seconds=draw.expovariate(1 / 120))
            text = " ".join(self._sentence(language)) + (f" {number}-{seq}" if seq == 1 else "")
            lines.append(_row(conversation_id, seq, _KINDS[seq % 3], at=at, text=text))
        state = _weighted(draw, STATES)
        labels = tuple(sorted(set(draw.choices(LABELS, k=draw.choice((0, 0, 1, 2))))))
        card = Card(
            conversation_id=conversation_id,
            party_id=PartyId(f"p{number // 3:025}"),
            channel=_weighted(draw, CHANNELS),
            language=language,
            state=state,  # type: ignore[arg-type]  # because it was drawn from the states
            opened_at=opened,
            last_at=at,
            last_seq=PER_CONVERSATION,
            preview=text[:140],
            assignee=agent_id(draw.randrange(AGENTS)) if state in {"human", "resolved"} else None,
            customer_messages=PER_CONVERSATION // 3,
            labels=labels,
        )
        return card, lines, labels

    def _sentence(self, language: str) -> list[str]:
        words = self._words[language]
        return self._random.choices(words.words, words.counts, k=self._random.randint(4, 30))


def agent_id(number: int) -> str:
    """Return the id of a made-up member of staff."""
    return f"s{number:025}"


def _row(conversation_id: str, seq: int, kind: str, *, at: datetime, text: str) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "kind": kind,
        "key": str(seq),
        "at": at,
        "actor_kind": "system",
        "actor_id": "bench",
        "party_id": "",
        "message_id": None,
        "text": text,
        "spans": None,
        "data": {},
    }


def _weighted(draw: random.Random, values: Sequence[tuple[str, int]]) -> str:
    return draw.choices([value for value, _ in values], [weight for _, weight in values])[0]


def words_between(vocabulary: Vocabulary, first: int, last: int) -> Iterator[str]:
    """Yield the words of these ranks, the commonest first, without those of a letter or two."""
    yield from (word for word in vocabulary.words[first:last] if len(word) > 2)
