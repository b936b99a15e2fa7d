"""Rules: what they do, that they end, and what they would have done."""

from functools import partial

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward import automation
from doorward.automation import Act, AutomationFacts, Condition, Rule, Step, check_rules, find_circle, rehearse, run
from doorward.kit.tx import Transactions
from doorward.vocabulary.errors import Malformed, Outdated
from doorward.vocabulary.ids import ConversationId
from tests.support.transactions import OTHER_SCOPE, SCOPE

VIP = Rule(
    name="vip",
    on="message.customer",
    when=(Condition(fact="intent", operator="is", value="card_stolen"),),
    then=(Act(do="add_label", value="vip"),),
)
URGENT = Rule(
    name="urgent",
    on="label.added",
    when=(Condition(fact="labels", operator="has", value="vip"),),
    then=(Act(do="set_priority", value=2), Act(do="set_queue", value="cards")),
)
STOLEN = AutomationFacts(intent="card_stolen")


def test_what_one_rule_changes_triggers_the_next() -> None:
    """The label brings the priority and the queue, once."""
    ran = run((VIP, URGENT), "message.customer", STOLEN)
    assert [(one.rule, one.on) for one in ran.fired] == [("vip", "message.customer"), ("urgent", "label.added")]
    assert (ran.facts.labels, ran.facts.priority, ran.facts.queue) == (("vip",), 2, "cards")
    again = run((VIP, URGENT), "message.customer", ran.facts)
    assert [(one.rule, one.acts) for one in again.fired] == [("vip", ())], "what changes nothing causes nothing"
    assert run((VIP,), "message.customer", AutomationFacts()).fired == ()
    off = msgspec.structs.replace(VIP, enabled=False)
    assert run((off,), "message.customer", STOLEN).fired == ()


UP = Rule(name="up", on="priority.set", then=(Act(do="set_priority", value=2),))
DOWN = Rule(name="down", on="priority.set", then=(Act(do="set_priority", value=0),))
ON = Rule(name="on", on="label.removed", then=(Act(do="add_label", value="x"),))
OFF = Rule(name="off", on="label.added", then=(Act(do="remove_label", value="x"),))


@pytest.mark.parametrize(("rules", "names"), [((UP, DOWN), {"up", "down"}), ((ON, OFF), {"on", "off"})])
def test_rules_that_trigger_each_other_for_ever_are_refused_by_name(rules: tuple[Rule, ...], names: set[str]) -> None:
    """Whoever would hear of it is told who does it, and one of them alone is fine."""
    assert set(find_circle(rules)) <= names
    with pytest.raises(Malformed) as refused:
        check_rules(rules)
    assert "for ever" in str(refused.value)
    assert any(name in str(refused.value) for name in names)
    for one in rules:
        check_rules((one,))
    check_rules((rules[0], msgspec.structs.replace(rules[1], enabled=False)))


def test_a_circle_that_changes_something_once_is_none() -> None:
    """Two rules that add each other's label end when both are there."""
    a = Rule(name="a", on="label.added", then=(Act(do="add_label", value="b"),))
    b = Rule(name="b", on="label.added", then=(Act(do="add_label", value="a"),))
    assert find_circle((a, b)) == ()
    assert run((a, b), "label.added", AutomationFacts()).facts.labels == ("b", "a")


def test_a_rule_that_waits_for_another_value_is_not_in_the_circle() -> None:
    """It fires for low priorities and sets a high one."""
    raises = Rule(
        name="raises",
        on="priority.set",
        when=(Condition(fact="priority", operator="below", value=0),),
        then=(Act(do="set_priority", value=0),),
    )
    lowers = Rule(name="lowers", on="message.customer", then=(Act(do="set_priority", value=-1),))
    check_rules((raises, lowers))
    assert run((raises, lowers), "message.customer", AutomationFacts(priority=2)).facts.priority == 0


EVENTS = st.sampled_from(["message.customer", "label.added", "label.removed", "priority.set", "queue.set"])
ACTS = st.one_of(
    st.builds(Act, do=st.sampled_from(["add_label", "remove_label"]), value=st.sampled_from(["x", "y"])),
    st.builds(Act, do=st.just("set_priority"), value=st.integers(0, 2)),
    st.builds(Act, do=st.just("set_queue"), value=st.sampled_from(["a", "b"])),
)
CONDITIONS = st.one_of(
    st.builds(
        Condition,
        fact=st.just("labels"),
        operator=st.sampled_from(["has", "lacks"]),
        value=st.sampled_from(["x", "y"]),
    ),
    st.builds(
        Condition,
        fact=st.just("priority"),
        operator=st.sampled_from(["is", "is_not", "below", "at_least"]),
        value=st.integers(0, 2),
    ),
)
RULES = st.lists(
    st.builds(
        Rule,
        name=st.integers(0, 99).map(str),
        on=EVENTS,
        when=st.lists(CONDITIONS, max_size=2).map(tuple),
        then=st.lists(ACTS, min_size=1, max_size=3).map(tuple),
    ),
    max_size=5,
    unique_by=lambda one: one.name,
)
FACTS = st.builds(
    AutomationFacts,
    labels=st.sampled_from([(), ("x",), ("y",), ("x", "y")]),
    priority=st.integers(0, 2),
    queue=st.sampled_from(["", "a", "b"]),
)


@settings(max_examples=300)
@given(RULES, EVENTS, FACTS)
def test_what_is_not_refused_ends(rules: list[Rule], event: automation.Event, facts: AutomationFacts) -> None:
    """Whatever the facts are, no chain without end gets past the check."""
    if not find_circle(rules):
        assert not run(rules, event, facts).stopped


@pytest.mark.parametrize(
    "rules",
    [
        (VIP, VIP),
        (msgspec.structs.replace(VIP, when=(Condition(fact="risk", operator="is", value="high"),)),),
        (msgspec.structs.replace(VIP, when=(Condition(fact="channel", operator="at_least", value=1),)),),
        (msgspec.structs.replace(VIP, when=(Condition(fact="labels", operator="is", value="x"),)),),
        (msgspec.structs.replace(VIP, then=(Act(do="set_priority", value="high"),)),),
        (msgspec.structs.replace(VIP, then=(Act(do="set_priority", value=9),)),),
        (msgspec.structs.replace(VIP, then=(Act(do="add_label", value=""),)),),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: tuple[Rule, ...]) -> None:
    """The sentence begins with the place."""
    with pytest.raises(Malformed) as refused:
        check_rules(rules)
    assert str(refused.value).startswith("rules")


def test_a_rehearsal_counts_and_changes_nothing() -> None:
    """What a rule changed stays so for the rest of the conversation: the second message changes nothing more."""
    step = Step(event="message.customer", facts=STOLEN)
    other = Step(event="message.customer", facts=AutomationFacts())
    past = [(ConversationId("a"), [step, step]), (ConversationId("b"), [other])]
    report = rehearse((VIP, URGENT), past)
    assert report.conversations == 2
    assert [(one.rule, one.fired, one.changed, one.conversations) for one in report.rules] == [
        ("vip", 2, 1, 1),
        ("urgent", 1, 1, 1),
    ]
    assert report.rules[0].examples == ("a",)


def test_rules_are_kept_by_who_saw_the_latest(transactions: Transactions) -> None:
    """The second of two who began with the same rules is refused; another tenant has its own; ids stay by name."""
    saved = []
    for expected in (0, 1):
        save = partial(automation.save_rules, scope=SCOPE, rules=(VIP, URGENT), expected=expected)
        saved.append(transactions.write(SCOPE, save))
        assert saved[-1].number == expected + 1
    assert saved[0].rules == saved[1].rules == transactions.read(lambda tx: automation.read_rules(tx, SCOPE)).rules
    assert tuple(msgspec.structs.replace(one, id="") for one in saved[0].rules) == (VIP, URGENT)
    assert len({one.id for one in saved[0].rules} - {""}) == 2
    with pytest.raises(Outdated):
        transactions.write(SCOPE, lambda tx: automation.save_rules(tx, SCOPE, (), expected=1))
    assert transactions.read(lambda tx: automation.read_rules(tx, OTHER_SCOPE)).number == 0
