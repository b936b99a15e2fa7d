"""Steps of macros in words: what each does, with the names of what it is done with, and what became of it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from doorward import workspace
from doorward.doors.web.desk.shared import DeskCall
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.desk import StepDone
from doorward.kit.tx import Tx
from doorward.workspace import MacroStep, PieceKind

PRIORITIES: Final = {-1: "low", 0: "usual", 1: "high", 2: "urgent"}

_NAMED: Final[tuple[PieceKind, ...]] = ("label", "status", "attribute", "reply")
_SHOWN: Final = 160
"""Characters of a text that stand in a step; the rest is told by an ellipsis."""

Names = Mapping[tuple[PieceKind, str], str]


class ShownMacro(msgspec.Struct, frozen=True, kw_only=True):
    """A macro to choose: what it is called, and its steps in words."""

    key: str
    name: str
    description: str
    owner: str
    steps: tuple[str, ...]


class ShownStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a run in words, what became of it, and why it could not be done."""

    text: str
    state: str
    why: str


class StepWords:
    """Says steps in the reader's language. What the company no longer has is called by its key."""

    def __init__(self, desk: DeskCall, names: Names, colleagues: Mapping[str, str]) -> None:
        """Take what the company calls its things, and how colleagues are called."""
        self._desk = desk
        self._names = names
        self._colleagues = colleagues

    def step(self, step: MacroStep) -> str:
        """Return what a step does."""
        key, places = _SAYS[step.verb](self, step.value)
        return self._desk.say(f"macro.step.{key}", **places)

    def macro(self, written: workspace.WrittenPiece) -> ShownMacro:
        """Return a macro as it is chosen."""
        macro = written.piece
        if not isinstance(macro, workspace.Macro):
            raise TypeError(written.kind)
        return ShownMacro(
            key=written.key,
            name=macro.name,
            description=macro.description,
            owner=written.owner,
            steps=tuple(self.step(one) for one in macro.steps),
        )

    def done(self, done: StepDone) -> ShownStep:
        """Return a step of a run."""
        return ShownStep(text=self.step(done.step), state=done.state, why=self._why(done) if done.why else "")

    def name(self, kind: PieceKind, key: str) -> str:
        """Return what the company calls one of its things."""
        return self._names.get((kind, key), key)

    def colleague(self, staff_id: str) -> str:
        """Return how a colleague is called."""
        return self._colleagues.get(staff_id, staff_id)

    def priority(self, value: int) -> str:
        """Return a priority in words."""
        return self._desk.say(f"macro.priority.{PRIORITIES[value]}")

    def _why(self, done: StepDone) -> str:
        code, facts = done.why, done.facts
        if code == "secret_refused":
            kinds = str(facts.get("kinds", "")).split()
            what = kinds_in_words(self._desk.house.translator, self._desk.language, kinds)
            return self._desk.say("macro.why.secret_refused", what=what)
        if facts.get("why") == "not_mine":
            return self._desk.say("macro.why.not_mine")
        return self._desk.say(f"macro.why.{code if code in _WHYS else 'conflict'}")


_WHYS: Final = frozenset({"not_found", "malformed", "too_large"})


async def step_words(desk: DeskCall) -> StepWords:
    """Return what says steps: with the names of everybody's things and of the reader's own."""
    scope, house = desk.scope, desk.house

    def read(tx: Tx) -> StepWords:
        pieces = [one for kind in _NAMED for one in workspace.list_pieces(tx, scope, kind, owner=scope.actor.id)]
        everybody = house.identity.staff.everybody(tx, scope)
        names = {(one.kind, one.key): one.piece.name for one in pieces}
        return StepWords(desk, names, {str(one.id): one.display_name for one in everybody})

    return await house.transactions.read_async(read)


def _short(text: Any) -> str:
    words = " ".join(str(text).split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def _named(kind: PieceKind, verb: str) -> Callable[[StepWords, Any], tuple[str, dict[str, Any]]]:
    return lambda words, value: (verb, {"what": words.name(kind, value)})


def _status(words: StepWords, value: str) -> tuple[str, dict[str, Any]]:
    return ("status", {"what": words.name("status", value)}) if value else ("status_none", {})


def _attribute(words: StepWords, value: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    what, held = words.name("attribute", value["key"]), value["value"]
    if held is None:
        return "attribute_none", {"what": what}
    if isinstance(held, bool):
        return ("attribute_yes" if held else "attribute_no"), {"what": what}
    return "attribute", {"what": what, "value": _short(held)}


def _reply(words: StepWords, value: str | Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    if isinstance(value, str):
        return "reply", {"what": _short(value)}
    return "reply_canned", {"what": words.name("reply", value["reply"])}


def _assign(words: StepWords, value: str) -> tuple[str, dict[str, Any]]:
    return (f"assign_{value}", {}) if value in {"me", "queue"} else ("assign", {"what": words.colleague(value)})


_SAYS: Final[Mapping[str, Callable[[StepWords, Any], tuple[str, dict[str, Any]]]]] = {
    "label": _named("label", "label"),
    "unlabel": _named("label", "unlabel"),
    "priority": lambda words, value: ("priority", {"what": words.priority(value)}),
    "status": _status,
    "attribute": _attribute,
    "note": lambda _words, value: ("note", {"what": _short(value)}),
    "reply": _reply,
    "assign": _assign,
    "snooze": lambda _words, value: ("snooze", {"hours": value}),
    "resolve": lambda _words, _value: ("resolve", {}),
}
