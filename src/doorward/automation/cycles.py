"""Rules that trigger each other for ever are found before they hold.

A deed that changes nothing causes nothing. So a chain of rules without end has to do some deeds again and again, each
of them a change every time, and each of those must be taken back in between by some rule. Only deeds that a rule of the
set can take back count as steps here; where these steps lead in no circle, every chain ends, whatever the facts are.
The other way round is not promised: a circle that conditions would break in the end is refused as well.
"""

from collections.abc import Sequence

from doorward.automation.rules import CAUSES, Act, AutomationFacts, Condition, Rule
from doorward.vocabulary.errors import Malformed


def check_ends(rules: Sequence[Rule]) -> None:
    """Raise `Malformed`, naming the rules of a circle in their order, if rules may trigger each other for ever."""
    circle = find_circle(rules)
    if circle:
        raise Malformed(f"rules: these trigger each other for ever: {' > '.join((*circle, circle[0]))}")


def find_circle(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return the names of rules that may trigger each other for ever, in their order; none if there are none."""
    active = [rule for rule in rules if rule.enabled]
    deeds = [act for rule in active for act in rule.then]
    steps = {
        rule.name: [other.name for other in active if any(_leads(act, other, deeds) for act in rule.then)]
        for rule in active
    }
    done: set[str] = set()
    for name in steps:
        circle = _walk(name, steps, done)
        if circle:
            return circle
    return ()


def _leads(act: Act, to: Rule, deeds: Sequence[Act]) -> bool:
    """Return whether a deed can trigger a rule, again and again."""
    if CAUSES[act.do] is None or CAUSES[act.do] != to.on or not any(act.undone_by(other) for other in deeds):
        return False
    return all(_may_hold(condition, act) for condition in to.when)


def _may_hold(condition: Condition, act: Act) -> bool:
    """Return whether a condition can be true when what a deed causes is heard.

    A value that was set meanwhile by another deed was caused and is heard as well, so each deed answers for its own
    value alone. That does not go for labels: what takes one away again is heard as something else.
    """
    if condition.fact == act.do.removeprefix("set_"):
        return condition.holds(act.changed(AutomationFacts()))
    return True


def _walk(start: str, steps: dict[str, list[str]], done: set[str]) -> tuple[str, ...]:
    """Return a circle that can be reached from a rule, by going deeper first; what has none is remembered in `done`."""
    path: list[str] = []
    waiting: list[tuple[str, bool]] = [(start, False)]
    while waiting:
        name, leaving = waiting.pop()
        if leaving:
            path.pop()
            done.add(name)
            continue
        if name in path:
            return tuple(path[path.index(name) :])
        if name in done:
            continue
        path.append(name)
        waiting.append((name, True))
        waiting += [(other, False) for other in reversed(steps[name])]
    return ()
