"""What each conversation's customer said last, for values told in pieces. In memory, for minutes, nowhere else."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from doorward.kit.clock import Clock
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId
from doorward.vocabulary.text import MaskedText, WildText

KEPT: Final = timedelta(minutes=5)
MOST: Final = 20_000
"""Conversations that are remembered at a time; the one that was quiet longest is forgotten first."""

Key = tuple[TenantId, ConversationId]


class _Said(NamedTuple):
    """A message, what was known before it, and what to know with the next one."""

    at: datetime
    message_id: MessageId
    before: WildText | None
    tail: WildText


class Fragments:
    """Remembers the ends of messages. Thread-safe; never stored, never logged."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock that tells when to forget."""
        self._clock = clock
        self._said: OrderedDict[Key, _Said] = OrderedDict()
        self._lock = threading.Lock()

    def before(self, key: Key, message_id: MessageId) -> WildText | None:
        """Return what was said before a message, or None. A message that comes again is screened as the first time."""
        with self._lock:
            self._forget_old()
            said = self._said.get(key)
        if said is None:
            return None
        return said.before if said.message_id == message_id else said.tail

    def keep(self, key: Key, message_id: MessageId, *, before: WildText | None, tail: WildText) -> None:
        """Remember what a message ended with."""
        with self._lock:
            self._said[key] = _Said(self._clock.now(), message_id, before, tail)
            self._said.move_to_end(key)
            if len(self._said) > MOST:
                self._said.popitem(last=False)

    def __len__(self) -> int:
        """Return how many conversations are remembered."""
        return len(self._said)

    def _forget_old(self) -> None:
        limit = self._clock.now() - KEPT
        while self._said and next(iter(self._said.values())).at <= limit:
            self._said.popitem(last=False)


def is_repetition(known: MaskedText, again: MaskedText) -> bool:
    """Return whether two maskings may be of one text: nothing differs but what one of them masks.

    After a restart nobody remembers what was said before a message, so its repetition may come less masked.
    """
    return known == again or _covers(known, again) or _covers(again, known)


def _covers(wide: MaskedText, narrow: MaskedText) -> bool:
    """Return whether what `wide` leaves readable stands in `narrow`, in order, from its beginning to its end."""
    done, place = 0, 0
    pieces = []
    for span in wide.spans:
        pieces.append(wide.text[done : span.start])
        done = span.end
    pieces.append(wide.text[done:])
    if len(pieces) == 1 or not narrow.text.startswith(pieces[0]) or not narrow.text.endswith(pieces[-1]):
        return False
    for piece in pieces[:-1]:
        found = narrow.text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return place <= len(narrow.text) - len(pieces[-1])
