"""Whether every text is there in every language, and names nothing that is not known where it is said."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from doorward.answering.procedures.checking.before import Before
from doorward.answering.procedures.checking.names import SLOT_FACTS, WHY, facts_of_things
from doorward.answering.procedures.formatting import places_of, stray_braces
from doorward.answering.procedures.model import AskStep, CallStep, ConfirmStep, Known, ProcedureStep, SayStep, Slot
from doorward.answering.procedures.parsing import NAME, TEXT_KEY
from doorward.answering.procedures.problems import Problems
from doorward.vocabulary.operations import FactKind

LONGEST = 2_000
"""Characters of a text."""

Texts = Mapping[str, Mapping[str, str]]


class Said(NamedTuple):
    """A text that is said: its key, where that stands, and what has a value there; `of` for texts that show a thing."""

    key: str
    place: str
    field: str
    before: Before | None
    of: str | None = None


class Wording:
    """Checks the texts of one procedure."""

    def __init__(
        self,
        *,
        known: Known,
        slots: Mapping[str, Slot],
        facts: Mapping[str, Mapping[str, FactKind]],
        problems: Problems,
    ) -> None:
        """Take what can be named."""
        self._known = known
        self._slots = slots
        self._facts = facts
        self._problems = problems

    def check(self, steps: tuple[ProcedureStep, ...], texts: Texts, before: Mapping[str, Before]) -> None:
        """Check that each text is there in every language, is used, and has only places that have a value."""
        said = list(self._said(steps, before))
        used = {one.key for one in said} | self._codes_said(steps, texts)
        every = used.union(*texts.values())
        for key in sorted(every):
            for language, own in texts.items():
                file = f"texts/{language}.yaml"
                if key not in own:
                    self._problems.add("is missing", file=file, field=key)
                elif not TEXT_KEY.fullmatch(key):
                    self._problems.add("is no name for a text", file=file, field=key)
                elif key not in used and not key.startswith(("code.", "words.")):
                    self._problems.add("is said nowhere", file=file, field=key)
        self._check_plain(texts)
        for one in said:
            for language, own in texts.items():
                if one.key in own:
                    self._check_places(one, own[one.key], language)

    def _codes_said(self, steps: tuple[ProcedureStep, ...], texts: Texts) -> set[str]:
        """Return the texts of codes that have to be there: those of choices, and of reasons that a text tells."""
        codes = {option for slot in self._slots.values() for option in slot.options}
        told = {place for own in texts.values() for text in own.values() for place in places_of(text)}
        for step in steps:
            if isinstance(step, CallStep) and f"{step.into}.{WHY}" in told and step.operation in self._known.operations:
                codes |= set(self._known.operations[step.operation].reasons)
        return {f"code.{code}" for code in codes}

    def _said(self, steps: tuple[ProcedureStep, ...], before: Mapping[str, Before]) -> Iterator[Said]:
        for step in steps:
            place = f"step '{step.id}'"
            match step:
                case SayStep():
                    yield Said(step.text, place, "say", before.get(step.id))
                case ConfirmStep():
                    yield Said(step.text, place, "confirm", before.get(step.id))
                case AskStep() if step.slot in self._slots:
                    slot = self._slots[step.slot]
                    yield Said(slot.ask, place, "ask", before.get(step.id))
                    if slot.show:
                        yield Said(slot.show, place, "show", None, slot.of)
                case _:
                    pass

    def _check_plain(self, texts: Texts) -> None:
        for language, own in texts.items():
            for key, text in own.items():
                file = f"texts/{language}.yaml"
                if not text.strip() or len(text) > LONGEST:
                    self._problems.add(f"is empty, or longer than {LONGEST} characters", file=file, field=key)
                if stray_braces(text):
                    self._problems.add("has a brace that belongs to no place", file=file, field=key)
                if key.startswith(("code.", "words.")) and places_of(text):
                    self._problems.add("is a word, and has no places", file=file, field=key)

    def _check_places(self, said: Said, text: str, language: str) -> None:
        for place in places_of(text):
            file = f"texts/{language}.yaml"
            if said.of is not None:
                root, _, name = place.partition(".")
                if root != "thing" or name not in facts_of_things(self._known, said.of):
                    self._problems.add(f"names '{place}', which a thing has not", file=file, field=said.key)
                continue
            filled = self._filled_by(place)
            if filled is None:
                self._problems.add(f"names '{place}', which nobody knows", file=file, field=said.key)
            elif said.before is not None and not {filled, place} & said.before.filled:
                sentence = f"names '{place}', which has no value on a path to {said.place}"
                self._problems.add(sentence, file=file, field=said.key)

    def _filled_by(self, place: str) -> str | None:
        """Return by what a place gets its value, None if there is no such place."""
        root, _, rest = place.partition(".")
        if root != "slots":
            return root if rest in self._facts.get(root, {}) else None
        name, _, field = rest.partition(".")
        slot = self._slots.get(name)
        if slot is None or (field and slot.kind != "thing"):
            return None
        if field and field not in facts_of_things(self._known, slot.of):
            return None
        return f"slots.{name}"


def kinds_of_places(
    known: Known, slots: Mapping[str, Slot], facts: Mapping[str, Mapping[str, FactKind]]
) -> dict[str, FactKind]:
    """Return how each place that a text may have is to be shown; a whole thing is not among them."""
    kinds: dict[str, FactKind] = {}
    for slot in slots.values():
        if slot.kind == "thing":
            own = facts_of_things(known, slot.of)
            kinds |= {f"slots.{slot.name}.{field}": kind for field, kind in own.items()}
        else:
            kinds[f"slots.{slot.name}"] = SLOT_FACTS[slot.kind]
    for root, own_facts in facts.items():
        kinds |= {f"{root}.{name}": kind for name, kind in own_facts.items()}
    return kinds


def is_code(name: str) -> bool:
    """Return whether something may be a code, so that texts can say it."""
    return NAME.fullmatch(name) is not None
