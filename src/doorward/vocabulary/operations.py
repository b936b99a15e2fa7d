"""What a company's core system can do for one of its customers, declared as data, and the port to have it done."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

import msgspec

Scalar = str | int | float | bool | None
"""A value as JSON writes it. Amounts are whole minor units (cents) of the system's currency, dates are ISO 8601."""

FactKind = Literal["text", "name", "reference", "code", "number", "amount", "date", "yes_no"]
"""How a value is to be read and shown. A code is one of a few words of the system itself, such as `frozen`; a name is
that of a person, and masked wherever it is kept; a reference is how the company calls one of its own things, such as
`O500042`: no secret, however much it looks like one."""

ArgumentKind = Literal["thing", "choice", "date", "amount", "count", "text", "address", "phone", "email", "yes_no"]
"""What an operation takes. A thing is the key of a `Thing`; an address, phone or e-mail is the value itself."""

Effect = Literal["look_up", "change"]


class Argument(msgspec.Struct, frozen=True, kw_only=True):
    """One argument of an operation.

    `of` names the kind of thing that a `thing` must be. `options` are the codes that a `choice` takes. `least` and
    `most` bound a count, or an amount in minor units, both included; for a text, `most` is its number of characters.
    An optional argument may be left out.
    """

    kind: ArgumentKind
    of: str = ""
    options: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    optional: bool = False


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the core system looks up or changes, and what must hold before.

    `level` is the assurance needed (`AssuranceLevel`: 0 nobody known, 1 vouched for, 2 verified just now). What is not
    `reversible` is confirmed by the customer first; what takes nothing away, such as a complaint, counts as reversible.
    `undo` names the operation that takes it back. `action` is what identity's gate is asked for (`card.block`); the
    rule of that name and `level` say the same. With `two_persons` a member of staff has to agree as well: a machine
    alone never carries it out. `outcomes` are the codes that `Done` may have besides `done`, `reasons` the words that
    its fact `why` may be when something is `not_possible`, so that there can be a sentence for each; `facts` are the
    names of what it may tell, with how they are to be read.
    """

    name: str
    action: str = ""
    arguments: Mapping[str, Argument] = {}
    effect: Effect = "change"
    level: int = 1
    reversible: bool = False
    undo: str = ""
    two_persons: bool = False
    outcomes: tuple[str, ...] = ("not_found", "not_possible")
    reasons: tuple[str, ...] = ()
    facts: Mapping[str, FactKind] = {}


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """How an operation ended: `done`, or one of the operation's other outcomes, and what it tells.

    An expected refusal ('it was sent already') is an outcome, not an error. Facts hold no secret and no whole number of
    a card or an account.
    """

    outcome: str = "done"
    facts: Mapping[str, Scalar] = {}


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """One of the customer's things: a card, a bill, an order. `key` names it among the customer's things of its kind.

    Keys and fields are what customers and staff may see: the last four digits of a card, never its number.
    """

    kind: str
    key: str
    fields: Mapping[str, Scalar] = {}


@runtime_checkable
class Operates(Protocol):
    """What a core system may offer besides: operations that procedures carry out for a customer.

    Every call is scoped to one verified customer reference: another customer's things do not exist for it. Any thread
    may call. `Unavailable` is raised when the system cannot be reached and nothing was changed. Whoever does not know
    that lets the failure out as it is (an `OSError`, say): then the same call comes again under the same key.
    """

    @property
    def currency(self) -> str:
        """Return the currency of all amounts (ISO 4217)."""

    def operations(self) -> Mapping[str, Operation]:
        """Return what can be done, by name; the same every time."""

    def kinds(self) -> Mapping[str, Mapping[str, FactKind]]:
        """Return the kinds of things there are and what is told of each, the key not among it; the same every time."""

    def things(self, reference: str, of: str) -> Sequence[Thing]:
        """Return the customer's things of a kind in a steady order, none for an unknown customer or kind."""

    def look_up(self, reference: str, operation: str, arguments: Mapping[str, Scalar]) -> Done:
        """Return what an operation with the effect `look_up` finds; it changes nothing.

        A key that is not this customer's is `not_found`. Raises `Malformed` for an operation or argument that was not
        declared.
        """

    def carry_out(
        self, reference: str, operation: str, arguments: Mapping[str, Scalar], *, idempotency_key: str
    ) -> Done:
        """Carry out an operation with the effect `change`, once: the same key again returns the same `Done`.

        A key that is not this customer's is `not_found`. Raises `KeyReused` when the key came with another operation,
        other arguments or another customer, and `Malformed` for an operation or argument that was not declared.
        """
