"""Whether the slots of a procedure make sense by themselves."""

from collections.abc import Mapping

from doorward.answering.procedures.checking.wording import is_code
from doorward.answering.procedures.model import Known, Slot
from doorward.answering.procedures.problems import Problems

_OF_THINGS = ("of", "where", "or_named", "show")
_BOUNDED = frozenset({"amount", "count", "date", "text"})


def check_slots(slots: Mapping[str, Slot], known: Known, problems: Problems) -> None:
    """Check each slot's fields against its kind."""
    for slot in slots.values():
        place = f"slot '{slot.name}'"
        for field in _out_of_place(slot):
            problems.add(f"is not for the kind '{slot.kind}'", place=place, field=field)
        if slot.kind == "thing":
            if slot.of not in known.kinds:
                problems.add("is no kind of thing of the core system", place=place, field="of")
            if slot.or_named and not slot.where:
                problems.add("is for things that do not fit `where`", place=place, field="or_named")
            if not slot.show:
                problems.add("is missing", place=place, field="show")
        if slot.kind == "choice" and (len(slot.options) < 2 or not all(map(is_code, slot.options))):
            problems.add("needs two codes at least", place=place, field="options")
        if slot.least is not None and slot.most is not None and slot.least > slot.most:
            problems.add("is more than `most`", place=place, field="least")


def _out_of_place(slot: Slot) -> list[str]:
    wrong = [] if slot.kind == "thing" else [field for field in _OF_THINGS if getattr(slot, field)]
    if slot.kind != "choice" and slot.options:
        wrong.append("options")
    if slot.kind not in _BOUNDED:
        wrong += [field for field in ("least", "most") if getattr(slot, field) is not None]
    return wrong
