"""Rules in the reader's language: when, if, then; and what became of what they did."""

from typing import Final

from doorward.automation import Act, Condition, Rule, RuleRun, RuleStep
from doorward.doors.web.desk.automation.forms import shown_act, shown_value
from doorward.doors.web.desk.automation.names import Names
from doorward.doors.web.desk.shared import DeskCall


class RuleWords:
    """Says rules. What the company no longer has is called by its code."""

    def __init__(self, desk: DeskCall, names: Names) -> None:
        """Say in the reader's language, with the company's names."""
        self._desk = desk
        self._names = names

    def event(self, rule: Rule) -> str:
        """Return when a rule is asked."""
        said = self._desk.say(f"rule_event.{rule.on}")
        return self._desk.say("rules.lasting", event=said, minutes=rule.after_minutes) if rule.after_minutes else said

    def condition(self, condition: Condition) -> str:
        """Return what must be so."""
        fact = self._desk.say(f"rule_fact.{condition.fact}")
        operator = self._desk.say(f"rule_operator.{condition.operator}")
        value = shown_value(condition, self._names) or self._desk.say("rules.nothing")
        return self._about(fact, f"{operator} {value}")

    def act(self, act: Act) -> str:
        """Return what is done."""
        said = self._desk.say(f"rule_deed.{act.do}")
        shown = " ".join(shown_act(act, self._names).split())
        return self._about(said, shown) if shown else said

    def step(self, step: RuleStep) -> str:
        """Return what became of a deed."""
        became = self._desk.say(f"rule_step.{step.state}")
        if step.why:
            why = self._desk.say(f"rule_why.{step.why if step.why in _WHYS else 'conflict'}")
            became = f"{became} ({why})"
        return self._about(self._desk.say(f"rule_deed.{step.do}"), became)

    def run(self, run: RuleRun) -> tuple[str, ...]:
        """Return what became of the deeds of a run."""
        return tuple(self.step(step) for step in run.steps)

    def _about(self, what: str, said: str) -> str:
        return self._desk.say("rules.about", what=what, said=said)


_WHYS: Final = frozenset({"not_mine", "with_person", "not_waiting", "over", "merged", "not_found", "secret_refused"})
