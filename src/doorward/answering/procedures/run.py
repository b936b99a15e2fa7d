"""A run of a procedure as it is kept, what happens to it, and what it wants: frozen, and JSON all through."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from doorward.answering.procedures.heard import Heard
from doorward.answering.procedures.model import SlotKind
from doorward.vocabulary.operations import Scalar, Thing

Awaited = Literal["start", "things", "answer", "confirmation", "verification", "look_up", "act", "agreement", "nothing"]
RunOutcome = Literal["", "resolved", "declined", "handed_over", "abandoned"]

Unclear = Literal["", "unclear", "several", "all", "not_offered", "too_low", "too_high", "too_early", "too_late"]
"""Why an answer was none, or none that can be taken."""

DEEPEST: Final = 3
"""Procedures that may wait beneath another."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True, tag="sealed"):
    """Where a masked value lies: in which conversation, in which span or else in which message as a whole.

    A run may go on in another conversation than the one in which the value was told.
    """

    message_id: str
    span_id: str = ""
    conversation_id: str = ""


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What a slot is filled with: a value (of a thing its key, and the fields that were offered), or where it lies."""

    kind: SlotKind
    value: Scalar = None
    fields: Mapping[str, Scalar] = {}
    sealed: Sealed | None = None


Argument = str | int | float | bool | Sealed | None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of an operation with all its arguments."""

    operation: str
    arguments: Mapping[str, Argument] = {}


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run stands.

    `at` is the step, `awaits` what has to happen. `offers` are, by slot, the things that were offered, `unfit` the
    customer's others; nothing else can be chosen, and of the others only what a slot takes by its name. `asked` are the
    slots in the order in which they were filled, `kept` those that need not be asked for again after a correction.
    `pending` is what a yes would confirm, `confirmed` what was confirmed and not yet done. `visits` counts how often a
    step was come to, `failures` how often in a row an answer or a call failed, `asides` what was told beside the
    question (empty for what may be told again), `unproven` whether a proof was last asked for in vain, `unanswered` how
    often the act at which it stands was tried without anybody knowing what came of it. `first` is the message that
    started it, looked at once for each slot, `unwanted` the questions for a yes that it said no to. `today` is the
    customer's day as it was last told. `beneath` are the runs that wait for this one, the latest last. `suspended` and
    `mailed` are for whoever carries it out alone: the customer is asked whether it shall go on, and a code was mailed
    for the proof that it waits for. `waited` is true once a second person was asked: from then on it goes on beside the
    conversation.
    """

    id: str
    procedure: str
    version: int
    at: str = ""
    awaits: Awaited = "start"
    slots: Mapping[str, Filled] = {}
    facts: Mapping[str, Mapping[str, Scalar]] = {}
    offers: Mapping[str, tuple[Thing, ...]] = {}
    unfit: Mapping[str, tuple[Thing, ...]] = {}
    asked: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    pending: tuple[Call, ...] = ()
    confirmed: tuple[Call, ...] = ()
    visits: Mapping[str, int] = {}
    failures: int = 0
    asides: tuple[str, ...] = ()
    unproven: bool = False
    unanswered: int = 0
    level: int = 0
    events: int = 0
    first: Heard | None = None
    unwanted: tuple[str, ...] = ()
    today: str = ""
    beneath: tuple[str, ...] = ()
    outcome: RunOutcome = ""
    reason: str = ""
    suspended: bool = False
    mailed: bool = False
    waited: bool = False

    @property
    def is_over(self) -> bool:
        """Return whether nothing more comes of it."""
        return self.awaits == "nothing"


# What happens.


class Started(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It begins: with how well the customer is known, their day (ISO 8601), and the message that asked for it."""

    level: int = 0
    today: str = ""
    heard: Heard | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The customer's things, as `Find` wanted them."""

    things: tuple[Thing, ...] = ()


class Said(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The customer wrote something."""

    heard: Heard


class Strayed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The customer said something else that can be dealt with beside the question: an answer from knowledge (`about`
    names what is told), a greeting, or a wish of its own (empty: it may come again).
    """

    about: str = ""


class Ignored(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The customer was asked whether it shall go on at all, and said neither yes nor no."""


class Chose(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The customer pressed a button: the key of an offered thing, a choice's code, or `yes` or `no`."""

    key: str


class Verified(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Who the customer is was made sure of, to this level. Only `identity` may say so, never a message."""

    level: int


class Succeeded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A look-up or an act ended as the core system says (`Done`): with `done` or another outcome."""

    outcome: str = "done"
    facts: Mapping[str, Scalar] = {}


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What was wanted could not be had: `unavailable`, or `step_up_required` if the customer is known less well now.

    `unanswered`: nobody knows whether an act was done; it is wanted again, under the same key.
    """

    code: str = "unavailable"


class Waits(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A second person was asked whether the act at which it stands may be carried out."""


class Agreed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A second person agreed to the act at which it stands. Whether that is so the gate asks again."""


class Disagreed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A second person refused the act at which it stands, or nobody agreed in time."""

    why: Literal["refused", "expired"] = "refused"


class Resumed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It goes on after a pause, perhaps elsewhere: the customer is known this well now, and this is their day."""

    level: int
    today: str = ""


class Cancelled(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Somebody ended it."""


Event = (
    Started
    | Found
    | Said
    | Strayed
    | Ignored
    | Chose
    | Verified
    | Succeeded
    | Failed
    | Waits
    | Agreed
    | Disagreed
    | Resumed
    | Cancelled
)


# What is wanted.


class Say(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say a text; `values` fill its places."""

    text: str
    values: Mapping[str, Scalar] = {}


class Find(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Fetch the customer's things of a kind (`Operates.things`) and tell them as `Found`."""

    of: str


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask for a slot: with the things or choices to offer as buttons, and, asked again, why the answer was none."""

    slot: str
    text: str
    values: Mapping[str, Scalar] = {}
    things: tuple[Thing, ...] = ()
    choices: tuple[str, ...] = ()
    unclear: Unclear = ""


class Confirm(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask whether these calls, exactly, shall be made."""

    text: str
    values: Mapping[str, Scalar] = {}
    calls: tuple[Call, ...] = ()
    unclear: Unclear = ""


class Verify(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make sure of who the customer is (`identity`), to this level at least."""

    level: int


class LookUp(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Look something up (`Operates.look_up`)."""

    call: Call


class Act(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Have something changed (`Operates.carry_out`); with `two_persons`, a member of staff has to agree first."""

    call: Call
    idempotency_key: str
    two_persons: bool = False


class Agree(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Have a second person decide about an act, and leave the customer in peace until they did.

    `hand_over` is the reason why a person takes the conversation meanwhile, empty if none does; `resumes` the run that
    waited beneath and goes on now.
    """

    call: Call
    idempotency_key: str
    hand_over: str = ""
    resumes: str = ""


class HandOver(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Hand over to a person."""

    reason: str


class End(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It is over; `resumes` is the run that waited for it, empty if none did."""

    how: Literal["resolved", "declined", "abandoned"]
    resumes: str = ""


Want = Find | Ask | Confirm | Verify | LookUp | Act | Agree | HandOver | End


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of an event: the run as it stands now, what is said at once, and what is wanted then.

    `answered` is False when what was said is no answer to the question. Whoever takes it for something else (a question
    of another kind) drops this turn, deals with it, and tells `Strayed` instead; nobody is counted a failure then.
    """

    run: Run
    says: tuple[Say, ...] = ()
    want: Want
    answered: bool = True
