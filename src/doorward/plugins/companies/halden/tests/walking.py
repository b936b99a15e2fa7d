"""Walking the bank's procedures in a test: the machine against the core system, with what the customer answers."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from doorward.answering.procedures.answers.listening import Listener
from doorward.answering.procedures.heard import Heard, Masked, Number
from doorward.answering.procedures.loading import Loaded, known_of, load_procedures
from doorward.answering.procedures.machine import advance, begin_run
from doorward.answering.procedures.model import Procedure
from doorward.answering.procedures.run import (
    Act,
    Ask,
    Chose,
    Confirm,
    End,
    Event,
    Failed,
    Find,
    Found,
    HandOver,
    LookUp,
    Said,
    Sealed,
    Started,
    Succeeded,
    Turn,
    Verified,
    Verify,
)
from doorward.plugins.companies.halden import operations, owned
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.snapshots import Difference, differences
from doorward.plugins.companies.halden.tests.banks import NOON, bank
from doorward.plugins.companies.halden.worlds import BYSTANDER, CUSTOMER
from doorward.vocabulary.text import MaskedText

LANGUAGES = ("en", "de", "tr", "id", "ru")
FOLDER = Path(operations.__file__).parent / "procedures"
TODAY = NOON.date()
YES, NO = Chose(key="yes"), Chose(key="no")

Answers = Mapping[str, Sequence[Event]]
"""What is answered, by slot; `confirm` to what is to be confirmed."""


class Known:
    """What the core system declares, without a core system."""

    currency = "EUR"

    def operations(self) -> Any:
        """Return its operations."""
        return operations.OPERATIONS

    def kinds(self) -> Any:
        """Return its kinds of things."""
        return owned.KINDS


@cache
def loaded() -> Loaded:
    """Return all procedures of the bank."""
    return load_procedures(FOLDER, languages=LANGUAGES, known=known_of(Known()))  # type: ignore[arg-type]  # declares only


@cache
def listener() -> Listener:
    """Return a listener in all languages of the bank."""
    return Listener(import_module(f"doorward.plugins.languages.{code}.plugin").build(None) for code in LANGUAGES)


def hear(procedure: Procedure, text: str, language: str = "en") -> Heard:
    """Return what is heard in a message."""
    return listener().hear(MaskedText(text), procedure=procedure, language=language, message_id="M1", today=TODAY)


class Walked(NamedTuple):
    """What came of a walk: the texts that were said, the steps that were asked or confirmed, the end, what changed."""

    said: tuple[str, ...]
    asked: tuple[str, ...]
    end: str
    changed: Sequence[Difference]


class Walk:
    """One customer's walk through a procedure, with a core system of their own."""

    def __init__(self, folder: Path, procedure: str, world: dict[str, Any]) -> None:
        """Make the core system."""
        self.procedure = loaded().procedures[procedure]
        self._core: HaldenCore = bank(folder, world)

    def take(
        self, answers: Answers, *, level: int = 1, reached: int = 2, first: str | Heard = "", agreed: bool = False
    ) -> Walked:
        """Walk to the end; `reached` is how sure the bank can be of the customer at most.

        What two persons have to agree to waits unless it is `agreed`.
        """
        before = self._core.snapshot()
        left = {name: list(events) for name, events in answers.items()}
        heard = first if isinstance(first, Heard) else hear(self.procedure, first) if first else None
        turn = advance(
            self.procedure,
            begin_run(self.procedure, "R1"),
            Started(level=level, today=TODAY.isoformat(), heard=heard),
        )
        said, asked = [say.text for say in turn.says], []
        while not isinstance(turn.want, End | HandOver):
            if isinstance(turn.want, Ask | Confirm):
                asked.append(turn.want.text)
            turn = advance(self.procedure, turn.run, self._event(turn, left, reached, agreed=agreed))
            said += [say.text for say in turn.says]
        after = self._core.snapshot()
        assert before[BYSTANDER] == after[BYSTANDER]
        assert not any(left.values()), "an answer was not asked for"
        end = turn.want.how if isinstance(turn.want, End) else turn.want.reason
        return Walked(tuple(said), tuple(asked), end, differences(before[CUSTOMER], after[CUSTOMER]))

    def _event(self, turn: Turn, left: Mapping[str, list[Event]], reached: int, *, agreed: bool) -> Event:
        match turn.want:
            case Find(of=of):
                return Found(things=tuple(self._core.things(CUSTOMER, of)))
            case Verify(level=level):
                return Verified(level=level) if level <= reached else Failed(code="not_verified")
            case LookUp(call=call):
                found = self._core.look_up(CUSTOMER, call.operation, _plain(call.arguments))
                return Succeeded(outcome=found.outcome, facts=found.facts)
            case Act(two_persons=True) if not agreed:
                return Succeeded(outcome="waiting")
            case Act(call=call, idempotency_key=key):
                done = self._core.carry_out(CUSTOMER, call.operation, _plain(call.arguments), idempotency_key=key)
                return Succeeded(outcome=done.outcome, facts=done.facts)
            case Ask(slot=slot):
                return left[slot].pop(0)
            case _:
                return left["confirm"].pop(0)


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments as the core system takes them; what is sealed lies where `sealed` says."""
    return {name: one.span_id if isinstance(one, Sealed) else one for name, one in arguments.items()}


def sealed(kind: str, value: str) -> Said:
    """Return an answer that holds a masked value; here the span's name is what it hides."""
    return Said(heard=Heard(masked=(Masked(kind=kind, span_id=value, shown=f"[{kind}]"),), text=f"[{kind}]"))


def euros(amount: int) -> Said:
    """Return an answer that says an amount."""
    return Said(heard=Heard(numbers=(Number(amount * 100),), text=str(amount), words=(str(amount),)))


def changed(thing: str, key: str | None, **fields: Any) -> Difference:
    """Return a thing that was changed; the customer and the access have no key."""
    return Difference(thing=thing, key=key, set=fields)


def case(kind: str, about: str) -> Difference:
    """Return a case that was opened."""
    return Difference(thing="case", new={"kind": kind, "about": about, "state": "open"})


def replacement(card: str, number: str = "O1") -> Difference:
    """Return the order of a replacement."""
    fields = {"reference": number, "item": "replacement card", "state": "placed", "placed": 0}
    return Difference(thing="order", key=number, new=fields | {"detail": f"card ending in {card}"})


def cards(**statuses: str) -> dict[str, Any]:
    """Return a world of cards: `c4471="active"`."""
    return {"card": [{"last4": last4.removeprefix("c"), "status": status} for last4, status in statuses.items()]}
