"""Policies: wrong ones are refused before anything runs; right ones decide with a reason and a version."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import doorward.plugins.policies.first_line as first_line_package
from doorward.decision import PolicyInvalid, RuleBook, RuleFile, read_cases, read_rule_file, read_rules, try_cases
from doorward.decision.conditions import read_condition
from doorward.decision.rules import values_of
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
    assert "@10+" in decision.rule
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


RULE = "[[rule]]\nname='{}'\naction='answer'\nreason='x'\nwhen={}\n"
LAST = "[[rule]]\nname='last'\naction='clarify'\nreason='nothing_fits'\n"


def rules_of(*whens: str, more: str = "") -> RuleFile:
    """Return a file with a rule for each condition, named a, b, …, and one behind them that holds always."""
    text = "".join(RULE.format("abcdefgh"[place], when) for place, when in enumerate(whens))
    return read_rule_file(more + text + LAST, settings=SETTINGS)


def decides(file: RuleFile, **facts: Any) -> str:
    """Return the name of the rule that decides."""
    decision = RuleBook([("p", file.version, file.rules)]).decide(Facts(**facts), THRESHOLDS)
    return decision.rule.removeprefix("p.").partition("@")[0]


def test_a_condition_may_be_an_expression() -> None:
    """Facts, thresholds and all connectives; the table form beside it means the same as ever."""
    file = rules_of(
        "'risk >= settings.risk_threshold or (blank and size(masked_kinds) == 0)'", "{social={empty=false}}"
    )
    assert decides(file, risk=0.7) == "a"
    assert decides(file, blank=True) == "a"
    assert decides(file, blank=True, masked_kinds=("CARD",)) == "last"
    assert decides(file, social="thanks") == "b"


def test_a_decision_tells_what_its_rule_looked_at_and_what_else_held() -> None:
    """Facts and thresholds by name, and the next rules that would have held; one that holds always says nothing."""
    file = rules_of("'risk >= settings.risk_threshold and not blank'", "'wants_person'", "'risk > 0.1'", "'risk > 0'")
    decision = RuleBook([("p", "1", file.rules)]).decide(Facts(risk=0.9, wants_person=True), THRESHOLDS)
    assert (decision.rule, decision.looked_at) == ("p.a@1", ("blank", "risk"))
    assert decision.limits == {"risk_threshold": 0.7}
    assert decision.also == ("p.b@1", "p.c@1")
    last = RuleBook([("p", "1", file.rules)]).decide(Facts(), THRESHOLDS)
    assert (last.rule, last.looked_at, last.limits, last.also) == ("p.last@1", (), {}, ())


@pytest.mark.parametrize(
    ("when", "facts", "holds"),
    [
        ("{state={one_of=['human','bot']}}", {"state": "bot"}, True),
        ("{masked_kinds={contains='CARD'}}", {"masked_kinds": ("CARD",)}, True),
        ("{masked_kinds={contains='CARD'}}", {}, False),
        ("{masked_kinds={empty=true}}", {}, True),
        ("{masked_kinds={empty=false}}", {"masked_kinds": ("CARD",)}, True),
        ("{misunderstood={empty=true}}", {}, True),
        ("{blank={empty=false}}", {"blank": True}, True),
        ("{risk={at_least=0.2, below=0.4}}", {"risk": 0.2}, True),
        ("{risk={at_least=0.2, below=0.4}}", {"risk": 0.4}, False),
        ("{intent='say \"hi\" \\\\'}".replace("\\\\", "\\"), {"intent": 'say "hi" \\'}, True),
    ],
)
def test_every_operator_of_the_table_form_holds_as_named(when: str, facts: dict[str, Any], holds: object) -> None:
    """What the table form says is what is asked."""
    assert (decides(rules_of(when), **facts) == "a") is holds


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("'moon > 1'", r"rule 'a': there is no 'moon' \(at character 1\)"),
        ("'risk > \"a\"'", "cannot take a number and text"),
        ("'risk'", "a condition is wanted"),
        ("'emotion == \"joy\"'", "'emotion' is never 'joy'"),
        ("'risk >= settings.moon'", "no 'settings.moon'"),
        ("'true'", "looks at no fact"),
        ("''", "'when' is empty"),
        ("1", "an expression or a table"),
        ("{state={at_least=1}}", "cannot take text and a whole number"),
        ("{state=1}", "cannot take text and a whole number"),
        ("{risk={at_least=true}}", "needs a number"),
        ("{risk={one_of=[]}}", "an empty list"),
        ("{state='a\\u0000'}".replace("'a", '"a').replace("0'", '0"'), "control character"),
        ("{risk=2020-01-01}", "must be text"),
        ("'risk > 0.5 and risk < 0.4'", "rule 'a' can never hold: its conditions about 'risk'"),
        ('\'state == "bot" and state in ["human"]\'', "never hold: its conditions about 'state'"),
        ("'blank and not blank'", "about 'blank'"),
    ],
)
def test_a_wrong_condition_is_refused_with_the_rule(when: str, sentence: str) -> None:
    """Unknown facts, types that do not fit and contradictions fail when the file is read."""
    with pytest.raises(PolicyInvalid, match=sentence):
        rules_of(when)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{blank=true}", "'blank and risk > 0.5'"),
        ("'risk >= 0.5'", "'risk > 0.5'"),
        ("'risk >= 0.5'", "{risk={at_least=0.7}}"),
        ("'risk < 0.5'", "'0.3 >= risk'"),
        ("'risk > 0.2'", "'risk == 0.3'"),
        ("{state={one_of=['human','waiting']}}", "'state == \"human\" and blank'"),
        ("'state != \"bot\"'", '\'state in ["human", "waiting"]\''),
        ("'risk != 0.2'", "'risk > 0.2'"),
        ("'risk >= settings.risk_threshold'", "'risk >= settings.risk_threshold and blank'"),
        ("'\"CARD\" in masked_kinds'", "{blank=true, masked_kinds={contains='CARD'}}"),
    ],
)
def test_a_rule_that_an_earlier_one_always_precedes_is_refused(first: str, second: str) -> None:
    """The one that can never decide is named, with the one before it; in the other order both stand."""
    with pytest.raises(PolicyInvalid, match="rule 'b' can never decide: 'a' before it"):
        rules_of(first, second)
    assert len(rules_of(second, first).rules) == 3


def test_rules_that_differ_only_where_nothing_is_proved_stand() -> None:
    """Two thresholds, an `or`, neighbours that touch: no proof, no refusal."""
    rules_of("'risk >= settings.risk_threshold'", "'risk >= 0.99'")
    rules_of("'blank or risk > 0.5'", "'blank and emotion == \"anger\"'")
    rules_of("'risk > 0.5'", "'risk >= 0.5'")
    rules_of("'state == \"bot\"'", '\'state in ["bot", "human"]\'')


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["risk", "margin"]),
            st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
            st.sampled_from(["0.25", "0.5", "0.75"]),
        ).map(" ".join)
        | st.sampled_from(["risk in [0.25, 0.5]", "blank", "not blank", 'state == "bot"', 'state != "bot"']),
        min_size=1,
        max_size=3,
    ).map(" and ".join),
    st.lists(st.sampled_from(["risk >= 0.5", "risk < 0.75", "risk != 0.5", "blank", 'state != "bot"']), min_size=1).map(
        " and ".join
    ),
    st.builds(
        Facts,
        risk=st.sampled_from([0.0, 0.25, 0.3, 0.5, 0.6, 0.75, 1.0]),
        margin=st.sampled_from([0.0, 0.25, 0.3, 0.5, 0.6, 0.75, 1.0]),
        blank=st.booleans(),
        state=st.sampled_from(["bot", "human"]),
    ),
)
def test_what_is_refused_as_unreachable_never_decides(first: str, second: str, facts: Facts) -> None:
    """A proof is right: where the second rule is refused, no facts make it hold when the first does not."""
    try:
        rules_of(f"'{first}'", f"'{second}'")
    except PolicyInvalid as refused:
        event(str(refused)[:26])
        values = values_of(facts, THRESHOLDS)
        one, other = (read_condition("", text, ()) for text in (first, second))
        never = other if "'b'" in str(refused).partition(":")[0] else one
        assert not never.evaluate(values) or (never is other and one.evaluate(values))


TABLE = """
[[table]]
name = "signs"
before = "last"
columns = ["state", "risk", "blank", "masked_kinds", "emotion"]
rows = [
  ["bot|waiting", ">= 0.5",                      "-",     "-",         "-",       "hand_over", "risk_high"],
  ["-",           "< settings.clarify_threshold", true,   "CARD|IBAN", "-",       "refuse",    "masked"],
  ["-",           0.25,                          "false", "empty",     "anger",   "clarify",   "not_sure"],
]
"""


def test_a_row_of_a_table_is_a_rule_in_its_place() -> None:
    """Cells are values, alternatives, comparisons or nothing in particular; the first row that fits decides."""
    file = rules_of("'wants_person'", more=TABLE)
    assert [rule.name for rule in file.rules] == ["a", "signs_1", "signs_2", "signs_3", "last"]
    assert decides(file, state="waiting", risk=0.5) == "signs_1"
    assert decides(file, state="human", risk=0.5) == "last"
    assert decides(file, risk=0.1, blank=True, masked_kinds=("IBAN",)) == "signs_2"
    assert decides(file, risk=0.25, emotion="anger") == "signs_3"
    assert decides(file, risk=0.25, emotion="anger", masked_kinds=("CARD",)) == "last"
    assert decides(file, wants_person=True, risk=0.5) == "a"


@pytest.mark.parametrize(
    ("changed", "to", "sentence"),
    [
        ('name = "signs"', "", "a table has no name"),
        ('before = "last"', "", "'before' must name a rule"),
        ('before = "last"', 'before = "moon"', "none named 'moon'"),
        ('"state", "risk"', '"state", "moon"', "table 'signs', row 1: there is no fact 'moon'"),
        ('">= 0.5"', '">= x"', "row 1: there is no 'x'"),
        ('"bot|waiting"', '"bot|wait;ing"', "'wait;ing' cannot be read"),
        ('"CARD|IBAN"', "1", "row 2"),
        ('"false"', '"a|b"', "row 3: '|' joins values of a text"),
        ('"anger"', '"joy"', "row 3: 'emotion' is never 'joy'"),
        ('"clarify",   "not_sure"', '"not_sure"', "row 3: a row has a cell for each column"),
        ('"clarify",   "not_sure"', '"explode",   "not_sure"', "row 3: unknown action"),
        ('"clarify",   "not_sure"', '"clarify",   ""', "row 3: nothing is decided without a reason"),
        ('"clarify",   "not_sure"', '"clarify",   "not sure."', "row 3: names and reasons"),
        ("rows = [", "rows = 1\nmore = [", "unknown field 'more'"),
        ("rows = [", "rows = []\nversion = [", "unknown field 'version'"),
    ],
)
def test_a_wrong_table_is_refused_with_the_row(changed: str, to: str, sentence: str) -> None:
    """The place is the table and the number of its row."""
    assert changed in TABLE
    with pytest.raises(PolicyInvalid, match=re.escape(sentence)):
        rules_of(more=TABLE.replace(changed, to))


def test_cases_in_a_file_are_read_and_tried() -> None:
    """A case that comes out otherwise is told with both; a rule without a case is named; a fact must exist."""
    cases = """
[[case]]
facts = { wants_person = true }
action = "answer"
reason = "x"
[[case]]
facts = { risk = 0.5 }
action = "refuse"
reason = "y"
settings = { risk_threshold = 0.4 }
"""
    file = rules_of("'wants_person'", "'blank'", "'risk >= settings.risk_threshold'", more=cases)
    report = try_cases(RuleBook([("p", "1", file.rules)]), file.cases)
    assert report.unreached == ("p.b@1", "p.last@1")
    assert [(one.number, one.wanted, one.found, one.rule) for one in report.failed] == [
        (2, ("refuse", "y"), ("answer", "x"), "p.c@1")
    ]
    with pytest.raises(PolicyInvalid, match="case 1: there is no fact 'moon'"):
        rules_of(more=cases.replace("wants_person", "moon"))
    with pytest.raises(PolicyInvalid, match="case 1: "):
        rules_of(more=cases.replace("wants_person = true", "wants_person = 3"))
    with pytest.raises(PolicyInvalid, match="case in line 2: "):
        read_cases(['{"facts":{},"action":"answer","reason":"x"}', "{"])


@given(st.text(max_size=60) | st.text("[]{}=\"'\n.rulewhn", max_size=200))
def test_any_text_is_a_rule_file_or_refused(text: str) -> None:
    """What a person pastes never breaks the reader otherwise."""
    with suppress(PolicyInvalid):
        read_rule_file(text, settings=SETTINGS)
    with suppress(PolicyInvalid):
        read_rule_file("[[rule]]\nname='a'\naction='answer'\nreason='x'\nwhen=" + json.dumps(text), settings=SETTINGS)
