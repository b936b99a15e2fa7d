"""Texts in the languages of those who read or write them, through the translator that the installation has chosen.

What is masked goes there as a token and must come back as the same token: a translation that lost, doubled or invented
one is refused as a whole. Nothing is kept here.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from doorward import record
from doorward.flow.desk.rooms import DeskRooms, OwnWords, card_at, look_at_words
from doorward.kit.tx import Transactions, Tx
from doorward.protection import Screened
from doorward.understanding import TextTranslator
from doorward.vocabulary.errors import Malformed, NotFound, Unavailable
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, Span, WildText

MOST_LINES: Final = 3
"""Of the customer's messages that are read in another language at a time: the latest."""

LONGEST_GROWTH: Final = 6
"""A translation that is so many times as long as what was translated, and a thousand characters, is none."""

_LOOKED_THROUGH: Final = 60
_PATIENCE: Final = 20.0
"""Ledger lines from the end among which those messages are looked for; seconds that a translation may take."""

_OPEN, _CLOSE = "\u27e6", "\u27e7"
_TOKEN: Final = re.compile(f"{_OPEN}([0-9]{{1,5}}){_CLOSE}")
_PLAIN_BRACKETS: Final = str.maketrans({_OPEN: "[", _CLOSE: "]"})


class TranslatedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the customer, by its number in the ledger, as it was said and in the reader's language."""

    seq: int
    language: str
    original: MaskedText
    translated: MaskedText


class TranslatedDraft(NamedTuple):
    """What an agent is writing, in another language. `places` says for each masked place of `text` where in the draft
    (characters, end exclusive) stands what it masks; it is empty where that is not certain.
    """

    text: MaskedText
    places: tuple[tuple[int, int], ...]


class Translating:
    """The verbs; `scope.actor` is the member of staff who reads or writes."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms) -> None:
        """Take the rooms that the verbs need; without a translator among them nothing is offered."""
        self._transactions = transactions
        self._rooms = rooms

    @property
    def offered(self) -> bool:
        """Return whether there is anything that translates."""
        return self._rooms.text_translator is not None

    async def last_words(self, scope: Scope, conversation_id: ConversationId, *, target: str) -> list[TranslatedLine]:
        """Return the customer's latest messages that are in another language than `target`, in order.

        Raises `NotFound`, also where nothing translates, and `Unavailable` when one of them has no translation now.
        """

        def read(tx: Tx) -> tuple[record.Card, Sequence[record.WrittenEntry]]:
            card = card_at(tx, scope, conversation_id)
            since = max(0, card.last_seq - _LOOKED_THROUGH)
            return card, record.entries_after(tx, scope, conversation_id, after=since, limit=_LOOKED_THROUGH)

        card, written = await self._transactions.read_async(read)
        said = [one for one in written if one.entry.kind == "message.customer" and one.entry.text is not None]
        lines = []
        for one in said[-MOST_LINES:]:
            text, language = one.entry.text or MaskedText(""), str(one.entry.data.get("language") or card.language)
            if language != target and text.text.strip():
                translated = await self._translate(text, source=language, target=target)
                lines.append(TranslatedLine(seq=one.seq, language=language, original=text, translated=translated))
        return lines

    async def draft(
        self, scope: Scope, conversation_id: ConversationId, text: WildText, *, source: str, target: str
    ) -> TranslatedDraft:
        """Return what the acting agent is writing in the language `target`; it is masked before it goes anywhere.

        Raises `NotFound`, also where nothing translates, `Malformed` for an empty text, `SecretRefused`, `Unavailable`,
        also for no target: in which language a customer writes is known once the first message was read.
        """
        if text.is_blank:
            raise Malformed("text: empty")
        if self.offered and not target:
            raise Unavailable("in which language the customer writes is not known yet")
        screened = await look_at_words(self._transactions, self._rooms, scope, about=conversation_id, text=text)
        translated = await self._translate(screened.masked, source=source, target=target)
        return TranslatedDraft(translated, _places_in_draft(screened, translated))

    async def _translate(self, text: MaskedText, *, source: str, target: str) -> MaskedText:
        translator: TextTranslator | None = self._rooms.text_translator
        if translator is None:
            raise NotFound("no translator is chosen (models.translator)")
        work = asyncio.to_thread(translator.translate, carried(text), source=source, target=target)
        try:
            answer = await asyncio.wait_for(work, timeout=_PATIENCE)
        except TimeoutError as error:
            raise Unavailable(f"{translator.id} took too long", why="slow") from error
        return brought_back(answer, text)


def carried(text: MaskedText) -> str:
    """Return a masked text as it goes to a translator: each masked place a numbered token, from 1, such as `⟦1⟧`.

    Brackets of that kind which somebody typed become plain ones, so that every token there is one of ours.
    """
    parts: list[str] = []
    at = 0
    for number, span in enumerate(text.spans, start=1):
        parts += (text.text[at : span.start].translate(_PLAIN_BRACKETS), f"{_OPEN}{number}{_CLOSE}")
        at = span.end
    return "".join((*parts, text.text[at:].translate(_PLAIN_BRACKETS)))


def brought_back(answer: str, original: MaskedText) -> MaskedText:
    """Return a translation with the masked places of what was translated, each whole and with its own span.

    Languages order words differently, so tokens may too; every one must be there once. Raises `Unavailable` (fact
    `why`: `masks`) where that is not so, or (`empty`, `long`) for what can be no translation.
    """
    if not answer.strip():
        raise Unavailable("the translation is empty", why="empty")
    if len(answer) > LONGEST_GROWTH * len(original.text) + 1000:
        raise Unavailable("the translation is far too long", why="long")
    found = list(_TOKEN.finditer(answer))
    brackets = answer.count(_OPEN) + answer.count(_CLOSE)
    if sorted(int(one[1]) for one in found) != [*range(1, len(original.spans) + 1)] or brackets != 2 * len(found):
        raise Unavailable("the translation does not have the masked places of the text", why="masks")
    parts: list[str] = []
    spans: list[Span] = []
    length, at = 0, 0
    for one in found:
        span = original.spans[int(one[1]) - 1]
        before, mask = answer[at : one.start()], original.text[span.start : span.end]
        parts += (before, mask)
        start = length + len(before)
        length, at = start + len(mask), one.end()
        spans.append(msgspec.structs.replace(span, start=start, end=length))
    return MaskedText("".join((*parts, answer[at:])), tuple(spans))


async def own_data(
    transactions: Transactions, rooms: DeskRooms, scope: Scope, *, about: ConversationId, own: OwnWords | None
) -> dict[str, object]:
    """Return what the line that says a translation holds of the agent's own words: nothing, or them under `own`.

    They are masked, and without ids: no originals of them are kept. Raises as `look_at_words`.
    """
    if own is None or own.text.is_blank:
        return {}
    masked = (await look_at_words(transactions, rooms, scope, about=about, text=own.text)).masked
    spans = [{"kind": span.kind, "start": span.start, "end": span.end} for span in masked.spans]
    return {"own": {"text": masked.text, "spans": spans, "language": own.language}}


def _places_in_draft(screened: Screened, translated: MaskedText) -> tuple[tuple[int, int], ...]:
    """Return for each masked place of a translation where it stands in what was screened, if that can be told."""
    masked = screened.masked.spans
    found = [one for one in screened.findings if one.family == "sensitive"]
    if [one.kind for one in found] != [span.kind for span in masked]:
        return ()
    ids = [span.id for span in masked]
    if None in ids or len(set(ids)) != len(ids):
        return ()
    where = {span.id: (one.start, one.end) for span, one in zip(masked, found, strict=True)}
    return tuple(where[span.id] for span in translated.spans)
