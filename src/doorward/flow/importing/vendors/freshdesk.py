"""Freshdesk: the answers of its Tickets, Conversations, Contacts and Agents interfaces (version 2).

The fields and their sources are told in docs/reference/import-formats.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from doorward.flow.importing.reading.export import Shape
from doorward.flow.importing.terms import Author, Past, PastFile, PastMessage, Person, Refused, Section, Target
from doorward.flow.importing.vendors.fields import (
    Record,
    body,
    decoded,
    flag,
    flat,
    id_of,
    moment,
    part,
    parts,
    text_of,
    titled,
    words,
)
from doorward.flow.importing.vendors.port import FindPerson
from doorward.vocabulary.text import WildText

_LISTS: Final[Mapping[str, Section | None]] = {
    "tickets": "conversations",
    "contacts": "people",
    "agents": "people",
    "results": None,
}
_NAMES: Final[Mapping[str, Section]] = {
    "contact": "people",
    "agent": "people",
    "conversation": "messages",
    "note": "messages",
}
_STATUSES: Final[Mapping[str, str]] = {"2": "open", "3": "pending", "4": "resolved", "5": "closed"}
_PRIORITIES: Final[Mapping[str, str]] = {"1": "low", "2": "medium", "3": "high", "4": "urgent"}
_SOURCES: Final[Mapping[str, str]] = {
    "1": "email",
    "2": "portal",
    "3": "phone",
    "7": "chat",
    "9": "feedback_widget",
    "10": "outbound_email",
}


class Freshdesk:
    """Reads what Freshdesk's interface gives."""

    shape = Shape(lists=_LISTS, names=_NAMES)
    statuses: Mapping[str, Target] = {
        "open": "open",
        "pending": "open",
        "resolved": "resolved",
        "closed": "resolved",
    }

    def person(self, record: Record, *, listed: str) -> Person:
        """Return who a contact or an agent is; what an agent is called stands in the agent's `contact`."""
        return _person(record, is_agent=listed.startswith("agent"))

    def id_of(self, record: Record, *, listed: str) -> str:
        """Return the id of a ticket, a contact or an agent."""
        return id_of(record, "id")

    def parent_of(self, record: Record) -> str:
        """Return the ticket of a reply or note."""
        return id_of(record, "ticket_id")

    def past(self, record: Record, *, apart: Sequence[Record], find_person: FindPerson) -> Past:
        """Return the conversation of a ticket."""
        if not {"requester_id", "requester", "subject", "description"} & record.keys():
            raise Refused("not_a_conversation")
        requester = part(record, "requester")
        requester_id = id_of(record, "requester_id") or id_of(requester, "id")
        customer = _person(requester) if requester else find_person(requester_id) or Person(id=requester_id)
        holder = find_person(id_of(record, "responder_id"))
        status, via = text_of(record, "status"), text_of(record, "source")
        return Past(
            id=id_of(record, "id"),
            status=_STATUSES.get(status, status),
            customer=customer,
            assignee=holder.email if holder else "",
            messages=tuple(_messages(record, [*parts(record, "conversations"), *apart], find_person)),
            opened_at=moment(record, "created_at"),
            changed_at=moment(record, "updated_at"),
            labels=words(record, "tags"),
            fields=_fields(record),
            via=_SOURCES.get(via, ""),
        )


def _person(record: Record, *, is_agent: bool = False) -> Person:
    named = part(record, "contact") or record
    return Person(
        id=id_of(record, "id"),
        name=text_of(named, "name"),
        email=text_of(named, "email"),
        phone=text_of(named, "phone", "mobile"),
        reference="" if is_agent else id_of(named, "unique_external_id"),
        language=text_of(named, "language"),
        is_agent=is_agent,
    )


def _messages(record: Record, replies: Sequence[Record], find_person: FindPerson) -> Iterator[PastMessage]:
    described = body(record, plain=("description_text",), marked=("description",))
    first = titled(text_of(record, "subject"), described)
    if first:
        outbound = text_of(record, "source") == "10"
        yield PastMessage(
            key="description",
            author="agent" if outbound else "customer",
            at=moment(record, "created_at"),
            text=WildText(first),
            files=tuple(_files(record)),
        )
    for place, reply in enumerate(replies):
        writer = find_person(id_of(reply, "user_id"))
        note = flag(reply, "private", otherwise=False)
        author: Author = "customer" if flag(reply, "incoming", otherwise=False) and not note else "agent"
        yield PastMessage(
            key=id_of(reply, "id") or f"at {place}",
            author=author,
            at=moment(reply, "created_at"),
            text=WildText(body(reply, plain=("body_text",), marked=("body",))),
            is_note=note,
            writer=writer.email if writer and author == "agent" else "",
            files=tuple(_files(reply)),
        )


def _files(record: Record) -> Iterator[PastFile]:
    for attached in parts(record, "attachments"):
        yield PastFile(
            id=id_of(attached, "id"),
            name=text_of(attached, "name"),
            media_type=text_of(attached, "content_type") or "application/octet-stream",
            data=decoded(attached.get("data")),
        )


def _fields(record: Record) -> dict[str, str]:
    priority = text_of(record, "priority")
    plain = {"priority": _PRIORITIES.get(priority, priority), "type": text_of(record, "type")}
    return flat(part(record, "custom_fields")) | {name: value for name, value in plain.items() if value}
