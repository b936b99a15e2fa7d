"""What becomes of what is found: five actions, by kind and channel."""

import pytest

from doorward.kit.keys import Mark
from doorward.kit.tenant_settings import MaskingAction, OwnKind, TenantSettings
from doorward.protection import Hashing, OwnKinds, Weighed, channel_policy
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.text import WildText
from tests.support.screening import bare_screener, screener

HASHING = Hashing(lambda _value: (Mark(1, b"x"),), lambda value: value[:2])
CARD = "my card 4111 1111 1111 1111"


Rules = dict[str, dict[str, MaskingAction]]
PHONES_DROPPED: Rules = {"PHONE": {"*": "drop"}}


def weighed(text: str, rules: Rules, *own: OwnKind, channel: str = "webchat") -> Weighed:
    """Return a text under rules."""
    settings = TenantSettings(masking=rules, own_kinds=own)
    policy = channel_policy(settings, channel)
    house = screener().also(OwnKinds(own)) if own else screener()
    screened = house.under(policy.weigh).screen(
        WildText(text), span_id=lambda number: SpanId(f"s{number}"), hashing=HASHING
    )
    return policy.judge(screened)


def shape(found: Weighed) -> tuple[str, int, str | None, int]:
    """Return the masked text, how many originals are kept, the finding's tail, and how many values are known again."""
    screened = found.screened
    (finding,) = screened.findings
    return screened.masked.text, len(screened.originals), finding.tail, len(screened.likenesses) + len(screened.index)


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        (None, ("my card [CARD·1111]", 1, "1111", 1)),
        ("mask", ("my card [CARD]", 1, None, 1)),
        ("keep_last_four", ("my card [CARD·1111]", 1, "1111", 1)),
        ("drop", ("my card [CARD]", 0, None, 0)),
    ],
)
def test_what_is_shown_and_kept(action: MaskingAction | None, wanted: tuple[str, int, str | None, int]) -> None:
    """Each action says what a mask shows, whether the original is sealed, and whether equal values are known again."""
    found = weighed(CARD, {"CARD": {"*": action}} if action else {})
    assert shape(found) == wanted
    assert found.refusal is None
    assert all((span.id is None) == (action == "drop") for span in found.screened.masked.spans)


@pytest.mark.parametrize("action", ["refuse", "block"])
def test_a_refusal_counts_kinds_and_keeps_nothing(action: MaskingAction) -> None:
    """A refused message has no originals; the refusal knows kinds and numbers alone."""
    found = weighed(f"{CARD} and anna@example.com", {"CARD": {"webchat": action}})
    assert found.refusal is not None
    assert (dict(found.refusal.kinds), found.refusal.blocks) == ({"CARD": 1}, action == "block")
    assert [original.kind for original in found.screened.originals] == ["EMAIL"]


def test_a_rule_for_the_channel_counts_before_one_for_all() -> None:
    """The nearer rule decides; another channel is not touched by it."""
    rules: Rules = {"CARD": {"*": "mask", "api": "refuse"}}
    assert weighed(CARD, rules, channel="api").refusal is not None
    assert weighed(CARD, rules).screened.masked.text == "my card [CARD]"


def test_nobody_is_found_by_what_is_dropped() -> None:
    """A dropped number is neither known again nor in the index, although its characters would give a form."""
    kept, dropped = (weighed("call +49 170 1234567", rules).screened for rules in ({}, PHONES_DROPPED))
    assert (len(kept.likenesses), len(kept.index)) == (1, 1)
    assert (dropped.likenesses, dropped.index) == ((), ())


def test_the_last_four_are_never_those_of_a_secret() -> None:
    """A PIN shows nothing, whatever somebody wrote into the database."""
    found = weighed("my PIN is 4711", {"PIN": {"*": "keep_last_four"}})
    assert found.screened.masked.text == "my PIN is [PIN]"


def test_what_was_asked_for_is_kept() -> None:
    """Who asks for a number to call back gets it, masked as ever."""
    settings = TenantSettings(masking={"PHONE": {"*": "refuse"}})
    policy = channel_policy(settings, "webchat")
    screened = screener().screen(WildText("+49 170 1234567"), span_id=lambda number: SpanId(str(number)))
    assert policy.judge(screened, wanted={"PHONE"}).refusal is None
    assert len(policy.judge(screened, wanted={"PHONE"}).screened.originals) == 1


def test_an_own_kind_never_softens_a_rule() -> None:
    """A pattern around a PIN is the PIN's place when PINs are refused; without a rule it is the company's."""
    own = OwnKind(name="TICKET", patterns=(r"PIN is \d{4}",), action="mask")
    refused = weighed("my PIN is 4711", {"PIN": {"*": "refuse"}}, own)
    assert refused.refusal is not None
    assert dict(refused.refusal.kinds) == {"PIN": 1}
    assert weighed("my PIN is 4711", {}, own).screened.masked.text == "my [TICKET]"


def test_an_own_kind_brings_its_action() -> None:
    """Without a rule an own kind has the action it was made with."""
    own = OwnKind(name="CODENAME", words=("zarya",), action="refuse")
    assert weighed("about Zarya", {}, own).refusal is not None


def test_what_a_failing_guard_withheld_is_not_kept_under_strict_rules() -> None:
    """Nobody knows whether a withheld text was what must be dropped, so its original is dropped as well."""
    withheld = bare_screener(()).withhold(WildText("anything"), span_id=lambda _number: SpanId("s"))
    strict = channel_policy(TenantSettings(masking={"PIN": {"*": "drop"}}), "webchat")
    plain = channel_policy(TenantSettings(masking={"PIN": {"*": "mask"}}), "webchat")
    assert strict.judge(withheld).screened.originals == ()
    assert len(plain.judge(withheld).screened.originals) == 1
