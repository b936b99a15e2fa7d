"""What can be told, and which facts of it leave the house: nothing that is not named here."""

from collections.abc import Mapping
from typing import Final

import msgspec

TEST: Final = "webhook.test"
"""What somebody sends to see whether a receiver listens."""


FLOOD: Final = "flood.changed"
"""What is no line of any conversation: how things stand with floods has changed."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of event: when it is told, which facts go with it, and whether it has a text (masked)."""

    when: str
    facts: tuple[str, ...] = ()
    has_text: bool = False


_PROMISED: Final = ("clock", "level", "queue", "priority", "since", "due_at", "used_seconds", "target_seconds")

EVENTS: Final[Mapping[str, Event]] = {
    "conversation.opened": Event(when="A conversation began.", facts=("channel", "language")),
    "conversation.resolved": Event(when="A conversation was ended by a colleague."),
    "message.customer": Event(when="A customer or visitor wrote.", facts=("language",), has_text=True),
    "message.bot": Event(when="The assistant, or the house itself, wrote.", facts=("language",), has_text=True),
    "message.agent": Event(when="A colleague wrote to the customer.", facts=("language",), has_text=True),
    "message.refused": Event(when="A message was refused for what was in it.", facts=("channel", "kinds")),
    "handoff.requested": Event(when="A conversation waits for a person.", facts=("reason", "queue", "priority")),
    "handoff.assigned": Event(when="A colleague has the conversation now.", facts=("staff_id",)),
    "handoff.passed": Event(when="A colleague handed it to another one or back.", facts=("by", "to", "queue")),
    "handoff.returned": Event(when="The conversation is the assistant's again."),
    "identity.raised": Event(when="A customer proved who they are.", facts=("level", "factor")),
    "attachment.received": Event(
        when="A file was handed in, or sent to the customer.",
        facts=("attachment_id", "media_type", "size", "state", "author"),
    ),
    "attachment.scanned": Event(when="A file was scanned.", facts=("attachment_id", "state")),
    "attachment.prepared": Event(
        when="A colleague attached a file to a reply that is not sent yet.",
        facts=("attachment_id", "media_type", "size", "state"),
    ),
    "attachment.withdrawn": Event(when="Such a file was taken away again.", facts=("attachment_id",)),
    "attachment.noted": Event(
        when="A colleague attached a file to a private note.", facts=("attachment_id", "media_type", "size", "state")
    ),
    "feedback.given": Event(when="A customer said whether they were helped.", facts=("helpful",)),
    "callback.requested": Event(when="A customer wants to be called."),
    "deletion.requested": Event(when="A customer wants their data deleted."),
    "appeal.made": Event(when="A customer objected to a decision.", facts=("seq", "rule")),
    "transcript.requested": Event(when="A customer had a transcript mailed."),
    "note.written": Event(when="A colleague wrote a private note; its words stay here.", facts=("mentions",)),
    "labels.changed": Event(when="Labels were put on or taken off.", facts=("added", "removed")),
    "attributes.changed": Event(when="A field of the company's own was changed; read it by the interface."),
    "status.changed": Event(when="A status of the company's own was set.", facts=("status",)),
    "priority.changed": Event(when="A conversation became more or less urgent.", facts=("priority",)),
    "queue.changed": Event(when="A conversation that waits stands in another queue.", facts=("queue", "team")),
    "conversation.snoozed": Event(when="A conversation was put off.", facts=("until",)),
    "conversation.woken": Event(when="A conversation that was put off is back.", facts=("why",)),
    "reply.scheduled": Event(when="A reply waits for its time; it is told as message.agent then.", facts=("send_at",)),
    "reply.cancelled": Event(when="A reply that waited was taken back."),
    "task.added": Event(when="Something is to be done later.", facts=("task_id", "due_at", "assignee")),
    "task.changed": Event(when="A task was changed or done.", facts=("task_id", "due_at", "assignee", "done")),
    "conversation.merged": Event(when="A conversation goes on in another one.", facts=("into",)),
    "conversation.absorbed": Event(when="Another conversation goes on in this one.", facts=("from",)),
    "conversation.separated": Event(when="A conversation that went on in another one is one of its own again."),
    "handoff.invited": Event(when="A colleague was asked to have a conversation.", facts=("to",)),
    "handoff.declined": Event(when="A colleague who was asked does not take a conversation.", facts=("to",)),
    "conversation.parted": Event(when="Some lines went into a conversation of their own.", facts=("into", "lines")),
    "service.warned": Event(when="A promise is about to be broken.", facts=_PROMISED),
    "service.breached": Event(when="A promise was broken.", facts=_PROMISED),
    "callback.offered": Event(when="Somebody who waits for long was offered a call-back.", facts=("minutes",)),
    "callback.withdrawn": Event(when="A customer took back that they want to be called."),
    "agreement.asked": Event(
        when="A second person has to agree before something is done.", facts=("agreement", "operation", "procedure")
    ),
    "agreement.given": Event(when="A second person agreed.", facts=("agreement", "operation", "procedure")),
    "agreement.refused": Event(
        when="A second person refused, or the customer called it off; why stays here.",
        facts=("agreement", "operation", "procedure"),
    ),
    FLOOD: Event(
        when="The level of flood control changed, or somebody switched or overrode it; no conversation is named.",
        facts=("change_id", "cause", "before", "after", "measured", "needed_people", "needed_bot"),
    ),
    "machine.asked": Event(
        when="A machine asked for something within its owner's mandate.", facts=("capability", "kind", "use")
    ),
    "agreement.expired": Event(when="Nobody decided in time.", facts=("agreement", "operation", "procedure")),
}
"""Every event by its type, which is the kind of the ledger's line (but for `FLOOD`)."""

WITHHELD: Final[Mapping[str, str]] = {
    "assessment.made": "how risky somebody seems is the house's own business",
    "review.written": "how a colleague's work was judged stays in the house",
    "review.answered": "what they said to it, too",
    "procedure.acted": "what the core system did is the core system's own to tell",
    "decision.made": "rules and the facts that they rest on are read where they can be explained",
}
"""Kinds of lines that are told to nobody, and why. A kind that is in neither list is not told either."""
