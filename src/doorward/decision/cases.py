"""Cases: facts with the decision that they must lead to. Every rule must be reached by one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from doorward.decision.conditions import PolicyInvalid
from doorward.decision.rules import Case, RuleBook, read_case


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


def try_cases(book: RuleBook, cases: Sequence[Case], settings: Mapping[str, float]) -> CaseReport:
    """Return how a rule book decides the cases; `settings` hold where a case has none of its own."""
    failed = []
    reached = {name: 0 for name, _ in book.rules}
    for number, case in enumerate(cases, start=1):
        decision = book.decide(case.facts, {**settings, **case.settings})
        reached[decision.rule] += 1
        found, wanted = (decision.action, decision.reason), (case.action, case.reason)
        if found != wanted:
            failed.append(CaseFailed(number=number, wanted=wanted, found=found, rule=decision.rule))
    return CaseReport(failed=tuple(failed), reached=reached)
