"""The first line's policy: rules.toml beside this file."""

from importlib.resources import files

from doorward.decision import SETTINGS, Case, Policy, Rule, read_cases, read_rules

__all__ = ["SETTINGS", "FirstLine", "build"]


class FirstLine:
    """Reads its rules once."""

    id = "first_line"
    priority = 100

    def __init__(self) -> None:
        """Read and check `rules.toml`. Raises `PolicyInvalid`."""
        self._text = files(__package__).joinpath("rules.toml").read_text(encoding="utf-8")
        self.version, self._rules = read_rules(self._text, settings=SETTINGS)

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules in order."""
        return self._rules

    def source(self) -> tuple[str, tuple[Case, ...]]:
        """Return the rules as they are written, and their cases: what a company begins its own with."""
        cases = files(__package__).joinpath("cases", "decisions.jsonl").read_text(encoding="utf-8")
        return self._text, read_cases(cases.splitlines())


def build(_kit: object) -> Policy:
    """Return the policy."""
    return FirstLine()
