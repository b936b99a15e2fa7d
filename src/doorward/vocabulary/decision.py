"""What is to be done with a message, and why."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

Action = Literal["answer", "clarify", "ask", "verify", "act", "nudge", "greet", "hand_over", "defer", "relay", "refuse"]
"""answer from knowledge · clarify: ask which of a few things is meant · ask: a question of a procedure · verify: who
this is must be surer first · act: begin a procedure or go on with it · nudge: offer what the customer's facts suggest ·
greet: small talk · hand_over: to a person · defer: say why there is no person now, and how to get further · relay: a
person has the conversation, the bot stays silent · refuse: do nothing with it and say so."""

Emotion = Literal["", "distress", "bereavement", "self_harm", "anger", "confusion"]
"""What a message sounds like, as a hint for who should take it; empty: nothing special."""


IN_NEED: Final[frozenset[Emotion]] = frozenset({"distress", "bereavement", "self_harm"})
"""Feelings of somebody who must be heard by a person, whatever else is the matter."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that policies may look at: one flat record, so that a rule that names an unknown fact is refused at start.

    Scores are 0..1: `intent_score` is the article's, `best_score` that of its best section alone, `margin` the distance
    between the best and the second-best candidate. `misunderstood` counts the clarifying questions in a row before this
    message. `state` is the conversation's. `intent` is what the company's own model says, the nearest article where it
    has none or nothing fits.

    `intent_known`, `wish_score` and `intent_margin` are the classifier's: whether the message is in its scope, how
    likely its best intent is, and how far that is from the second; `intent_open` whether one of a few is meant and
    nobody has asked yet which. `asks` is whether it has a question mark. `procedure` is the one that the intent would
    start, `procedure_active` whether one is under way, `procedure_wants` what that one waits for (`ask`, `confirm`,
    `verify`, `act`, or `resume` where it was left), `procedure_heard` whether the message is an answer to that,
    `procedure_ended` whether one ended with the bot's last words, and `procedure_again` whether the intent would start
    that one anew. `procedure_strays` is whether as much was dealt with beside the question that waits as may be, and
    `procedure_told` whether the answer that knowledge has was told beside it already. `declines` is whether the message
    wants none of what we asked back. `level` is how surely the
    customer is known (0 anonymous to 3 strongly verified), `injection` how likely the message tries to command us.

    `admitted` is what admission lets the contact have: `full`, `call_back` (the bot, and a person who calls back) or
    `bot_only`; `alert` is how things stand with floods (`green`, `amber`, `red`), `caller` which kind of caller it is
    (`signed`, `open_case`, `known`, `anonymous`, `flagged`), and `deferred` whether this conversation was told already
    that there is no person for it now.

    `nudge_service` and `nudge_sales` name what may be offered now, empty for nothing: caps, rest after a no and whether
    the contact is delicate are looked at already, and something is sold only where the problem is `solved`. While an
    offer waits for its answer `nudge_answer` is `yes` or `no`, empty for anything else.
    """

    state: str = "bot"
    wants_person: bool = False
    social: str = ""
    intent: str = ""
    intent_score: float = 0.0
    best_score: float = 0.0
    margin: float = 0.0
    candidates: int = 0
    misunderstood: int = 0
    risk: float = 0.0
    guard_unavailable: bool = False
    masked_kinds: tuple[str, ...] = ()
    threat_kinds: tuple[str, ...] = ()
    language: str = ""
    channel: str = ""
    blank: bool = False
    intent_known: bool = False
    intent_margin: float = 0.0
    wish_score: float = 0.0
    intent_open: bool = False
    asks: bool = False
    emotion: str = ""
    vulnerable: bool = False
    procedure: str = ""
    procedure_active: bool = False
    procedure_wants: str = ""
    procedure_heard: bool = False
    procedure_ended: bool = False
    procedure_again: bool = False
    procedure_strays: bool = False
    procedure_told: bool = False
    declines: bool = False
    level: int = 0
    injection: float = 0.0
    nudge_service: str = ""
    nudge_sales: str = ""
    nudge_answer: str = ""
    solved: bool = False
    admitted: str = "full"
    alert: str = "green"
    caller: str = "anonymous"
    deferred: bool = False


SHORT_LIVED: Final = frozenset({"emotion", "vulnerable"})
"""Facts that decide and are not kept with the decision: how somebody felt is nobody's business a day later."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The action, its stable reason code, the rule that chose it as `<policy>.<rule>@<version>`, and the facts used.

    `looked_at` names the facts that the rule goes by, `limits` has those of the tenant's thresholds, and `also` names
    the next rules that would have held had this one not.
    """

    action: Action
    reason: str
    rule: str
    facts: Facts = Facts()
    looked_at: tuple[str, ...] = ()
    limits: Mapping[str, float] = {}
    also: tuple[str, ...] = ()
