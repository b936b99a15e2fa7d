"""A company's intents and the phrases that teach them. The verbs never commit."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.understanding import repository
from doorward.understanding.intents import STRANGE
from doorward.understanding.repository import PhraseQuery
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, NotFound, TooLarge
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, Span

MOST_INTENTS: Final = 200
MOST_PHRASES: Final = 50_000
LONGEST_PHRASE: Final = 1_000
"""Characters of a phrase, as it is kept."""
LONGEST_LABEL: Final = 40
"""Characters of a label: it stands on a button."""
MOST_AT_ONCE: Final = 500

PhraseSource = Literal["company", "desk", "suggestion"]
"""`company`: it came with the company's plugin; `suggestion`: a customer wrote it, and somebody took it over."""

_NAME: Final = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_LONGEST_NAME: Final = 60
_RESERVED: Final = frozenset({"none", "new"})
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})?")


class NewPhrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase to add: masked, in a language (empty where nobody knows); `intent` empty for what none of them means."""

    text: MaskedText
    intent: str
    language: str = ""
    source: PhraseSource = "desk"


class KeptPhrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase as it is kept; what `spans` cover is masked and teaches nothing."""

    id: str
    text: str
    intent: str
    language: str
    source: PhraseSource
    added_by: str
    added_at: datetime
    spans: tuple[Span, ...] = ()


class TaughtIntent(msgspec.Struct, frozen=True, kw_only=True):
    """An intent: its stable name, what a button calls it by language, and how many phrases it has by language."""

    name: str
    labels: Mapping[str, str]
    phrases: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many phrases it has."""
        return sum(self.phrases.values())

    def label(self, language: str) -> str:
        """Return what it is called in a language, else in another one, else its name."""
        return self.labels.get(language) or next(iter(self.labels.values()), self.name)


class IntentCatalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All intents by their names, and how many phrases by language belong to none of them."""

    intents: tuple[TaughtIntent, ...]
    strangers: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many phrases there are."""
        return sum(one.total for one in self.intents) + sum(self.strangers.values())

    def intent(self, name: str) -> TaughtIntent:
        """Return an intent. Raises `NotFound`."""
        found = next((one for one in self.intents if one.name == name), None)
        if found is None:
            raise NotFound("no such intent")
        return found


class PhrasesAdded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of phrases to add: how many were new, and the ids of those that were there before."""

    added: int
    known: tuple[str, ...] = ()


class Intents:
    """Keeps a tenant's intents and phrases. What teaches is what the next training reads."""

    def catalogue(self, tx: Tx, scope: Scope) -> IntentCatalogue:
        """Return all intents with their labels and counts."""
        counts = repository.count_phrases(tx, scope)

        def of(name: str) -> dict[str, int]:
            return {language: number for (intent, language), number in sorted(counts.items()) if intent == name}

        rows = repository.intents(tx, scope)
        intents = tuple(TaughtIntent(name=row.name, labels=row.labels, phrases=of(row.name)) for row in rows)
        return IntentCatalogue(intents=intents, strangers=of(STRANGE))

    def put(self, tx: Tx, scope: Scope, name: str, labels: Mapping[str, str]) -> Outcome[str]:
        """Make an intent, or give one other labels; return its name.

        Raises `Malformed` for a name or a label that cannot be, `TooLarge` for one intent too many.
        """
        if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name) or name in _RESERVED:
            raise Malformed(f"name: small letters and digits with . _ - between them, up to {_LONGEST_NAME}")
        kept = _checked(labels)
        known = repository.find_intent(tx, scope, name)
        if known is not None and known.labels == kept:
            return Outcome(name)
        if known is None and len(repository.intents(tx, scope)) >= MOST_INTENTS:
            raise TooLarge(f"a company has at most {MOST_INTENTS} intents", limit=MOST_INTENTS)
        repository.save_intent(tx, scope, name, kept)
        return Outcome(name, (_event("intent.made" if known is None else "intent.changed", name, "labels"),))

    def remove(self, tx: Tx, scope: Scope, name: str) -> Outcome[None]:
        """Remove an intent with its phrases; what was learnt stays until the next training. Raises `NotFound`."""
        if repository.find_intent(tx, scope, name) is None:
            raise NotFound("no such intent")
        repository.delete_intent(tx, scope, name)
        return Outcome(None, (_event("intent.removed", name),))

    def add(self, tx: Tx, scope: Scope, phrases: Sequence[NewPhrase]) -> Outcome[PhrasesAdded]:
        """Add phrases; a text that is there already, whatever it teaches, stays as it is.

        Raises `NotFound` for an unknown intent, `Malformed` for a phrase without words or in no language, `TooLarge`
        beyond the limits; then none is added.
        """
        names = {row.name for row in repository.intents(tx, scope)} | {STRANGE}
        rows = [_row(tx, scope, one, names) for one in phrases]
        if sum(repository.count_phrases(tx, scope).values()) + len(rows) > MOST_PHRASES:
            raise TooLarge(f"a company has at most {MOST_PHRASES} phrases", limit=MOST_PHRASES)
        fresh = repository.insert_phrases(tx, scope, rows)
        told = sorted({row["intent"] for row in rows if row["id"] in fresh})
        known = tuple(row["id"] for row in rows if row["id"] not in fresh)
        return Outcome(
            PhrasesAdded(added=len(fresh), known=known),
            tuple(_event("intent.phrases_added", name, "phrases") for name in told),
        )

    def move(self, tx: Tx, scope: Scope, phrase_id: str, intent: str) -> Outcome[KeptPhrase]:
        """Have a phrase teach another intent, or none of them (empty). Raises `NotFound`."""
        phrase = self.phrase(tx, scope, phrase_id)
        if intent != STRANGE and repository.find_intent(tx, scope, intent) is None:
            raise NotFound("no such intent")
        if phrase.intent == intent:
            return Outcome(phrase)
        repository.update_phrase(tx, scope, phrase_id, {"intent": intent})
        changed = msgspec.structs.replace(phrase, intent=intent)
        return Outcome(changed, (_phrase_event("moved", phrase_id, "intent"),))

    def drop(self, tx: Tx, scope: Scope, phrase_id: str) -> Outcome[KeptPhrase]:
        """Remove a phrase and return what it was. Raises `NotFound`."""
        phrase = self.phrase(tx, scope, phrase_id)
        repository.delete_phrase(tx, scope, phrase_id)
        return Outcome(phrase, (_phrase_event("removed", phrase_id),))

    def phrase(self, tx: Tx, scope: Scope, phrase_id: str) -> KeptPhrase:
        """Return a phrase. Raises `NotFound`."""
        row = repository.find_phrase(tx, scope, phrase_id)
        if row is None:
            raise NotFound("no such phrase")
        return _phrase(row)

    def phrases(self, tx: Tx, scope: Scope, wanted: PhraseQuery, *, limit: int) -> tuple[KeptPhrase, ...]:
        """Return phrases, the newest first."""
        return tuple(_phrase(row) for row in repository.newest_phrases(tx, scope, wanted, limit=limit))

    def some(self, tx: Tx, scope: Scope, phrase_ids: Sequence[str]) -> Mapping[str, KeptPhrase]:
        """Return those of these phrases that are still there, by their ids."""
        return {row.id: _phrase(row) for row in repository.find_phrases(tx, scope, phrase_ids)}

    def everything(self, tx: Tx, scope: Scope) -> tuple[KeptPhrase, ...]:
        """Return all phrases, in an order that stays."""
        return tuple(_phrase(row) for row in repository.all_phrases(tx, scope))


def phrase_id_of(scope: Scope, text: str) -> str:
    """Return the id of a phrase: the same for the same text, however it is written large and small or spaced."""
    return derive_id("phrase", scope.tenant_id, " ".join(text.casefold().split()))


def _row(tx: Tx, scope: Scope, phrase: NewPhrase, names: set[str]) -> dict[str, Any]:
    text = phrase.text.text
    if phrase.intent not in names:
        raise NotFound("no such intent")
    if not text.strip():
        raise Malformed("text: empty")
    if len(text) > LONGEST_PHRASE:
        raise TooLarge(f"text: longer than {LONGEST_PHRASE} characters", limit=LONGEST_PHRASE)
    if not _LANGUAGE.fullmatch(phrase.language):
        raise Malformed("language: the code of a language, such as en, or nothing")
    # What was masked is nobody's to open from here: a phrase keeps the place and the kind alone.
    spans = tuple(Span(kind=span.kind, start=span.start, end=span.end) for span in phrase.text.spans)
    return {
        "id": phrase_id_of(scope, text),
        "intent": phrase.intent,
        "language": phrase.language,
        "text": text,
        "spans": spans,
        "source": phrase.source,
        "added_by": scope.actor.id,
        "added_at": tx.now,
    }


def _phrase(row: Any) -> KeptPhrase:
    names = [name for name in KeptPhrase.__struct_fields__ if name != "spans"]
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    return KeptPhrase(**values, spans=msgspec.convert(row.spans, tuple[Span, ...]))


def _checked(labels: Mapping[str, str]) -> dict[str, str]:
    kept = {language: " ".join(label.split()) for language, label in labels.items()}
    for language, label in kept.items():
        if not language or not _LANGUAGE.fullmatch(language):
            raise Malformed("labels: by the codes of languages")
        if len(label) > LONGEST_LABEL or not (label.isprintable() or not label):
            raise Malformed(f"labels: up to {LONGEST_LABEL} printable characters")
    return {language: label for language, label in sorted(kept.items()) if label}


def _event(action: str, name: str, *fields: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="intent", object_id=name or "none", fields=fields)


def _phrase_event(what: str, phrase_id: str, *fields: str) -> AuditEvent:
    return AuditEvent(action=f"intent.phrase_{what}", object_kind="phrase", object_id=phrase_id, fields=fields)
