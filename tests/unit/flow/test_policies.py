"""A company's own rules: rehearsed on what was decided before, put in force for the next message, taken back."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.decision import HousePolicies, PolicyInvalid, read_rule_file
from doorward.flow.policies import FRESH, Policies
from doorward.flow.policy_rehearsal import Kept, PolicyRehearsal, count_decided, rehearse_policy
from doorward.flow.views.conversation import conversation
from doorward.kit.clock import FixedClock
from doorward.kit.i18n import Translator
from doorward.plugins.policies.first_line.plugin import FirstLine
from doorward.record import latest_audit
from doorward.vocabulary.decision import SHORT_LIVED, Facts
from doorward.vocabulary.errors import NotFound, Outdated
from doorward.vocabulary.ids import ConversationId
from tests.support.transactions import CONVERSATION, NOON, OTHER_SCOPE, OTHER_TENANT, SCOPE, TENANT
from tests.support.walking import SETTINGS, Flow
from tests.support.words import packs

HOUSE = HousePolicies([FirstLine()])
THRESHOLDS = {"answer_threshold": 0.5, "clarify_threshold": 0.25, "risk_threshold": 0.7}
GREETED = (
    'when = { social = { one_of = ["greeting", "thanks", "farewell", "identity_question"] }, procedure_strays = false }'
    '\naction = "greet"'
)
REFUSING = re.sub(
    r'(facts = \{social = "(?:greeting|thanks)"[^\n]*\naction = )"greet"',
    r'\1"refuse"',
    HOUSE.text().replace(GREETED, GREETED.replace('"greet"', '"refuse"')),
)


@pytest.fixture
def policies(flow: Flow, clock: FixedClock) -> Policies:
    """The policies of a flow whose walks ask them."""
    made = Policies(flow.transactions, HOUSE, settings_of=lambda _: SETTINGS, clock=clock, phrases=Translator(packs()))
    flow.rooms = type(flow.rooms)(
        **{name: getattr(flow.rooms, name) for name in flow.rooms.__struct_fields__ if name != "rules_of"},
        rules_of=made.rules_of,
    )
    return made


def walk(flow: Flow, text: str) -> None:
    """Have a message decided."""
    flow.runner().walk_now(flow.say(text))


def rehearse(flow: Flow, policies: Policies, text: str, *, days: int = 30) -> PolicyRehearsal:
    """Return what a file would change."""
    checked = policies.check(text)
    return flow.transactions.read(lambda tx: policies.rehearse(tx, SCOPE, checked, days=days))


def activate(flow: Flow, policies: Policies, text: str, *, expected: int) -> None:
    """Put a file in force."""
    checked = policies.check(text)
    flow.transactions.write(SCOPE, lambda tx: policies.activate(tx, SCOPE, checked, expected=expected))
    policies.forget(TENANT)


def test_a_rehearsal_tells_what_would_change_and_changes_nothing(flow: Flow, policies: Policies) -> None:
    """From what to what, how often, and in which conversations; the ledger stays as it is."""
    assert HOUSE.text() != REFUSING
    walk(flow, "hello")
    walk(flow, "hello again")
    walk(flow, "a person please")
    before = flow.ledger()
    found = rehearse(flow, policies, REFUSING)
    assert (found.conversations, found.decisions, found.changed, found.unlike) == (1, 3, 2, 0)
    assert found.complete
    (change,) = found.changes
    assert (change.before.action, change.after.action, change.count) == ("greet", "refuse", 2)
    assert (change.before.rule, change.examples) == ("first_line.small_talk", (CONVERSATION,))
    assert found.decided["first_line.small_talk"] == 2
    assert found.decided["first_line.known_answer"] == 0
    assert flow.ledger() == before
    assert rehearse(flow, policies, HOUSE.text()).changes == ()


def test_conversations_of_before_the_period_are_left_out(flow: Flow, policies: Policies, clock: FixedClock) -> None:
    """Days are counted back from now."""
    walk(flow, "hello")
    clock.advance(timedelta(days=31))
    assert rehearse(flow, policies, REFUSING).decisions == 0
    assert rehearse(flow, policies, REFUSING, days=40).changed == 1


def test_how_often_each_rule_decided_is_counted(flow: Flow, policies: Policies) -> None:
    """By the rule's name without its version, so that a figure outlives a change elsewhere in the file."""
    walk(flow, "hello")
    walk(flow, "a person please")
    counted = flow.transactions.read(lambda tx: count_decided(tx, SCOPE, since=NOON - timedelta(days=1)))
    assert counted == {"first_line.small_talk": 1, "first_line.asked_for_person": 1}
    assert not flow.transactions.read(lambda tx: count_decided(tx, OTHER_SCOPE, since=NOON - timedelta(days=1)))


def test_what_is_put_in_force_decides_the_next_message_and_can_be_taken_back(flow: Flow, policies: Policies) -> None:
    """A decision names the version that made it; another company's rules stay; every change is in the audit."""
    walk(flow, "hello")
    activate(flow, policies, REFUSING, expected=0)
    walk(flow, "hello you")
    assert policies.rules_of(OTHER_TENANT) is HOUSE.book
    flow.transactions.write(SCOPE, lambda tx: policies.take_back(tx, SCOPE, 0, expected=1))
    policies.forget(TENANT)
    walk(flow, "hello there")
    flow.transactions.write(SCOPE, lambda tx: policies.take_back(tx, SCOPE, 1, expected=2))
    policies.forget(TENANT)
    walk(flow, "hello all")
    assert [action for action, _ in flow.decisions()] == ["greet", "refuse", "greet", "refuse"]
    rules = [one.entry.data["rule"] for one in flow.ledger() if one.entry.kind == "decision.made"]
    assert rules[0] == rules[2] != rules[1] == rules[3]
    lines = flow.transactions.read(lambda tx: latest_audit(tx, SCOPE, limit=50))
    assert [one.action for one in lines].count("policy.activated") == 3
    with pytest.raises(Outdated):
        flow.transactions.write(SCOPE, lambda tx: policies.take_back(tx, SCOPE, 0, expected=2))
    with pytest.raises(NotFound):
        flow.transactions.write(SCOPE, lambda tx: policies.take_back(tx, SCOPE, 9, expected=3))


def test_another_process_hears_of_it_within_two_seconds(flow: Flow, policies: Policies, clock: FixedClock) -> None:
    """Rules are held for a moment alone."""
    assert policies.rules_of(TENANT) is HOUSE.book
    checked = policies.check(REFUSING)
    flow.transactions.write(SCOPE, lambda tx: policies.activate(tx, SCOPE, checked, expected=0))
    assert policies.rules_of(TENANT) is HOUSE.book
    clock.advance(FRESH)
    changed = policies.rules_of(TENANT)
    assert changed is not HOUSE.book
    clock.advance(FRESH)
    assert policies.rules_of(TENANT) is changed, "it must not be read again while its number stays"


def test_a_reason_that_nobody_could_be_told_is_refused(policies: Policies) -> None:
    """Every decision is said in words somewhere."""
    with pytest.raises(PolicyInvalid, match="no sentence for the reason 'moonlight'"):
        policies.check(HOUSE.text().replace("misunderstood_twice", "moonlight"))


@given(
    st.lists(
        st.builds(
            Facts,
            social=st.sampled_from(["", "greeting"]),
            risk=st.sampled_from([0.0, 0.6, 0.9]),
            wants_person=st.booleans(),
        ),
        max_size=20,
    )
)
def test_counts_add_up(facts: Sequence[Facts]) -> None:
    """All that changes is in the list once, and every decision falls to one rule; the same book changes nothing."""
    other = HOUSE.book_with(
        "[[rule]]\nname='a'\naction='refuse'\nreason='risk_high'\nwhen='risk > 0.5'\n"
        "[[rule]]\nname='b'\naction='greet'\nreason='small_talk'\n"
    )
    kept = [
        Kept(conversation_id=ConversationId(str(n)), facts=one, action="greet", reason="small_talk", rule="x")
        for n, one in enumerate(facts)
    ]
    changes, decided, _ = rehearse_policy(kept, (HOUSE.book, other), THRESHOLDS)
    differ = sum(
        (one.action, one.reason) != (two.action, two.reason)
        for one, two in ((HOUSE.book.decide(f, THRESHOLDS), other.decide(f, THRESHOLDS)) for f in facts)
    )
    assert sum(change.count for change in changes) == differ
    assert sum(decided.values()) == len(facts)
    assert set(decided) == {"first_line.a", "first_line.b"}
    assert rehearse_policy(kept, (other, other), THRESHOLDS)[0] == ()
    assert read_rule_file(HOUSE.text(), settings=tuple(THRESHOLDS)).cases


def test_what_is_kept_of_a_decision_tells_what_was_looked_at_and_not_how_somebody_felt(
    flow: Flow, policies: Policies
) -> None:
    """The page of a conversation has the facts that the rule went by; feelings are in no line of the ledger."""
    walk(flow, "a person please")
    shown = flow.transactions.read(lambda tx: conversation(tx, SCOPE, CONVERSATION))
    (why,) = shown.why
    assert (why.looked_at, why.limits) == (("wants_person",), {})
    assert why.facts["wants_person"] is True
    assert not SHORT_LIVED & why.facts.keys()
    assert policies.house.book.decide(Facts(emotion="distress"), THRESHOLDS).looked_at == (
        "emotion",
        "misunderstood",
        "vulnerable",
    )
