"""Looking behind masked places for one purpose at a time; nothing that is read here is kept, logged or said."""

from collections.abc import Collection
from typing import Final

from doorward import record
from doorward.answering.procedures.run import Sealed
from doorward.flow.originals import Originals
from doorward.flow.procedures.here import Here
from doorward.identity import Grant, family_of
from doorward.kit.tx import Tx
from doorward.kit.words import split_words, visible
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId, SpanId
from doorward.vocabulary.operations import Thing
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import MaskedText

NAMING: Final = frozenset({"PIN", "ONE_TIME_CODE", "ORDER_NUMBER", "CARD", "CARD_SECURITY_CODE", "PERSON"})
"""What the end of a card's number, a reference, or the name of a payee or a shop may have been taken for."""

_MOST: Final = 4
_DIGITS: Final = 4
_NAMING_LETTERS: Final = 4


def sealed_value(tx: Tx, here: Here, sealed: Sealed, *, originals: Originals, grant: Grant) -> Outcome[str]:
    """Return the value that a slot keeps only the place of, opened for a granted action.

    Raises `NotFound` for what is not the granted party's own.
    """
    if sealed.span_id:
        return originals.resolve(tx, here.scope, SpanId(sealed.span_id), grant=grant)
    text = _text_of(tx, here, sealed, grant=grant)
    parts: list[str] = []
    events: list[Entry | AuditEvent] = []
    end = 0
    for span in text.spans:
        opened = _opened(tx, here, span.id, originals=originals, grant=grant)
        parts += [text.text[end : span.start], opened.value]
        events += opened.entries
        end = span.end
    return Outcome("".join((*parts, text.text[end:])).strip(), tuple(events))


def own_keys_named(
    tx: Tx, here: Here, things: Collection[Thing], *, originals: Originals, grant: Grant
) -> Outcome[tuple[str, ...]]:
    """Return the keys of the customer's own things that masked places of what they just said name.

    Four digits look like a PIN, a reference like an order's number, a shop like somebody's name. What names none of
    these things is forgotten.
    """
    named: list[str] = []
    events: list[Entry | AuditEvent] = []
    spans = [span for span in here.text.spans if span.kind in NAMING and span.id is not None]
    for span in spans[:_MOST]:
        opened = _opened(tx, here, span.id, originals=originals, grant=grant)
        events += opened.entries
        said = "".join(opened.value.split()).casefold()
        words = frozenset(split_words(visible(opened.value).casefold()))
        named += [one.key for one in things if _names(said, one.key.casefold()) or _is_called(words, one)]
    return Outcome(tuple(dict.fromkeys(named)), tuple(events))


def _names(said: str, key: str) -> bool:
    return said == key or (len(said) >= _DIGITS and said.isdecimal() and key.endswith(said))


def _is_called(words: frozenset[str], thing: Thing) -> bool:
    """Return whether all words stand in one of the thing's fields, at least one of them long enough to name it."""
    if not any(len(word) >= _NAMING_LETTERS for word in words):
        return False
    texts = (value for value in thing.fields.values() if isinstance(value, str))
    return any(words <= frozenset(split_words(visible(text).casefold())) for text in texts)


def _opened(tx: Tx, here: Here, span_id: SpanId | None, *, originals: Originals, grant: Grant) -> Outcome[str]:
    if span_id is None:
        raise NotFound("there is nothing behind this masked place")
    return originals.resolve(tx, here.scope, span_id, grant=grant)


def _text_of(tx: Tx, here: Here, sealed: Sealed, *, grant: Grant) -> MaskedText:
    """Return a message that the granted party said, in whichever of their conversations that was."""
    family = {grant.party_id, grant.acting, *family_of(tx, here.scope, grant.party_id)}
    # What was kept before places knew their conversation was told in the one where it goes on.
    places = (ConversationId(sealed.conversation_id or here.conversation_id),)
    for line in record.entries_of_kinds(tx, here.scope, places, kinds=("message.customer",)):
        entry: Entry = line.entry
        if entry.message_id == sealed.message_id and entry.text is not None and entry.party_id in family:
            return entry.text
    raise NotFound("there is no such message of this customer")
