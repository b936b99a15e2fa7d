"""Masking what a core system told about somebody in what is said: names, and whatever the guards find in its texts.

Only values of the core system are looked at, wherever they stand in a text; the words of a procedure are the company's.
The originals are sealed under the key of the party that is told, who may read them where they were told.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from doorward.answering.procedures import Procedure, Run
from doorward.answering.procedures.formatting import clean
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Advanced
from doorward.kit.ids import new_id
from doorward.kit.tx import Transactions, Tx
from doorward.protection import Original, ProtectionService, Screened, Screener
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import MessageId, SpanId
from doorward.vocabulary.operations import FactKind, Scalar
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Choice
from doorward.vocabulary.text import MaskedText, Span, WildText, shifted

PERSON: Final = "PERSON"
_SHORTEST: Final = 2
_TOO_FEW: Final = re.compile(r"(?:[^\w]*[0-9]){0,6}[^\w]*")
"""The end of a number, a day, a count: nothing that is about anybody."""

_REFERENCE: Final = re.compile(r"[A-Z]{1,4}-?[0-9]{1,8}(?:-[0-9]{1,4}){0,2}")
"""What a declared reference may look like to be left as it is: anything longer or of another form is looked at."""


class Told(NamedTuple):
    """A value of a core system as it is shown, and whether it is declared to be somebody's name."""

    shown: str
    is_name: bool


class Masking:
    """Masks replies of procedures before anybody keeps them. Thread-safe."""

    def __init__(self, transactions: Transactions, *, screener: Screener, protection: ProtectionService) -> None:
        """Look with the house's own screener: what a company lets be read of its customers' words is not asked."""
        self._transactions = transactions
        self._screener = screener
        self._protection = protection

    def mask(self, here: Here, advanced: Advanced, told: Sequence[Told]) -> Advanced:
        """Return what is said with the values in it masked, and their originals sealed."""
        masked = _Masked(self._screener, told)
        text = masked.text(advanced.text)
        choices = tuple(masked.choice(one) for one in advanced.choices)
        if masked.originals:
            self._seal(here, tuple(masked.originals))
        return msgspec.structs.replace(advanced, text=text.text, spans=text.spans, choices=choices)

    def _seal(self, here: Here, originals: tuple[Original, ...]) -> None:
        scope, party_id = here.scope, here.acting or here.party_id
        self._protection.make_ready(scope, party_id)
        kinds = tuple(sorted({original.kind.lower() for original in originals}))
        event = AuditEvent(action="procedure.told", object_kind="party", object_id=party_id, fields=kinds)

        def seal(tx: Tx) -> Outcome[None]:
            of = MessageId(here.moment)
            self._protection.seal(tx, scope, party_id=party_id, message_id=of, originals=originals)
            return Outcome(None, (event,))

        self._transactions.write(scope, seal)


class _Masked:
    """One reply while it is masked: every place gets an original of its own."""

    def __init__(self, screener: Screener, told: Sequence[Told]) -> None:
        self.originals: list[Original] = []
        self._screener = screener
        self._is_name = {one.shown: one.is_name for one in sorted(told)}
        longest = sorted(self._is_name, key=len, reverse=True)
        self._values = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)" if longest else r"(?!)")

    def text(self, text: str) -> MaskedText:
        """Return a text with its values masked."""
        pieces: list[str] = []
        spans: tuple[Span, ...] = ()
        done = length = 0
        for found in self._values.finditer(text):
            value = self._value(found[0])
            length += found.start() - done
            pieces += [text[done : found.start()], value.text]
            spans += shifted(value.spans, by=length)
            length += len(value.text)
            done = found.end()
        return MaskedText("".join((*pieces, text[done:])), spans)

    def choice(self, choice: Choice) -> Choice:
        """Return a choice with its values masked."""
        label = self.text(choice.label)
        says = label if choice.says == choice.label else self.text(choice.says)
        spans = label.spans if says is label else ()
        return msgspec.structs.replace(choice, label=label.text, says=says.text, spans=spans)

    def _value(self, value: str) -> MaskedText:
        screened = self._screened(WildText(value), is_name=self._is_name[value])
        self.originals += screened.originals
        return screened.masked

    def _screened(self, value: WildText, *, is_name: bool) -> Screened:
        if is_name:
            return self._screener.mask_as(value, kind=PERSON, span_id=_span_id)
        return self._screener.screen(value, span_id=_span_id)


def _span_id(_number: int) -> SpanId:
    return SpanId(new_id())


def values_told(runs: Sequence[Run], *, procedure_of: Callable[[Run], Procedure | None]) -> tuple[Told, ...]:
    """Return the texts and names that a core system told in these runs, each once."""
    found = {told for run in runs for told in _told_in(run, procedure_of(run))}
    return tuple(sorted(found))


def _told_in(run: Run, procedure: Procedure | None) -> Iterator[Told]:
    if procedure is None:
        return
    for slot_name in {*run.slots, *run.offers, *run.unfit}:
        slot = procedure.slots.get(slot_name)
        kinds = procedure.known.kinds.get(slot.of, {}) if slot is not None and slot.of else {}
        if slot_name in run.slots:
            yield from _texts(run.slots[slot_name].fields, kinds)
        for thing in (*run.offers.get(slot_name, ()), *run.unfit.get(slot_name, ())):
            yield from _texts(thing.fields, kinds)
    for root, facts in run.facts.items():
        yield from _texts(facts, {name: procedure.places.get(f"{root}.{name}", "text") for name in facts})


def _texts(values: Mapping[str, Scalar], kinds: Mapping[str, FactKind]) -> Iterator[Told]:
    for name, value in values.items():
        kind = kinds.get(name)
        if isinstance(value, str) and kind in {"text", "name", "reference"}:
            shown = clean(value)
            if kind == "reference" and _REFERENCE.fullmatch(shown):
                continue
            if len(shown) >= _SHORTEST and not _TOO_FEW.fullmatch(shown):
                yield Told(shown, kind == "name")
