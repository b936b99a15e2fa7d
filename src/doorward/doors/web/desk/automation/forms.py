"""The form of a rule: what is written in it, as the rule that it makes, or what is wrong with it and where."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args

import msgspec

from doorward.automation import TIMED, Act, Condition, Deed, Event, FactName, Operator, Rule
from doorward.doors.web.desk.automation.names import FAMILY_OF_DEED, FAMILY_OF_FACT, Names

EVENTS: Final[tuple[Event, ...]] = get_args(Event)
FACTS: Final[tuple[FactName, ...]] = get_args(FactName)
RULE_OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
DEEDS: Final[tuple[Deed, ...]] = get_args(Deed)

MOST_ROWS: Final = 20
LONGEST_NAME: Final = 60
LONGEST_TEXT: Final = 2_000
_MOST_MINUTES: Final = 525_600
_MINUTE: Final = 60
_NUMBERS: Final = frozenset({"risk", "priority", "customer_messages", "waited_seconds"})
_FITTING: Final[Mapping[Operator, Callable[[FactName], bool]]] = {
    "is": lambda fact: fact != "labels",
    "is_not": lambda fact: fact != "labels",
    "one_of": lambda fact: fact != "labels" and fact not in _NUMBERS,
    "at_least": lambda fact: fact in _NUMBERS,
    "below": lambda fact: fact in _NUMBERS,
    "has": lambda fact: fact == "labels",
    "lacks": lambda fact: fact == "labels",
}

Fields = Mapping[str, str]


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a field: a sentence's key and what stands in its places."""

    field: str
    sentence: str
    places: Mapping[str, str] = {}


class RuleReading(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was read: the rule, or what is wrong with it."""

    rule: Rule | None = None
    wrong: tuple[Wrong, ...] = ()


class _Refused(Exception):
    """A field holds what it cannot."""

    def __init__(self, sentence: str, **places: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.places = places


def read_rule(fields: Fields, names: Names, *, before: Rule | None = None) -> RuleReading:
    """Return what a form makes; `before` is the rule that is changed."""
    wrong: list[Wrong] = []
    name = " ".join(fields.get("name", "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        wrong.append(Wrong(field="name", sentence="rules.wrong.name"))
    on = next((one for one in EVENTS if one == fields.get("on")), EVENTS[0])
    minutes = _minutes(fields) if on in TIMED else 0
    if minutes is None:
        wrong.append(Wrong(field="after_minutes", sentence="rules.wrong.minutes"))
    when = tuple(_rows(fields, "fact", lambda at: _condition(fields, at, names), wrong))
    then = tuple(_rows(fields, "deed", lambda at: _act(fields, at, names), wrong))
    if not then and not any(one.field.startswith("with-") for one in wrong):
        wrong.append(Wrong(field="deed-0", sentence="rules.wrong.no_deed"))
    if wrong or minutes is None:
        return RuleReading(wrong=tuple(wrong))
    rule = Rule(
        id="" if before is None else before.id,
        name=name,
        on=on,
        after_minutes=minutes,
        when=when,
        then=then,
        enabled=fields.get("enabled") == "yes",
        stopped=None if before is None else before.stopped,
    )
    return RuleReading(rule=rule)


def fields_of(rule: Rule, names: Names) -> dict[str, str]:
    """Return a rule as its form shows it."""
    fields = {
        "name": rule.name,
        "on": rule.on,
        "after_minutes": str(rule.after_minutes or ""),
        "enabled": "yes" if rule.enabled else "",
        "conditions": str(len(rule.when) + 1),
        "deeds": str(len(rule.then)),
    }
    for at, condition in enumerate(rule.when):
        fields |= {f"fact-{at}": condition.fact, f"operator-{at}": condition.operator}
        fields[f"value-{at}"] = shown_value(condition, names)
    for at, act in enumerate(rule.then):
        fields |= {f"deed-{at}": act.do, f"with-{at}": shown_act(act, names)}
        fields[f"always-{at}"] = "yes" if act.always else ""
    return fields


def shown_value(condition: Condition, names: Names) -> str:
    """Return what a condition compares with, as people write it."""
    values: tuple[str | float, ...] = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if condition.fact == "waited_seconds":
        values = tuple(float(value) / _MINUTE for value in values)
    family = FAMILY_OF_FACT.get(condition.fact)
    shown = (f"{value:g}" if isinstance(value, float) else str(value) for value in values)
    return ", ".join(one if family is None else names.name(family, one) for one in shown)


def shown_act(act: Act, names: Names) -> str:
    """Return what a deed is done with, as people write it."""
    family = FAMILY_OF_DEED.get(act.do)
    return str(act.value) if family is None else names.name(family, str(act.value))


def rows_of(fields: Fields, name: str) -> int:
    """Return how many rows of conditions or deeds a form has."""
    told = fields.get(name, "")
    return max(1, min(int(told), MOST_ROWS)) if told.isascii() and told.isdigit() and len(told) < 4 else 1


def _rows(fields: Fields, what: str, read: Callable[[int], Any], wrong: list[Wrong]) -> Iterator[Any]:
    """Yield what the rows make in which something was chosen; what is wrong with one is told at its last field."""
    for at in range(MOST_ROWS):
        if not fields.get(f"{what}-{at}"):
            continue
        try:
            yield read(at)
        except _Refused as refused:
            place = f"value-{at}" if what == "fact" else f"with-{at}"
            wrong.append(Wrong(field=place, sentence=refused.sentence, places=refused.places))


def _minutes(fields: Fields) -> int | None:
    told = fields.get("after_minutes", "").strip()
    minutes = int(told) if told.isascii() and told.isdigit() and len(told) < 8 else 0
    return minutes if 0 < minutes <= _MOST_MINUTES else None


def _condition(fields: Fields, at: int, names: Names) -> Condition:
    fact = next((one for one in FACTS if one == fields.get(f"fact-{at}")), FACTS[0])
    operator = next((one for one in RULE_OPERATORS if one == fields.get(f"operator-{at}")), RULE_OPERATORS[0])
    written = fields.get(f"value-{at}", "").strip()
    if not _FITTING[operator](fact):
        raise _Refused("rules.wrong.operator")
    if operator == "one_of":
        values = tuple(str(_value(fact, one, names)) for one in written.split(",") if one.strip())
        if not values:
            raise _Refused("rules.wrong.empty")
        return Condition(fact=fact, operator=operator, value=values)
    return Condition(fact=fact, operator=operator, value=_value(fact, written, names))


def _value(fact: FactName, written: str, names: Names) -> str | float | int:
    family = FAMILY_OF_FACT.get(fact)
    if family is not None and written:
        code = names.code(family, written)
        if code is None:
            raise _Refused("rules.wrong.unknown", what=written.strip()[:LONGEST_NAME])
        return int(code) if family == "priority" else code
    if fact not in _NUMBERS:
        return written.strip()[:LONGEST_NAME]
    try:
        number = float(written.replace(",", "."))
    except ValueError:
        raise _Refused("rules.wrong.number") from None
    if not 0 <= number <= _MOST_MINUTES:
        raise _Refused("rules.wrong.number")
    return number * _MINUTE if fact == "waited_seconds" else int(number) if number.is_integer() else number


def _act(fields: Fields, at: int, names: Names) -> Act:
    do = next((one for one in DEEDS if one == fields.get(f"deed-{at}")), DEEDS[0])
    written = fields.get(f"with-{at}", "").replace("\r\n", "\n").strip()
    if do == "resolve":
        return Act(do=do)
    if not written:
        raise _Refused("rules.wrong.empty")
    if do == "write_note":
        if len(written) > LONGEST_TEXT:
            raise _Refused("rules.wrong.long")
        return Act(do=do, value=written)
    code = names.code(FAMILY_OF_DEED[do], written)
    if code is None:
        raise _Refused("rules.wrong.unknown", what=written[:LONGEST_NAME])
    always = do == "reply" and fields.get(f"always-{at}") == "yes"
    return Act(do=do, value=int(code) if do == "set_priority" else code, always=always)
