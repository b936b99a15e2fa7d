"""Policies: wrong ones are refused before anything runs; right ones decide with a reason and a version."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import doorward.plugins.policies.first_line as first_line_package
from doorward.decision import PolicyInvalid, RuleBook, read_rules
from doorward.plugins.policies.first_line.plugin import SETTINGS, FirstLine
from doorward.vocabulary.decision import Facts

THRESHOLDS = {"answer_threshold": 0.5, "clarify_threshold": 0.25, "risk_threshold": 0.7}
FOLDER = Path(first_line_package.__file__).parent


def book() -> RuleBook:
    """Return the first line's rules."""
    policy = FirstLine()
    return RuleBook([(policy.id, policy.version, policy.rules())])


@pytest.mark.parametrize("line", (FOLDER / "cases" / "decisions.jsonl").read_text("utf-8").splitlines())
def test_each_case_is_decided_as_written(line: str) -> None:
    """The policy's own cases come out as they say."""
    case = json.loads(line)
    decision = book().decide(msgspec.convert(case["facts"], Facts), THRESHOLDS)
    assert (decision.action, decision.reason) == (case["action"], case["reason"])


@given(
    st.builds(
        Facts,
        state=st.sampled_from(["bot", "waiting", "human"]),
        wants_person=st.booleans(),
        social=st.sampled_from(["", "greeting"]),
        intent_score=st.floats(0, 1),
        best_score=st.floats(0, 1),
        candidates=st.integers(0, 5),
        misunderstood=st.integers(0, 5),
        risk=st.floats(0, 1),
        guard_unavailable=st.booleans(),
    )
)
def test_whatever_the_facts_there_is_a_decision_with_reason_and_version(facts: Facts) -> None:
    """Every decision names reason and rule; a failed guard is never answered by the bot; people keep what is theirs."""
    decision = book().decide(facts, THRESHOLDS)
    assert decision.reason
    assert decision.rule.startswith("first_line.")
    assert "@3+" in decision.rule
    assert decision.facts == facts
    if facts.state in {"human", "waiting"}:
        assert decision.action == "relay"
    elif facts.guard_unavailable or facts.wants_person:
        assert decision.action == "hand_over"


def test_the_version_changes_with_every_change_of_the_text() -> None:
    """One more blank in the file is another version."""
    text = (FOLDER / "rules.toml").read_text("utf-8")
    assert read_rules(text, settings=SETTINGS)[0] != read_rules(text + " ", settings=SETTINGS)[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no \\[\\[rule\\]\\]"),
        ("[[rule", "TOML"),
        ("[[rule]]\naction='answer'\nreason='x'", "no name"),
        ("[[rule]]\nname='a'\naction='explode'\nreason='x'", "unknown action"),
        ("[[rule]]\nname='a'\naction='answer'", "without a reason"),
        ("[[rule]]\nname='a'\naction='answer'\nreason='x'\nwhen={moon=1}", "no fact 'moon'"),
        ("[[rule]]\nname='a'\naction='answer'\nreason='x'\nwhen={risk={like=1}}", "no operator 'like'"),
        ("[[rule]]\nname='a'\naction='answer'\nreason='x'\nwhen={risk={at_least='x'}}", "needs a number"),
        ("[[rule]]\nname='a'\naction='answer'\nreason='x'\nwhen={risk={at_least={setting='s'}}}", "no setting 's'"),
        ("[[rule]]\nname='a'\naction='answer'\nreason='x'\nthen=1", "unknown field 'then'"),
        (("[[rule]]\nname='a'\naction='answer'\nreason='x'\n") * 2, "same name"),
    ],
)
def test_a_wrong_policy_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    """Each mistake is named."""
    with pytest.raises(PolicyInvalid, match=sentence):
        read_rules(text, settings=SETTINGS)


def test_a_rule_book_must_always_come_to_a_decision() -> None:
    """Without a last rule that always holds there is no rule book."""
    version, rules = read_rules("[[rule]]\nname='a'\naction='answer'\nreason='x'\nwhen={blank=true}", settings=SETTINGS)
    for policies in ([], [("p", version, rules)]):
        with pytest.raises(PolicyInvalid, match="last rule"):
            RuleBook(policies)
