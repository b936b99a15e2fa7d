"""The kinds of pieces a workspace is made of: the company's own words, nothing that comes from customers."""

from typing import Annotated, Any, Literal

import msgspec

from doorward.vocabulary.report import ReportKind

PieceKind = Literal["label", "attribute", "status", "reply", "macro", "view", "reason", "scorecard", "schedule"]
AttributeKind = Literal["text", "number", "date", "choice", "yes_no"]

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Words = Annotated[str, msgspec.Meta(max_length=500)]
ReplyText = Annotated[str, msgspec.Meta(min_length=1, max_length=8000)]
Address = Annotated[str, msgspec.Meta(pattern="^[^@\\s,;<>]+@[^@\\s,;<>]+$", max_length=254)]
Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}$")]

Colour = Literal["grey", "red", "orange", "green", "teal", "blue", "violet", "pink"]
"""By name, so that each theme draws a label in a shade of its own that can be read."""


class Label(msgspec.Struct, frozen=True, kw_only=True, tag="label"):
    """A word that conversations are marked with."""

    name: Name
    colour: Colour = "grey"
    description: Words = ""


class Attribute(msgspec.Struct, frozen=True, kw_only=True, tag="attribute"):
    """A field of conversations. `choices` are what a `choice` may be."""

    name: Name
    holds: AttributeKind = "text"
    choices: Annotated[tuple[Name, ...], msgspec.Meta(max_length=200)] = ()
    description: Words = ""


class Status(msgspec.Struct, frozen=True, kw_only=True, tag="status"):
    """A finer word for how a conversation stands. `pauses`: clocks of service levels stand still while it does."""

    name: Name
    pauses: bool = False
    description: Words = ""


class CannedReply(msgspec.Struct, frozen=True, kw_only=True, tag="reply"):
    """A reply that is written once: by language, with places such as `{customer}` that are filled in when it is used.

    `shortcut` is what is typed after a stroke to have it.
    """

    name: Name
    shortcut: Annotated[str, msgspec.Meta(pattern="^[\\w-]{1,40}$")]
    texts: Annotated[dict[Language, ReplyText], msgspec.Meta(min_length=1)]


class MacroStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a macro does: a verb of the desk and what it is done with."""

    verb: Literal["label", "unlabel", "priority", "status", "attribute", "note", "reply", "assign", "snooze", "resolve"]
    value: Any = None


class Macro(msgspec.Struct, frozen=True, kw_only=True, tag="macro"):
    """Several steps in order, done at once."""

    name: Name
    steps: Annotated[tuple[MacroStep, ...], msgspec.Meta(min_length=1, max_length=20)]
    description: Words = ""


class SavedView(msgspec.Struct, frozen=True, kw_only=True, tag="view"):
    """A list of conversations by a query, written as filters are kept: `state:human label:refund`.

    It is longer than filters may be that people write: views of earlier versions have grown.
    """

    name: Name
    query: Annotated[str, msgspec.Meta(max_length=2_000)]
    order: Literal["latest", "oldest", "unanswered", "priority"] = "latest"


class PresenceReason(msgspec.Struct, frozen=True, kw_only=True, tag="reason"):
    """Why somebody who is there takes no conversations, beside the reasons that every company has."""

    name: Name
    description: Words = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer answers: by `points` from 0 to `most`, or by yes and no; or that it does not apply.

    `weight` is what it counts for in the score. A `critical` one that is answered by no or 0 points fails the review.
    """

    key: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{0,59}$")]
    asks: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    answer: Literal["points", "yes_no"] = "yes_no"
    most: Annotated[int, msgspec.Meta(ge=1, le=10)] = 5
    weight: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    critical: bool = False


class Scorecard(msgspec.Struct, frozen=True, kw_only=True, tag="scorecard"):
    """By what a conversation is judged."""

    name: Name
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=50)]
    description: Words = ""


class ReportSchedule(msgspec.Struct, frozen=True, kw_only=True, tag="schedule"):
    """A report that is told of by mail: which, how often, at what local time, and to which addresses.

    `weekday` counts from Monday, 0, and is for weekly reports; `day` is for monthly ones. The mail holds a link alone.
    """

    name: Name
    report: ReportKind
    every: Literal["day", "week", "month"] = "week"
    weekday: Annotated[int, msgspec.Meta(ge=0, le=6)] = 0
    day: Annotated[int, msgspec.Meta(ge=1, le=28)] = 1
    at: Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "08:00"
    mail_to: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=20)]
    language: Language = "en"


Piece = Label | Attribute | Status | CannedReply | Macro | SavedView | PresenceReason | Scorecard | ReportSchedule
