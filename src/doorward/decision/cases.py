"""Cases: facts with the decision that they must lead to. Every rule must be reached by one."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from doorward.decision.conditions import PolicyInvalid
from doorward.decision.rules import Case, RuleBook, read_case
from doorward.vocabulary.decision import Facts

USUAL: Final[Mapping[str, float]] = {"answer_threshold": 0.5, "clarify_threshold": 0.25, "risk_threshold": 0.7}
"""The thresholds of cases that have none of their own: cases try rules, whatever a company sets its thresholds to."""


class CaseFailed(msgspec.Struct, frozen=True, kw_only=True):
    """A case that comes out otherwise: its number from 1, what it wants, and what is decided by which rule."""

    number: int
    wanted: tuple[str, str]
    found: tuple[str, str]
    rule: str


class CaseReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule book makes of cases. `reached` counts the cases that each rule decides, by its full name."""

    failed: tuple[CaseFailed, ...]
    reached: Mapping[str, int]

    @property
    def unreached(self) -> tuple[str, ...]:
        """Return the rules that no case reaches."""
        return tuple(name for name, count in self.reached.items() if not count)


def read_cases(lines: Iterable[str]) -> tuple[Case, ...]:
    """Return the cases of a `cases/decisions.jsonl`. Raises `PolicyInvalid`, with the line."""
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            item = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise PolicyInvalid(f"case in line {number}: {error}") from error
        found.append(read_case(f"case in line {number}", item))
    return tuple(found)


def try_cases(book: RuleBook, cases: Sequence[Case]) -> CaseReport:
    """Return how a rule book decides the cases."""
    failed = []
    reached = {name: 0 for name, _ in book.rules}
    for number, case in enumerate(cases, start=1):
        decision = book.decide(case.facts, {**USUAL, **case.settings})
        reached[decision.rule] += 1
        found, wanted = (decision.action, decision.reason), (case.action, case.reason)
        if found != wanted:
            failed.append(CaseFailed(number=number, wanted=wanted, found=found, rule=decision.rule))
    return CaseReport(failed=tuple(failed), reached=reached)


def cases_as_toml(cases: Sequence[Case]) -> str:
    """Return cases as the `[[case]]`s of a rule file; `read_rule_file` reads the same again."""
    return "\n".join(_as_toml(msgspec.to_builtins(case)) for case in cases)


def _as_toml(case: Mapping[str, Any]) -> str:
    defaults = msgspec.to_builtins(Facts())
    facts = {name: value for name, value in case["facts"].items() if value != defaults[name]}
    lines = ["[[case]]", f"facts = {_inline(facts)}"]
    lines += [f"{name} = {_literal(case[name])}" for name in ("action", "reason")]
    lines += [f"settings = {_inline(case['settings'])}"] if case["settings"] else []
    return "\n".join(lines) + "\n"


def _literal(value: Any) -> str:
    """Return a value in TOML: JSON's texts, numbers, truths and lists are, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _inline(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name} = {_literal(value)}" for name, value in values.items()) + "}"
