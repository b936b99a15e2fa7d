"""Rules of a company: when something happens and its conditions hold, do something. Data, checked before it holds."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from doorward.vocabulary.errors import Malformed

Event = Literal[
    "conversation.opened",
    "message.customer",
    "message.understood",
    "message.agent",
    "handoff.requested",
    "handoff.assigned",
    "handoff.passed",
    "handoff.returned",
    "conversation.resolved",
    "conversation.woken",
    "service.warned",
    "service.breached",
    "label.added",
    "label.removed",
    "priority.set",
    "queue.set",
    "team.set",
    "status.set",
    "conversation.waiting",
    "conversation.unanswered",
    "conversation.quiet",
]
"""What can happen: lines of the ledger, what rules themselves change, and time that passes (`TIMED`)."""

TIMED: Final[tuple[Event, ...]] = ("conversation.waiting", "conversation.unanswered", "conversation.quiet")
"""What happens by the clock, when it has lasted a rule's minutes: waiting for a person, a customer's word that nobody
answered, a conversation that is not over and in which nothing was said.
"""

Operator = Literal["is", "is_not", "one_of", "at_least", "below", "has", "lacks"]
Deed = Literal[
    "add_label",
    "remove_label",
    "set_priority",
    "set_queue",
    "set_team",
    "set_status",
    "resolve",
    "write_note",
    "reply",
]
FactName = Literal[
    "channel",
    "language",
    "state",
    "queue",
    "team",
    "status",
    "intent",
    "reason",
    "risk",
    "priority",
    "labels",
    "customer_messages",
    "waited_seconds",
]
Value = str | int | float | tuple[str, ...]

OPERATORS: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = {
    "is": lambda fact, value: bool(fact == value),
    "is_not": lambda fact, value: bool(fact != value),
    "one_of": lambda fact, value: fact in value,
    "at_least": lambda fact, value: bool(fact >= value),
    "below": lambda fact, value: bool(fact < value),
    "has": lambda fact, value: value in fact,
    "lacks": lambda fact, value: value not in fact,
}
CAUSES: Final[Mapping[Deed, Event | None]] = {
    "add_label": "label.added",
    "remove_label": "label.removed",
    "set_priority": "priority.set",
    "set_queue": "queue.set",
    "set_team": "team.set",
    "set_status": "status.set",
    "resolve": "conversation.resolved",
    "write_note": None,
    "reply": None,
}
"""What happens when a deed has changed something; a deed that changes nothing causes nothing, and what a rule says is
heard by no rule.
"""

PRIORITIES: Final = (-1, 0, 1, 2)
LONGEST_NOTE: Final = 2_000
MOST_MINUTES: Final = 525_600
"""A year."""

_MOST: Final = 1_000_000_000
"""Numbers beyond this are compared with nothing."""

_NUMBERS: Final = frozenset({"risk", "priority", "customer_messages", "waited_seconds"})
_Word = Annotated[str, Meta(min_length=1, max_length=60)]


class AutomationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What rules may ask of a conversation."""

    channel: str = ""
    language: str = ""
    state: str = "bot"
    queue: str = ""
    team: str = ""
    status: str = ""
    intent: str = ""
    reason: str = ""
    risk: float = 0.0
    priority: int = 0
    labels: tuple[str, ...] = ()
    customer_messages: int = 0
    waited_seconds: float = 0.0


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`fact` compared by `operator` with `value`."""

    fact: FactName
    operator: Operator
    value: Value

    def holds(self, facts: AutomationFacts) -> bool:
        """Return whether it is true of the facts."""
        return OPERATORS[self.operator](getattr(facts, self.fact), self.value)


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a rule does, with a word or a number where the deed needs one.

    `value` is a label's, status's or canned reply's key, a priority, a queue's or team's name, the text of a note.
    `always`: a reply is sent also where a person has the conversation.
    """

    do: Deed
    value: str | int = ""
    always: bool = False

    def changed(self, facts: AutomationFacts) -> AutomationFacts:
        """Return the facts as they are when it is done; the same where it changes nothing."""
        match self.do:
            case "add_label":
                labels = facts.labels if self.value in facts.labels else (*facts.labels, str(self.value))
                return msgspec.structs.replace(facts, labels=labels)
            case "remove_label":
                return msgspec.structs.replace(facts, labels=tuple(one for one in facts.labels if one != self.value))
            case "resolve":
                return msgspec.structs.replace(facts, state="resolved")
            case "write_note" | "reply":
                return facts
            case _:
                return msgspec.structs.replace(facts, **{self.do.removeprefix("set_"): self.value})

    def undone_by(self, other: "Act") -> bool:
        """Return whether another deed can take back what this one did, so that doing it again is a change again."""
        labels = {"add_label": "remove_label", "remove_label": "add_label"}
        if self.do in labels:
            return other.do == labels[self.do] and other.value == self.value
        return self.do.startswith("set_") and other.do == self.do and other.value != self.value


class RuleStop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the house switched a rule off: `circle`, when it and `rules` (names, in order) went on triggering each other.

    `conversation_id` is where that was seen.
    """

    at: datetime
    why: Literal["circle"] = "circle"
    rules: tuple[str, ...] = ()
    conversation_id: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When `on` happens and all of `when` holds, do all of `then`, in order.

    `after_minutes` is for what happens by the clock, 0 for everything else. `id` is given when a rule is first saved
    and stays; `stopped` is the house's own, and goes when somebody switches the rule on again.
    """

    id: Annotated[str, Meta(pattern="^([0-9A-Za-z]{26})?$")] = ""
    name: _Word
    on: Event
    after_minutes: Annotated[int, Meta(ge=0, le=MOST_MINUTES)] = 0
    when: Annotated[tuple[Condition, ...], Meta(max_length=20)] = ()
    then: Annotated[tuple[Act, ...], Meta(min_length=1, max_length=20)]
    enabled: bool = True
    stopped: RuleStop | None = None

    def takes(self, event: Event, facts: AutomationFacts) -> bool:
        """Return whether it has something to do."""
        return self.enabled and event == self.on and all(one.holds(facts) for one in self.when)


def check_shape(rules: tuple[Rule, ...]) -> None:
    """Raise `Malformed`, with the place, for a name that comes twice and values that cannot be compared or set."""
    if len({rule.name for rule in rules}) != len(rules):
        raise Malformed("rules: a name comes twice")
    known = [rule.id for rule in rules if rule.id]
    if len(set(known)) != len(known):
        raise Malformed("rules: an id comes twice")
    for at, rule in enumerate(rules):
        if (rule.after_minutes > 0) != (rule.on in TIMED):
            raise Malformed(f"rules[{at}].after_minutes: how long it lasts, for what happens by the clock alone")
        for condition in rule.when:
            if not _comparable(condition):
                raise Malformed(f"rules[{at}].when: {condition.fact} cannot be compared so")
        for act in rule.then:
            if not _settable(act):
                raise Malformed(f"rules[{at}].then: {act.do} takes another value")


def _comparable(condition: Condition) -> bool:
    value, number = condition.value, condition.fact in _NUMBERS
    match condition.operator:
        case "at_least" | "below":
            return number and _in_reach(value)
        case "one_of":
            return not number and condition.fact != "labels" and isinstance(value, tuple)
        case "has" | "lacks":
            return condition.fact == "labels" and isinstance(value, str)
        case _:
            if number:
                return _in_reach(value)
            return condition.fact != "labels" and isinstance(value, str)


def _in_reach(value: Value) -> bool:
    return isinstance(value, int | float) and abs(value) <= _MOST


def _settable(act: Act) -> bool:
    if act.always and act.do != "reply":
        return False
    if act.do == "set_priority":
        return isinstance(act.value, int) and act.value in PRIORITIES
    if act.do == "resolve":
        return act.value == ""
    longest = LONGEST_NOTE if act.do == "write_note" else 60
    return isinstance(act.value, str) and bool(act.value.strip()) and len(act.value) <= longest
