"""The policies that came with the installation, and rule books in which a company's file stands in for one of them."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from doorward.decision.cases import CaseReport, cases_as_toml, try_cases
from doorward.decision.conditions import SETTINGS, PolicyInvalid
from doorward.decision.ports import Policy
from doorward.decision.rules import Case, Rule, RuleBook, RuleFile, read_rule_file
from doorward.vocabulary.decision import SHORT_LIVED

CARE: Final = "care"
"""The one rule, and its one reason, that may go by how somebody feels: of whatever it was, the same is kept."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A rule file that was read, in a book with the other policies, with what its own cases came to."""

    text: str
    file: RuleFile
    book: RuleBook
    report: CaseReport


class HousePolicies:
    """The enabled policies in the order in which they are asked; the last one is what a company's file replaces."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        """Take the policies. Raises `PolicyInvalid` as `RuleBook`."""
        self._policies = tuple(policies)
        self._parts = [(one.id, one.version, one.rules()) for one in self._policies]
        self.book = RuleBook(self._parts)

    @property
    def replaceable(self) -> str:
        """Return the id of the policy that a company's own rules stand in for."""
        return self._parts[-1][0]

    def text(self) -> str:
        """Return the replaceable policy's rules and cases as one file to begin with; empty where it keeps none."""
        text, cases = self._source()
        return f"{text.rstrip()}\n\n{cases_as_toml(cases)}" if text else ""

    def tried(self, text: str) -> CaseReport:
        """Return what the cases of a file come to, those of the house's own rules for an empty one. As `book_with`."""
        if not text:
            return try_cases(self.book, self._source()[1])
        file = read_rule_file(text, settings=SETTINGS)
        return try_cases(self._book(file), file.cases)

    def _source(self) -> tuple[str, tuple[Case, ...]]:
        source: Callable[[], tuple[str, tuple[Case, ...]]] | None = getattr(self._policies[-1], "source", None)
        return ("", ()) if source is None else source()

    def book_with(self, text: str) -> RuleBook:
        """Return the book in which `text` stands in for the replaceable policy. Raises `PolicyInvalid`."""
        return self._book(read_rule_file(text, settings=SETTINGS))

    def check(self, text: str) -> Checked:
        """Return a file that may be put in force, tried on its own cases.

        Raises `PolicyInvalid` for what cannot be read, a case that comes out otherwise, and a rule without a case.
        """
        file = read_rule_file(text, settings=SETTINGS)
        _refuse_feelings(file)
        book = self._book(file)
        report = try_cases(book, file.cases)
        if report.failed:
            failed = report.failed[0]
            raise PolicyInvalid(
                f"case {failed.number}: wanted {' for '.join(failed.wanted)}, but rule '{failed.rule}' decides "
                f"{' for '.join(failed.found)}"
            )
        own = {f"{self.replaceable}.{rule.name}@{file.version}": rule.name for rule in file.rules}
        if untried := [own[name] for name in report.unreached if name in own]:
            raise PolicyInvalid(f"no [[case]] reaches rule '{untried[0]}'")
        return Checked(text=text, file=file, book=book, report=report)

    def _book(self, file: RuleFile) -> RuleBook:
        replaced: tuple[str, str, tuple[Rule, ...]] = (self.replaceable, file.version, file.rules)
        return RuleBook([*self._parts[:-1], replaced])


def _refuse_feelings(file: RuleFile) -> None:
    """Raise `PolicyInvalid` for a rule that would tell how somebody felt: its name is kept with its decisions."""
    for rule in file.rules:
        if rule.when is not None and rule.when.names & SHORT_LIVED and (rule.name, rule.reason) != (CARE, CARE):
            raise PolicyInvalid(
                f"rule '{rule.name}': only the rule '{CARE}' may look at '{min(rule.when.names & SHORT_LIVED)}', for "
                f"the reason '{CARE}', or what is kept of a decision would tell how somebody felt"
            )
