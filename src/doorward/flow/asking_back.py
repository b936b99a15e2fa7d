"""An answer to a question of ours: 'which of these do you mean?' is often answered in words, and not with a button.

A few words say little by themselves. They are held against what was offered, and understood together with what was
asked about.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from doorward import record
from doorward.kit.tx import Tx
from doorward.understanding import nearest_reading
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.reply import Choice
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, house_text, shifted
from doorward.vocabulary.understanding import Understanding

SURE: Final = 0.8
"""From which likelihood on an answer has a wish of its own, whatever was asked before."""

LONG: Final = 600
"""Characters of what was asked about that are looked at once more."""

_NEWEST: Final = 5
_WAITING: Final = 100
"""Messages that may wait behind the one that is asked about; more come from nobody, for the door counts them."""

_BETWEEN: Final = ". "


class AskedBack(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked back last: the customer's words that were not clear, and what was offered to choose from."""

    about: MaskedText
    choices: tuple[Choice, ...] = ()


class Hearing(NamedTuple):
    """How texts of this conversation are understood and read, and how likely an article must be to be told."""

    understand: Callable[[MaskedText], Understanding]
    read: Callable[[MaskedText], Reading]
    likely: float


def asked_back(tx: Tx, scope: Scope, conversation_id: ConversationId) -> AskedBack | None:
    """Return what the bot's last words asked back, None where they did not."""
    here = (conversation_id,)
    told = record.entries_of_kinds(tx, scope, here, kinds=("message.bot",), limit=_NEWEST)
    last = max(told, key=lambda one: one.seq, default=None)
    if last is None or last.entry.data.get("action") != "clarify":
        return None
    # What was asked about is what that answer answers: other messages may have come before it was written.
    said = record.entries_of_kinds(tx, scope, here, kinds=("message.customer",), limit=_WAITING)
    before = next((one for one in said if one.entry.message_id == last.entry.message_id), None)
    if before is None or before.entry.text is None:
        return None
    choices = msgspec.convert(last.entry.data.get("choices", ()), tuple[Choice, ...])
    return AskedBack(about=before.entry.text, choices=choices)


def heard_as_answer(own: Understanding, masked: MaskedText, *, asked: AskedBack, by: Hearing) -> Understanding:
    """Return what a message means behind a question of ours; `own` is what it says by itself.

    What says enough by itself does so here as well. Else what was offered counts where one of it is meant, and then
    both texts together.
    """
    if _says_enough(own, likely=by.likely):
        return own
    chosen = None if masked.spans else _chosen(masked, asked.choices, by)
    if chosen is not None:
        return by.understand(house_text(chosen.says))
    both = by.understand(_together(asked.about, masked))
    return own if both.stranger and _article(both) < _article(own) else _as_felt(both, own)


def _says_enough(own: Understanding, *, likely: float) -> bool:
    plain = own.wants_person or own.wants_call or own.wants_complaint or own.social or own.emotion or own.vulnerable
    wish = own.wishes[0].score if own.wishes and not own.stranger and not own.near else 0.0
    return bool(plain) or wish >= SURE or _article(own) >= likely


def _article(found: Understanding) -> float:
    """Return how likely the nearest article is."""
    if not found.candidates:
        return 0.0
    slug = found.candidates[0].slug
    return sum(one.score for one in found.candidates if one.slug == slug)


def _chosen(masked: MaskedText, choices: tuple[Choice, ...], by: Hearing) -> Choice | None:
    """Return what of all that was offered a text means, None where it is none of it for certain."""
    place = nearest_reading(by.read(masked), [by.read(house_text(choice.says)) for choice in choices])
    return None if place is None else choices[place]


def _together(about: MaskedText, masked: MaskedText) -> MaskedText:
    """Return what was asked about with the answer behind it, both as they were masked."""
    before = about.text[:LONG].rstrip(" .")
    kept = tuple(span for span in about.spans if span.end <= len(before))
    behind = shifted(masked.spans, by=len(before) + len(_BETWEEN))
    return MaskedText(f"{before}{_BETWEEN}{masked.text}", (*kept, *behind))


def _as_felt(both: Understanding, own: Understanding) -> Understanding:
    """Return an understanding with what only the message itself says: how somebody feels, and whom they ask for."""
    return msgspec.structs.replace(
        both,
        wants_person=own.wants_person,
        wants_call=own.wants_call,
        wants_complaint=own.wants_complaint,
        social=own.social,
        emotion=own.emotion,
        vulnerable=own.vulnerable,
        version=f"{both.version} answered@1",
    )
