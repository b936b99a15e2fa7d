"""What is written down: lines of the conversation ledger, and lines of the audit."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from doorward.vocabulary.ids import ConversationId, MessageId, PartyId
from doorward.vocabulary.scope import Actor
from doorward.vocabulary.text import MaskedText

EntryKind = Literal[
    "conversation.opened",
    "message.customer",
    "message.bot",
    "message.agent",
    "message.refused",
    "assessment.made",
    "decision.made",
    "handoff.requested",
    "handoff.assigned",
    "handoff.passed",
    "handoff.returned",
    "handoff.invited",
    "handoff.declined",
    "conversation.resolved",
    "identity.raised",
    "attachment.received",
    "attachment.scanned",
    "attachment.prepared",
    "attachment.withdrawn",
    "attachment.noted",
    "feedback.given",
    "callback.requested",
    "deletion.requested",
    "appeal.made",
    "transcript.requested",
    "note.written",
    "labels.changed",
    "attributes.changed",
    "status.changed",
    "priority.changed",
    "queue.changed",
    "conversation.snoozed",
    "conversation.woken",
    "reply.scheduled",
    "reply.cancelled",
    "task.added",
    "task.changed",
    "conversation.merged",
    "conversation.absorbed",
    "conversation.separated",
    "conversation.parted",
    "service.warned",
    "service.breached",
    "callback.offered",
    "callback.withdrawn",
    "review.written",
    "review.answered",
    "procedure.acted",
    "machine.asked",
    "agreement.asked",
    "agreement.given",
    "agreement.refused",
    "agreement.expired",
]
"""What a line of the ledger can say. Whatever is not listed in `flow.views.transcript.SHOWN` no customer ever sees.

A colleague is asked by `handoff.invited` (`by`, `to`; text for them alone); `handoff.declined` ends that, and so does
whoever gets the conversation: by `handoff.passed` with `warm` where they accept. What staff do beside talking, with the
data of each: `note.written` (text; `mentions`, ids of staff; `whispered` to whoever has the conversation),
`labels.changed` (`added`, `removed`, keys of labels),
`attributes.changed` (`values`, by key; None takes one away), `status.changed` (`status`, a key or empty; `pauses` where
clocks of service levels stand still from here on; `conversation.resolved` and `handoff.returned` take such a one away
with `status` empty), `queue.changed` (`queue`, and the `team` if it was that which was
asked for), `priority.changed` (`priority`, -1 to 2), `conversation.snoozed` (`until`, ISO 8601, UTC),
`conversation.woken` (`why`),
`reply.scheduled` (text, message id; `send_at`, `unless_heard`, `undoable`, `own`), `reply.cancelled` (message id; the
`message.agent` with that id is the reply sent), `task.added` (text; `task_id`, `due_at`, `assignee`), `task.changed`
(`task_id` and what changes of `due_at`, `assignee`, `done`), `conversation.merged` (`into`, and how it stood), in the
other one `conversation.absorbed` (`from`), in both `conversation.separated` where that is undone, `conversation.parted`
(`into`, `lines`: numbers of what was said that went there), `attachment.prepared` (text: the name; a file that a reply
will bring, no business of the customer's before it is sent as `attachment.received` with `author` `agent`),
`attachment.withdrawn` (`attachment_id`; it is not sent, and its content is gone: somebody took it away, or the house,
once it had lain there for long), `attachment.noted` (as `attachment.prepared`; a file that a note brings, which no
customer ever sees). A `message.agent` or `note.written` whose text is empty brings files alone, in the lines behind it.

By itself the house writes `service.warned` before a promise is broken and `service.breached` once it is (`clock`,
`level`, `queue`, `priority`, `since`, `used_seconds`, `target_seconds`, and while it may be kept `due_at`), each once a
promise, and `callback.offered` (text; `minutes`, where a wait can be told) to who waits for long. A customer who asked
for one (`callback.requested`) takes that back by `callback.withdrawn` (text) as long as they wait.

A `message.agent` that is a translation holds in `own` (`text`, `spans`, `language`) what the agent wrote, masked.
What a rule caused holds `by_rule` besides: the rule's `name` then, and `chain`, the ids of the rules that led to it,
its own the last.

A `message.bot` with the `action` `crowd.answered` is one answer of a colleague's to all who write about one problem.
A `message.bot` that puts right what was wrong before has the `action` `correction.told`, the `correction`'s id, and in
`words` the language of the company's own words in it.

What a procedure had the company's core system do for the customer is `procedure.acted` (`procedure` and `version`, the
`step`, the `operation`, its `outcome`, the `level` of the grant, the `run`): names and codes, no value. Its outcome is
`unanswered` where nobody knows whether it was done; what came of it is a line of its own. A `message.bot` of a
procedure holds in `procedure` its `id`, what it `awaits`, of which `kind` and for which `slot`, and the `outcome` if it
is over; what a core system told of people is masked in its text and in its `choices`, which have `spans` then. Where a
second person has to agree, `agreement.asked` says so, and then `agreement.given`, `agreement.refused` (text: why, of
either) or `agreement.expired`, each with the `agreement`, the `operation`, the `procedure` and the `run`.

What a machine asked for in its owner's name is `machine.asked` (text; the `capability`, the `kind` of an order, the
`use` within the mandate). It holds in `by_machine` who it was: the `mandate`, the `platform` that vouches for it, and
the `name` that its owner gave it, masked; so does the `conversation.opened` of what a machine began.

Of a review, which only those who review and the one who was reviewed read: `review.written` (text; `review_id`,
`staff_id` of the reviewed, `scorecard`, a key, `name` and `questions` of it as they were, `answers`, `score`,
`failed`), `review.answered` (text; `review_id`).
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a conversation's append-only ledger.

    `key` makes it idempotent: the same key in the same conversation is written once. `text` is masked. `data` holds
    JSON values: ids, codes, scores, and words that Doorward or the company wrote, never a customer's raw words.
    """

    kind: EntryKind
    conversation_id: ConversationId
    party_id: PartyId
    key: str
    at: datetime
    actor: Actor
    text: MaskedText | None = None
    message_id: MessageId | None = None
    data: dict[str, Any] = {}


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit: who did what to which object, which fields; ids and names of fields only (law 8)."""

    action: str
    object_kind: str
    object_id: str
    fields: tuple[str, ...] = ()
    reason: str | None = None
