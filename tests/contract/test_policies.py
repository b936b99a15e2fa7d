"""Promises of every policy: its cases come out as written, and every rule is met by one."""

from typing import cast

import pytest

from doorward.decision import SETTINGS, USUAL, Policy, Rule, RuleBook, read_cases, try_cases
from doorward.kit.plugins import FoundPlugin, discover

OTHERS = Rule(name="all", action="clarify", reason="left_to_others")


@pytest.fixture(params=discover("policy"), ids=lambda found: found.manifest.id)
def found(request: pytest.FixtureRequest) -> FoundPlugin:
    """Return each policy as it was found."""
    return cast("FoundPlugin", request.param)


@pytest.fixture
def policy(found: FoundPlugin) -> Policy:
    """Return each policy as it builds itself."""
    return cast("Policy", found.build(None))


def test_a_policy_is_what_its_manifest_says(found: FoundPlugin, policy: Policy) -> None:
    """Its id is that of plugin.toml, and its version is of exactly these rules."""
    assert policy.id == found.manifest.id
    assert "+" in policy.version
    assert set(USUAL) == set(SETTINGS)


def test_every_rule_is_met_by_a_case_and_every_case_comes_out(found: FoundPlugin, policy: Policy) -> None:
    """A rule that no case reaches is one that nobody has tried."""
    rules = policy.rules()
    policies = [(policy.id, policy.version, rules)]
    if rules[-1].when is not None:
        policies.append(("others", "1", (OTHERS,)))
    cases = read_cases((found.folder / "cases" / "decisions.jsonl").read_text("utf-8").splitlines())
    report = try_cases(RuleBook(policies), cases)
    assert report.failed == ()
    assert [name for name in report.unreached if not name.startswith("others.")] == []
