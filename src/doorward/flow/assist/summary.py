"""What happened in a conversation, for whoever takes over: picked from the ledger, nothing written anew.

Sentences are the customer's and the agents' own, masked as the ledger has them; what the house did is told by codes,
which the reader's page puts into words. So a summary can say nothing that nobody said.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from doorward.flow.assist.sentences import PickedSentence, Weighing, sentences_of
from doorward.record import WrittenEntry
from doorward.vocabulary.entry import Entry

Best = Callable[[Sequence[PickedSentence]], PickedSentence | None]
"""Chooses the sentence that says most, None of none."""

TriedKind = Literal["answered", "asked_back", "procedure", "acted", "proof", "agent"]
OpenKind = Literal["unanswered", "awaits", "reason", "call_back"]

MOST_WANTED: Final = 3
MOST_TOLD: Final = 4
MOST_TRIED: Final = 6
_CALM: Final = frozenset({"greet"})
"""Actions that answer a message in which nothing is wanted."""


class AlreadyTried(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was tried or done, by the ledger line that says so last.

    `answered`: from an article, `name` is its title. `asked_back`: it was not clear. `procedure`: `name` is its id,
    `outcome` how it ended, empty while it is under way. `acted`: the core system carried out the operation `name`, with
    this `outcome`. `proof`: the customer proved who they are. `agent`: a colleague wrote `words`.
    """

    seq: int
    kind: TriedKind
    name: str = ""
    outcome: str = ""
    words: PickedSentence | None = None


class StillOpen(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is open: `unanswered` what the customer said last (`words`), `awaits` what the procedure `name`
    waits for (`detail`: `answer`, `confirmation`, `code` or `sign_in`), `reason` why a person was called (`name`, a
    code), `call_back` that the customer asked to be called or written back.
    """

    seq: int
    kind: OpenKind
    name: str = ""
    detail: str = ""
    words: PickedSentence | None = None


class ConversationSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What was wanted, what was tried or done, what is open, and what the customer told, up to ledger line `upto`."""

    upto: int
    wanted: tuple[PickedSentence, ...] = ()
    tried: tuple[AlreadyTried, ...] = ()
    open: tuple[StillOpen, ...] = ()
    told: tuple[PickedSentence, ...] = ()


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the customer: its line, what was decided of it, and its sentences."""

    line: WrittenEntry
    decided: Mapping[str, Any]
    sentences: tuple[PickedSentence, ...]

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return the facts of the decision, none where it was not decided (yet)."""
        found: Mapping[str, Any] = self.decided.get("facts", {})
        return found

    @property
    def is_wish(self) -> bool:
        """Return whether something may be wanted: no small talk, no mere call for a person, no answer to a question."""
        facts, brief = self.facts, len(self.line.entry.text or "") <= _BRIEF
        calm = self.decided.get("action") in _CALM or bool(facts.get("social")) or bool(facts.get("blank"))
        calls = bool(facts.get("wants_person")) and brief
        return bool(self.sentences) and not (calm or calls or facts.get("procedure_heard"))


_BRIEF: Final = 60
"""Characters of a message that asks for a person and for nothing else."""


def summarise(lines: Sequence[WrittenEntry], *, weighing: Weighing, language: str) -> ConversationSummary:
    """Return the summary of a conversation's ledger, or of its beginning; `language` is the customer's."""
    said = messages_of(lines)
    everything = [sentence for one in said for sentence in one.sentences]
    about = weighing.about(everything, language=language)

    def best(sentences: Sequence[PickedSentence]) -> PickedSentence | None:
        return weighing.best(sentences, language=language, about=about)

    wanted = tuple(one for one in map(best, (wish.sentences for wish in _wishes(said))) if one is not None)
    told = tuple(one for one in everything if one not in wanted and _tells(one))
    return ConversationSummary(
        upto=lines[-1].seq if lines else 0,
        wanted=wanted,
        tried=_tried(lines, best=best)[-MOST_TRIED:],
        open=tuple(_open(lines, said, best=best, known=wanted)),
        told=told[-MOST_TOLD:],
    )


def messages_of(lines: Iterable[WrittenEntry]) -> tuple[Said, ...]:
    """Return the customer's messages in order, each with what was decided of it."""
    lines = tuple(lines)
    decided = {one.entry.message_id: one.entry.data for one in lines if one.entry.kind == "decision.made"}
    return tuple(
        Said(
            line=one,
            decided=decided.get(one.entry.message_id, {}),
            sentences=() if one.entry.text is None else sentences_of(one.seq, one.entry.text),
        )
        for one in lines
        if one.entry.kind == "message.customer"
    )


def _wishes(said: Sequence[Said]) -> Sequence[Said]:
    """Return the first message that wants something, and the latest of those that want something else each."""
    found: list[Said] = []
    intents: set[str] = set()
    for one in said:
        intent = str(one.decided.get("intent", ""))
        if one.is_wish and (not found or (intent and intent not in intents)):
            found.append(one)
            intents.add(intent)
    return found[:1] + found[1:][-(MOST_WANTED - 1) :]


def _tells(one: PickedSentence) -> bool:
    """Return whether a sentence tells something that need not be asked for again: what was masked, or a number."""
    return bool(one.spans) or any(sign.isdigit() for sign in one.text)


def _tried(lines: Sequence[WrittenEntry], *, best: Best) -> tuple[AlreadyTried, ...]:
    found: dict[tuple[str, str], AlreadyTried] = {}
    for line in lines:
        one = _tried_by(line, best)
        if one is not None:
            found.pop((one.kind, one.name), None)  # told once, where it happened last
            found[one.kind, one.name] = one
    return tuple(found.values())


def _tried_by(line: WrittenEntry, best: Best) -> AlreadyTried | None:
    entry, seq = line.entry, line.seq
    match entry.kind:
        case "message.bot":
            return _by_bot(entry, seq)
        case "procedure.acted":
            return AlreadyTried(seq=seq, kind="acted", name=entry.data["operation"], outcome=entry.data["outcome"])
        case "identity.raised":
            return AlreadyTried(seq=seq, kind="proof")
        case "message.agent" if entry.text is not None and entry.text.text.strip():
            return AlreadyTried(seq=seq, kind="agent", words=best(sentences_of(seq, entry.text)))
    return None


def _by_bot(entry: Entry, seq: int) -> AlreadyTried | None:
    procedure, sources = entry.data.get("procedure", {}), entry.data.get("sources", ())
    if procedure.get("id"):
        return AlreadyTried(seq=seq, kind="procedure", name=procedure["id"], outcome=procedure.get("outcome", ""))
    if sources:
        return AlreadyTried(seq=seq, kind="answered", name=sources[0]["title"])
    return AlreadyTried(seq=seq, kind="asked_back") if entry.data.get("action") == "clarify" else None


def _open(
    lines: Sequence[WrittenEntry], said: Sequence[Said], *, best: Best, known: Sequence[PickedSentence]
) -> Iterable[StillOpen]:
    latest: dict[str, WrittenEntry] = {one.entry.kind: one for one in lines}
    handed = latest.get("handoff.requested")
    over = max((latest[kind].seq for kind in _ENDS if kind in latest), default=0)
    if handed is not None and handed.seq > over:
        reason = str(handed.entry.data.get("stopped") or handed.entry.data.get("reason", ""))
        yield StillOpen(seq=handed.seq, kind="reason", name=str(handed.entry.data.get("reason", "")), detail=reason)
    yield from _awaits(latest, over)
    asked, withdrawn = latest.get("callback.requested"), latest.get("callback.withdrawn")
    if asked is not None and (withdrawn is None or withdrawn.seq < asked.seq) and asked.seq > over:
        yield StillOpen(seq=asked.seq, kind="call_back")
    answered = max((latest[kind].seq for kind in ("message.bot", "message.agent") if kind in latest), default=0)
    left = [sentence for one in said if one.line.seq > answered for sentence in one.sentences]
    words = best(left)
    if words is not None and words not in known:
        yield StillOpen(seq=words.seq, kind="unanswered", words=words)


_ENDS: Final = ("conversation.resolved", "handoff.returned")


def _awaits(latest: Mapping[str, WrittenEntry], over: int) -> Iterable[StillOpen]:
    said = latest.get("message.bot")
    procedure = {} if said is None else said.entry.data.get("procedure", {})
    if said is not None and procedure.get("awaits") and not procedure.get("outcome") and said.seq > over:
        yield StillOpen(seq=said.seq, kind="awaits", name=procedure["id"], detail=procedure["awaits"])
