"""The four things that a language model may do here, each of which ends at the grounding check. It proposes, no more.

Every verb returns what may go on, or nothing, with the line for the record. None of them ever raises for what a model
does, and none takes longer than it was given.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from doorward.answering.language_model.calls import Calls, NotAsked
from doorward.answering.language_model.grounding import ANSWER, REPHRASED, SUMMARY, GroundingCheck, Strictness
from doorward.answering.language_model.ports import Label, ModelAnswer, ModelFailed, ModelTask, ModelUse, Part, Use
from doorward.answering.language_model.prompts import instructions_for, prompt_of
from doorward.answering.language_model.shapes import Answer, Proposals, Rephrased, Summary, read_as
from doorward.answering.language_model.spending import believed, estimated
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText, house_text, without_spans

TOKENS: Final[dict[Use, int]] = {"answer": 500, "rephrase": 700, "summary": 500, "slots": 300}
"""The most tokens that an answer may have."""

LONGEST_TEXT: Final = 4_000
"""Characters of a part: a section, an answer or a message that is longer is not given to a model."""

LONGEST_TASK: Final = 24_000

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


class Purse(Protocol):
    """Where the tokens come from."""

    def reserve(self, scope: Scope, tokens: int) -> bool:
        """Take tokens and one request from a company's budget; return whether there were enough."""

    def give_back(self, scope: Scope, tokens: int) -> None:
        """Give back what was not spent."""


Leave = Callable[[Scope, WildText, WildText], bool]
"""The exit that all words from outside take: returns whether a text may be said. The second is what it rests on."""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a model is asked, in which language it shall answer (ISO 639-1), and how many seconds there are."""

    scope: Scope
    language: str
    seconds: float


class Proposed(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What may go on, None where nothing may, and what the record keeps of it."""

    value: T | None
    use: ModelUse


class Grounded(msgspec.Struct, frozen=True, kw_only=True):
    """A text that its sources bear out, and the places of those it cites among the sources given, from 0."""

    text: MaskedText
    cites: tuple[int, ...]


class SlotOffered(msgspec.Struct, frozen=True, kw_only=True):
    """A slot that a message may fill: its name, the question for it, and the names of what can be chosen, if any."""

    name: str
    question: str
    options: tuple[str, ...] = ()


class SlotProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a message may have meant: words of its own, heard as any words of the customer's, and an option's place.

    It is no value: whoever takes it checks it as they would check the customer, and confirms what cannot be undone.
    """

    slot: str
    quote: str
    option: int | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a conversation, and who said it."""

    author: Label
    text: MaskedText


class _Refused(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Proposer:
    """The verbs. Thread-safe; no transaction may be open while one runs."""

    def __init__(self, calls: Calls, check: GroundingCheck, *, purse: Purse, leave: Leave) -> None:
        """Take who asks the model, who judges what it says, who pays, and through where it leaves."""
        self._calls, self._check, self._purse, self._leave = calls, check, purse, leave

    @property
    def rests(self) -> bool:
        """Return whether the model is left alone now because it failed."""
        return self._calls.rests

    def answer_from(self, sources: Sequence[str], question: MaskedText, *, asking: Asking) -> Proposed[Grounded]:
        """Return an answer to a question whose every sentence stands in the source that it cites.

        `sources` are plain texts of the company's, in the language asked for.
        """
        parts = (Part(label="question", text=question), *_parts("source", sources))

        def judge(answer: Answer) -> Grounded:
            cites = [one.source - 1 for one in answer.sentences]
            if not cites:
                raise _Refused("no_answer")
            if any(cite >= len(sources) for cite in cites):
                raise _Refused("source")
            for one, cite in zip(answer.sentences, cites, strict=True):
                self._require(one.text, sources[cite], asking, ANSWER)
            used = tuple(dict.fromkeys(cites))
            text = self._left(asking, [one.text for one in answer.sentences], "\n".join(sources[one] for one in used))
            return Grounded(text=text, cites=used)

        return self._propose("answer", parts, Answer, judge, asking=asking)

    def rephrase(self, answer: str, *, asking: Asking) -> Proposed[MaskedText]:
        """Return an answer of the company's in other words of its language that say the same, no more and no less."""
        parts = (Part(label="answer", text=house_text(answer)),)

        def judge(rephrased: Rephrased) -> MaskedText:
            sentences = [one.text for one in rephrased.sentences]
            if not sentences:
                raise _Refused("no_answer")
            for one in sentences:
                self._require(one, answer, asking, REPHRASED)
            lost = self._check.lost_of(" ".join(sentences), answer, language=asking.language, strictness=REPHRASED)
            if lost is not None:
                raise _Refused(lost)
            return self._left(asking, sentences, answer)

        return self._propose("rephrase", parts, Rephrased, judge, asking=asking)

    def summarise(self, lines: Sequence[Line], *, asking: Asking) -> Proposed[MaskedText]:
        """Return a summary of a conversation in its own language, for staff, every sentence of which rests on lines."""
        parts = tuple(Part(label=one.author, number=place, text=one.text) for place, one in enumerate(lines, start=1))
        said = [without_spans(one.text) for one in lines]

        def judge(summary: Summary) -> MaskedText:
            if not summary.sentences:
                raise _Refused("no_answer")
            for one in summary.sentences:
                if any(line > len(said) for line in one.lines):
                    raise _Refused("source")
                self._require(one.text, "\n".join(said[line - 1] for line in one.lines), asking, SUMMARY)
            return self._left(asking, [one.text for one in summary.sentences], "\n".join(said))

        return self._propose("summary", parts, Summary, judge, asking=asking)

    def propose_slots(
        self, question: MaskedText, slots: Sequence[SlotOffered], *, asking: Asking
    ) -> Proposed[tuple[SlotProposal, ...]]:
        """Return what a message may say to slots, in its own words and among what is offered alone."""
        parts = [Part(label="message", text=question)]
        for place, slot in enumerate(slots, start=1):
            parts.append(Part(label="slot", number=place, text=house_text(slot.question)))
            parts += _parts("option", slot.options)
        words = without_spans(question)

        def judge(found: Proposals) -> tuple[SlotProposal, ...]:
            if not found.proposals:
                raise _Refused("no_answer")
            return _slots(found, slots, words)

        return self._propose("slots", tuple(parts), Proposals, judge, asking=asking)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _propose(
        self, use: Use, parts: tuple[Part, ...], shape: type[S], judge: Callable[[S], T], *, asking: Asking
    ) -> Proposed[T]:
        task = ModelTask(use=use, language=asking.language, parts=parts, tokens=TOKENS[use])
        record = ModelUse(use=use, outcome="skipped", model=self._calls.model_id, prompt=prompt_of(use))
        said = task.said()
        if len(said) > LONGEST_TASK or any(len(part.text) > LONGEST_TEXT for part in parts):
            return Proposed(value=None, use=msgspec.structs.replace(record, why="length"))
        bill = _Bill(self._purse, asking.scope, tokens_in=estimated(instructions_for(use) + said), most=task.tokens)

        def read(answer: ModelAnswer) -> S:
            bill.told(answer)
            return read_as(answer.content, shape)

        try:
            found = self._calls.ask(task, read, seconds=asking.seconds, may_spend=bill.reserve)
            value = judge(found)
        except NotAsked as skipped:
            return Proposed(value=None, use=msgspec.structs.replace(record, why=skipped.why))
        except ModelFailed as failed:
            return Proposed(value=None, use=bill.settled(record, outcome="failed", why=failed.trouble))
        except _Refused as refused:
            return Proposed(value=None, use=bill.settled(record, outcome="refused", why=refused.why))
        return Proposed(value=value, use=bill.settled(record, outcome="used"))

    def _require(self, sentence: str, source: str, asking: Asking, strictness: Strictness) -> None:
        fault = self._check.fault_of(sentence, source, language=asking.language, strictness=strictness)
        if fault is not None:
            raise _Refused(fault)

    def _left(self, asking: Asking, sentences: Sequence[str], source: str) -> MaskedText:
        """Return the sentences as one text. Raises `_Refused` where it may not leave."""
        text = " ".join(one.strip() for one in sentences)
        if not self._leave(asking.scope, WildText(text), WildText(source)):
            raise _Refused("exit")
        return house_text(text)


class _Bill:
    """What one call costs: all that it may, until it is known what it did."""

    def __init__(self, purse: Purse, scope: Scope, *, tokens_in: int, most: int) -> None:
        self._purse, self._scope = purse, scope
        self._estimate, self._most = tokens_in, most
        self._tokens_in, self._tokens_out = tokens_in, most
        self._reserved = 2 * tokens_in + most

    def reserve(self) -> bool:
        return self._purse.reserve(self._scope, self._reserved)

    def told(self, answer: ModelAnswer) -> None:
        self._tokens_in = believed(answer.tokens_in, self._estimate)
        self._tokens_out = believed(answer.tokens_out, estimated(answer.content), most=self._most)

    def settled(self, record: ModelUse, *, outcome: str, why: str = "") -> ModelUse:
        """Give back what was not spent, and return the line with what was."""
        self._purse.give_back(self._scope, max(0, self._reserved - self._tokens_in - self._tokens_out))
        changes = {"outcome": outcome, "why": why, "tokens_in": self._tokens_in, "tokens_out": self._tokens_out}
        return msgspec.structs.replace(record, **changes)


def _parts(label: Label, texts: Iterable[str]) -> tuple[Part, ...]:
    return tuple(Part(label=label, number=place, text=house_text(one)) for place, one in enumerate(texts, start=1))


def _slots(found: Proposals, slots: Sequence[SlotOffered], words: str) -> tuple[SlotProposal, ...]:
    """Return the proposals that stand. Raises `_Refused` for one of what was not offered, or in words nobody said."""
    if len({one.slot for one in found.proposals}) != len(found.proposals):
        raise _Refused("twice")
    proposals = []
    for one in found.proposals:
        if one.slot > len(slots) or (one.option is not None and one.option > len(slots[one.slot - 1].options)):
            raise _Refused("not_offered")
        if not any(map(str.isalnum, one.quote)) or one.quote not in words:
            raise _Refused("quote")
        option = None if one.option is None else one.option - 1
        proposals.append(SlotProposal(slot=slots[one.slot - 1].name, quote=one.quote, option=option))
    return tuple(proposals)
