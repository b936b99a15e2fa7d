"""A procedure as data: slots to fill, steps to take, and what is said on the way in every language."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from doorward.answering.procedures.ports import Condition
from doorward.vocabulary.operations import FactKind, Operation, Scalar

SlotKind = Literal["thing", "choice", "date", "amount", "count", "text", "address", "phone", "email", "yes_no"]
Ending = Literal["resolved", "declined"]

SEALED: Final = frozenset({"address", "phone", "email"})
"""Kinds of slots that never hold a value: what was said is masked, and the slot keeps where the original lies."""

THINGS_LEVEL: Final = 1
"""Who is told of their own things must be known at least by somebody's word (`AssuranceLevel.CLAIMED`)."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the customer is asked for.

    A `thing` is one of the customer's own, of the kind `of`; `where` says which of them can be meant, `show` is the
    text that names one. With `or_named` one that does not fit `where` is taken all the same when its key is said, so
    that the customer can be told what it is with that one. `ask` is the question's key, `options` the codes of a
    choice, `retries` how often an answer that is none is asked for again. `least` and `most` bound a count, an amount
    (minor units), a text (characters) and a date (days from today), both included.
    """

    name: str
    kind: SlotKind
    ask: str
    of: str = ""
    where: str = ""
    condition: Condition | None = None
    needs: frozenset[str] = frozenset()
    or_named: bool = False
    show: str = ""
    options: tuple[str, ...] = ()
    retries: int = 2
    least: int | None = None
    most: int | None = None


class Reference(msgspec.Struct, frozen=True):
    """A place that an argument comes from: `slots.card`, or `payment.amount_cents` of what was looked up."""

    root: str
    name: str


Given = Scalar | Reference


class SayStep(msgspec.Struct, frozen=True, kw_only=True):
    """Say a text."""

    id: str
    text: str


class AskStep(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for a slot. Where there is no thing to choose it goes to `none`, or to a person."""

    id: str
    slot: str
    skip_if_only_one: bool = False
    none: str = ""


class ConfirmStep(msgspec.Struct, frozen=True, kw_only=True):
    """Have the customer agree to what comes next; otherwise it goes to `otherwise`, or ends as declined."""

    id: str
    text: str
    otherwise: str = ""


class VerifyStep(msgspec.Struct, frozen=True, kw_only=True):
    """Make sure of who the customer is; where that fails it goes to `otherwise`, or to a person."""

    id: str
    level: int
    otherwise: str = ""


class CallStep(msgspec.Struct, frozen=True, kw_only=True):
    """Look something up, or have something changed (`effect`).

    What an outcome other than `done` leads to stands in `failed`; what does not stand there goes to a person. What is
    told is kept under the name `into`, if there is one.
    """

    id: str
    effect: Literal["look_up", "change"]
    operation: str
    arguments: Mapping[str, Given] = {}
    into: str = ""
    failed: Mapping[str, str] = {}


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One way on: where it goes when the expression holds."""

    when: str
    condition: Condition
    go: str


class BranchStep(msgspec.Struct, frozen=True, kw_only=True):
    """Go where the first expression holds, else to `otherwise`."""

    id: str
    cases: tuple[Case, ...]
    otherwise: str


class GoStep(msgspec.Struct, frozen=True, kw_only=True):
    """Go to another step."""

    id: str
    to: str


class HandOverStep(msgspec.Struct, frozen=True, kw_only=True):
    """Hand over to a person, for a reason (a code)."""

    id: str
    reason: str


class EndStep(msgspec.Struct, frozen=True, kw_only=True):
    """End."""

    id: str
    how: Ending


ProcedureStep = SayStep | AskStep | ConfirmStep | VerifyStep | CallStep | BranchStep | GoStep | HandOverStep | EndStep


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a company's core system declares: its operations, its kinds of things, and the currency of its amounts."""

    operations: Mapping[str, Operation] = {}
    kinds: Mapping[str, Mapping[str, FactKind]] = {}
    currency: str = "EUR"


class Procedure(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure that was read and checked. `texts` are per language and key, `known` is what it was checked against.

    `places` are those that a text may have, with how each is shown; a thing as a whole is shown by its slot's text.
    """

    id: str
    version: int
    intents: tuple[str, ...]
    slots: Mapping[str, Slot]
    steps: tuple[ProcedureStep, ...]
    texts: Mapping[str, Mapping[str, str]] = {}
    known: Known = Known()
    places: Mapping[str, FactKind] = {}

    def step(self, step_id: str) -> ProcedureStep:
        """Return a step. Raises `KeyError` for one that there is not."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def after(self, step_id: str) -> str:
        """Return the step below this one. Raises `KeyError` where there is none."""
        ids = [step.id for step in self.steps]
        try:
            return ids[ids.index(step_id) + 1]
        except (ValueError, IndexError):
            raise KeyError(step_id) from None

    def codes(self, language: str) -> Mapping[str, str]:
        """Return what codes are called in a language: the texts `code.<code>`, by code."""
        found = self.texts.get(language, {})
        return {key.removeprefix("code."): text for key, text in found.items() if key.startswith("code.")}
