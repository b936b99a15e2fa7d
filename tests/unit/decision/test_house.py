"""A company's rules in the place of the house's: checked with their cases, kept as versions."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.decision import (
    SETTINGS,
    Case,
    HousePolicies,
    PolicyInvalid,
    Rule,
    read_rule_file,
)
from doorward.decision.cases import cases_as_toml
from doorward.decision.service import NewRules, put_in_force, rule_version, rule_versions, rules_in_force
from doorward.kit.tx import Transactions
from doorward.plugins.policies.first_line.plugin import FirstLine
from doorward.vocabulary.decision import Facts
from doorward.vocabulary.errors import NotFound, Outdated
from tests.support.transactions import OTHER_SCOPE, SCOPE
from tests.unit.decision.test_rules import THRESHOLDS

OWN = """
version = "own"
[[rule]]
name = "all"
action = "hand_over"
reason = "asked_for_person"
[[case]]
action = "hand_over"
reason = "asked_for_person"
facts = {}
"""


class Before:
    """A policy that is asked before the first line."""

    id = "before"
    version = "1"
    priority = 1

    def rules(self) -> tuple[Rule, ...]:
        """Return one rule."""
        (rule, _) = read_rule_file(
            "[[rule]]\nname='a'\naction='refuse'\nreason='x'\nwhen='blank'\n[[rule]]\nname='b'\naction='answer'\nreason='y'",
            settings=(),
        ).rules
        return (rule,)


HOUSE = HousePolicies([Before(), FirstLine()])


def test_the_houses_own_text_can_be_put_in_its_place() -> None:
    """What a company begins with is what the house decides by, cases included."""
    checked = HOUSE.check(HOUSE.text())
    assert [(rule.name, rule.action, rule.reason) for rule in checked.file.rules] == [
        (rule.name, rule.action, rule.reason) for rule in FirstLine().rules()
    ]
    assert checked.file.cases == FirstLine().source()[1]
    assert checked.report.failed == ()


@pytest.mark.parametrize("when", ["emotion == 'bereavement'", "vulnerable and risk < 0.5"])
def test_no_rule_of_a_company_tells_how_somebody_felt(when: str) -> None:
    """A rule's name is kept with its decisions: only the one rule of care, for its one reason, goes by feelings."""
    rule = f'[[rule]]\nname = "grieving"\naction = "hand_over"\nreason = "care"\nwhen = "{when}"\n'
    with pytest.raises(PolicyInvalid, match="'grieving': only the rule 'care' may look at"):
        HOUSE.check(HOUSE.text().replace("[[rule]]", f"{rule}[[rule]]", 1))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"version = {'9' * 5000}\n" + OWN.replace('version = "own"', ""), "not valid TOML"),
        (f"version = 0x{'f' * 4500}\n" + OWN.replace('version = "own"', ""), "'version' must be a short text"),
        (OWN.replace('version = "own"', f'version = "{"v" * 41}"'), "'version' must be a short text"),
        (OWN.replace('name = "all"', 'name = "all"\nwhen = {risk = {at_least = 1e300}}'), "a number is too large"),
    ],
)
def test_numbers_that_mean_nothing_are_a_sentence(text: str, wrong: str) -> None:
    """Thousands of digits are refused like everything else that cannot be meant, not a crash."""
    with pytest.raises(PolicyInvalid, match=wrong):
        HOUSE.check(text)


def test_small_numbers_are_read() -> None:
    """An expression knows no exponents; what is written as data may have them."""
    other = OWN.replace('version = "own"', "").replace("{}", "{risk = 0.5}").replace("asked_for_person", "other")
    text = OWN.replace('name = "all"', 'name = "some"\nwhen = {risk = {below = 0.00001}}') + other
    assert [rule.name for rule in HOUSE.check(text).file.rules] == ["some", "all"]


def test_only_the_last_policy_is_replaced() -> None:
    """What another policy decides before it stays."""
    book = HOUSE.check(OWN).book
    assert HOUSE.replaceable == "first_line"
    assert book.decide(Facts(blank=True), THRESHOLDS).rule == "before.a@1"
    assert book.decide(Facts(), THRESHOLDS).rule.startswith("first_line.all@own+")


@pytest.mark.parametrize(
    ("changed", "to", "sentence"),
    [
        ("[[case]]", "[[cases]]", "no 'cases' in a rule file"),
        ('reason = "asked_for_person"\nfacts', 'reason = "x"\nfacts', "case 1: wanted hand_over for x, but rule"),
        ("facts = {}", "facts = { blank = true }", "case 1: wanted hand_over for asked_for_person, but rule 'before.a"),
        ('name = "all"', 'name = "all"\nwhen = "not blank"', "the last rule must hold always"),
        (
            "[[rule]]",
            "[[rule]]\nname = 'two'\naction = 'answer'\nreason = 'x'\nwhen = 'risk > 0.5'\n[[rule]]",
            r"no \[\[case\]\] reaches rule 'two'",
        ),
    ],
)
def test_a_file_that_must_not_decide_is_refused(changed: str, to: str, sentence: str) -> None:
    """Cases must come out, every rule must be tried, and there must always be a decision."""
    assert changed in OWN
    with pytest.raises(PolicyInvalid, match=sentence):
        HOUSE.check(OWN.replace(changed, to, 1))


@given(
    st.lists(
        st.builds(
            Case,
            facts=st.builds(
                Facts,
                intent=st.text(max_size=9),
                risk=st.floats(0, 1),
                blank=st.booleans(),
                misunderstood=st.integers(0, 9),
                masked_kinds=st.lists(st.text(max_size=4), max_size=3).map(tuple),
            ),
            action=st.just("answer"),
            reason=st.text(max_size=9),
            settings=st.dictionaries(st.sampled_from(SETTINGS), st.floats(0, 1), max_size=2),
        ),
        max_size=3,
    )
)
def test_cases_written_as_toml_are_read_the_same(cases: list[Case]) -> None:
    """No text in a fact breaks out of its place."""
    text = f"[[rule]]\nname='a'\naction='answer'\nreason='x'\n{cases_as_toml(cases)}"
    assert read_rule_file(text, settings=SETTINGS).cases == tuple(cases)


def test_versions_are_kept_and_the_newest_is_in_force(transactions: Transactions) -> None:
    """Whoever changes what another changed meanwhile is refused; another company has none of it."""

    def put(text: str, expected: int) -> int:
        new = NewRules(policy="first_line", text=text, version=f"v{expected}")
        return transactions.write(SCOPE, lambda tx: put_in_force(tx, SCOPE, new, expected=expected)).number

    assert transactions.read(lambda tx: rules_in_force(tx, SCOPE)) is None
    assert [put("one", 0), put("two", 1)] == [1, 2]
    with pytest.raises(Outdated):
        put("three", 1)
    active = transactions.read(lambda tx: rules_in_force(tx, SCOPE))
    assert active is not None
    assert (active.number, active.text, active.by) == (2, "two", SCOPE.actor.id)
    versions = transactions.read(lambda tx: rule_versions(tx, SCOPE))
    assert [(one.number, one.text) for one in versions] == [(2, "two"), (1, "one")]
    assert transactions.read(lambda tx: rules_in_force(tx, OTHER_SCOPE)) is None
    with pytest.raises(NotFound):
        transactions.read(lambda tx: rule_version(tx, OTHER_SCOPE, 1))
    assert msgspec.json.encode(versions)
