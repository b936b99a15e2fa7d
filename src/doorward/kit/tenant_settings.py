"""What each tenant decides for itself: one typed struct, every leaf documented, kept in the database."""

from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

MaskingAction = Literal["mask", "keep_last_four", "drop", "refuse", "block"]
"""What becomes of a sensitive place that was found; `docs/concepts/masking.md` says what each means."""

Check = Literal["", "luhn", "mod97"]
"""The check that a value must pass to be one of its kind."""

ACTIONS: Final[tuple[MaskingAction, ...]] = get_args(MaskingAction)
CHECKS: Final[tuple[Check, ...]] = get_args(Check)
ANY_CHANNEL: Final = "*"
MOST_OWN_KINDS: Final = 40
MOST_WORDS: Final = 5000
MOST_PATTERNS: Final = 20


class OwnKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that one company knows to be sensitive: words and phrases, or patterns with a check and context words.

    `name` is its kind, in capitals. Words are found as whole words whatever their case; patterns are written in the
    language of `doorward.protection.own_patterns`, and count only where a context word is near, if there are any.
    """

    name: Annotated[str, Meta(pattern=r"\A[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\Z", min_length=3, max_length=40)]
    words: Annotated[tuple[str, ...], Meta(max_length=MOST_WORDS)] = ()
    patterns: Annotated[tuple[str, ...], Meta(max_length=MOST_PATTERNS)] = ()
    check: Check = ""
    context: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    action: MaskingAction = "mask"


DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class TenantSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each tenant decides for itself."""

    languages: Annotated[
        tuple[str, ...],
        Meta(description="Languages the tenant answers in; the first is its own."),
    ] = ("en", "de", "tr", "id", "ru")
    answer_threshold: Annotated[
        float, Meta(ge=0, le=1, description="Score from which the first line answers without asking back.")
    ] = 0.55
    clarify_threshold: Annotated[
        float, Meta(ge=0, le=1, description="Score from which the first line asks which of a few things is meant.")
    ] = 0.15
    risk_threshold: Annotated[float, Meta(ge=0, le=1, description="Risk from which a person takes over.")] = 0.7
    agent_capacity: Annotated[int, Meta(ge=1, le=50, description="Conversations one agent handles at once.")] = 4
    service_minutes: Annotated[int, Meta(ge=1, description="Waiting time for a person that is still good service.")] = 5
    undo_seconds: Annotated[
        int,
        Meta(ge=0, le=60, description="How long a reply written at the desk can be undone before it is sent."),
    ] = 5
    allowed_origins: Annotated[
        tuple[str, ...],
        Meta(description="Web sites that may embed the widget, as https://host; empty means any."),
    ] = ()
    alexa_skill: Annotated[
        str,
        Meta(
            pattern=r"^(amzn1\.ask\.skill\.[0-9a-f-]{36})?$",
            description="The id of the tenant's own Alexa skill, as amzn1.ask.skill.…; empty: no skill is heard.",
        ),
    ] = ""
    accent: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$", description="Accent colour of the widget.")] = "#0f6b5c"
    accent_dark: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$", description="Accent colour on dark ground.")] = "#5fd0b8"
    effort_in_red: Annotated[
        bool,
        Meta(
            description="In a flood (red) the devices of visitors whom nobody knows are asked for a second of work; "
            "whoever's does it may wait in line for a person, everybody else is answered as before."
        ),
    ] = True
    article_review: Annotated[
        bool, Meta(description="Articles are published by somebody who did not write them (four eyes).")
    ] = False
    language_model: Annotated[
        tuple[Literal["answer", "rephrase", "summary", "slots"], ...],
        Meta(
            description="What the installation's language model may do: answer (from articles, in its own words), "
            "rephrase (an article's answer), summary (for whoever takes over), slots (suggest which of a question's "
            "options an unclear answer means). It gets masked text. Empty: nothing."
        ),
    ] = ()
    procedure_review: Annotated[
        bool, Meta(description="Procedures are put in force by somebody who did not write them (four eyes).")
    ] = False
    second_person_for: Annotated[
        tuple[Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}$")], ...],
        Meta(
            max_length=200,
            description="Operations of the core system that a second person has to agree to, beside those that it "
            "names itself, as close_account.",
        ),
    ] = ()
    agreement_hours: Annotated[
        int, Meta(ge=1, le=720, description="How long a second person has to agree to something before it is given up.")
    ] = 72
    public_contacts: Annotated[
        tuple[str, ...], Meta(description="The tenant's own public name, numbers, addresses and links: never masked.")
    ] = ()
    masking: Annotated[
        dict[str, dict[str, MaskingAction]],
        Meta(
            description='What becomes of a kind on a channel (`*`: all, `desk`: what staff write), as {"PIN": '
            '{"webchat": "refuse"}}: mask, keep_last_four, drop, refuse or block.'
        ),
    ] = {}
    own_kinds: Annotated[
        tuple[OwnKind, ...],
        Meta(
            max_length=MOST_OWN_KINDS,
            description="Kinds of the tenant's own, each with name, words, patterns, check, context and action.",
        ),
    ] = ()
    greetings: Annotated[dict[str, str], Meta(description="First words of the web chat per language.")] = {}
    privacy_notices: Annotated[dict[str, str], Meta(description="Privacy notice of the web chat per language.")] = {}
    crisis_help: Annotated[
        dict[str, str],
        Meta(
            description="Per language, where somebody who may want to hurt themselves finds help at any hour, such as "
            '"Emergency number: 112"; said behind the words of the language pack, which name no number.'
        ),
    ] = {}
    closed_channels: Annotated[
        tuple[str, ...], Meta(description="Channels that take no messages now, by their ids.")
    ] = ()
    time_zone: Annotated[
        str, Meta(pattern="^[A-Za-z0-9_+/-]{1,60}$", description="Time zone of the opening hours (IANA name).")
    ] = "UTC"
    hours: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="When people answer: mon to sun, each with spans such as 09:00-17:30; empty means always."),
    ] = {}
    closed_days: Annotated[tuple[str, ...], Meta(description="Days off whatever the weekday, as 2026-12-25.")] = ()
    cost_currency: Annotated[
        str, Meta(pattern="^[A-Z]{3}$", description="Currency of costs, as EUR; rehearsals of floods are told in it.")
    ] = "EUR"
    cost_person_minute: Annotated[
        float, Meta(ge=0, le=10_000, description="What a minute of a colleague's time costs.")
    ] = 0.75
    cost_bot_minute: Annotated[
        float, Meta(ge=0, le=10_000, description="What a minute costs that the bot spends with somebody.")
    ] = 0.02
    cost_lost_customer: Annotated[
        float, Meta(ge=0, le=1_000_000, description="What a customer costs who is helped by nobody.")
    ] = 12.0
