"""What is to be done with a message, and why."""

from typing import Literal

import msgspec

Action = Literal["answer", "clarify", "greet", "hand_over", "relay", "refuse"]
"""answer from knowledge · clarify: ask which of a few things is meant · greet: small talk · hand_over: to a person ·
relay: a person has the conversation already, the bot stays silent · refuse: do nothing with it and say so."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that policies may look at: one flat record, so that a rule that names an unknown fact is refused at start.

    Scores are 0..1: `intent_score` is the article's, `best_score` that of its best section alone, `margin` the distance
    between the best and the second-best candidate. `misunderstood` counts the clarifying questions in a row before this
    message. `state` is the conversation's.
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


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The action, its stable reason code, the rule that chose it as `<policy>.<rule>@<version>`, and the facts used."""

    action: Action
    reason: str
    rule: str
    facts: Facts = Facts()
