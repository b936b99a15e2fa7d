"""Chatwoot: the answers of its Conversations, Messages, Contacts and Agents interfaces (version 1).

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
    words,
)
from doorward.flow.importing.vendors.port import FindPerson
from doorward.vocabulary.text import WildText

_LISTS: Final[Mapping[str, Section | None]] = {
    "payload": None,
    "conversations": "conversations",
    "contacts": "people",
    "agents": "people",
}
_NAMES: Final[Mapping[str, Section]] = {"contact": "people", "agent": "people", "message": "messages"}
_KINDS: Final[Mapping[str, str]] = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}


class Chatwoot:
    """Reads what Chatwoot's interface gives. Contacts and agents are numbered apart: agents are found as `agent/N`."""

    shape = Shape(lists=_LISTS, names=_NAMES)
    statuses: Mapping[str, Target] = {
        "open": "open",
        "pending": "open",
        "snoozed": "open",
        "resolved": "resolved",
    }

    def person(self, record: Record, *, listed: str) -> Person:
        """Return who a contact or an agent is."""
        return _person(record, is_agent=listed.startswith("agent"))

    def id_of(self, record: Record, *, listed: str) -> str:
        """Return the id of a conversation, a contact or an agent."""
        found = id_of(record, "id")
        return f"agent/{found}" if found and listed.startswith("agent") else found

    def parent_of(self, record: Record) -> str:
        """Return the conversation of a message."""
        return id_of(record, "conversation_id")

    def past(self, record: Record, *, apart: Sequence[Record], find_person: FindPerson) -> Past:
        """Return a conversation."""
        if not {"meta", "messages", "inbox_id", "contact"} & record.keys():
            raise Refused("not_a_conversation")
        sender = part(record, "meta", "sender") or part(record, "contact")
        customer = _person(sender) if sender else find_person(id_of(record, "contact_id")) or Person()
        holder = part(record, "meta", "assignee") or part(record, "assignee")
        listed = [*parts(record, "messages"), *apart]
        said = [one for one in listed if _kind(one) in {"incoming", "outgoing", "template"}]
        return Past(
            id=id_of(record, "id"),
            status=text_of(record, "status"),
            customer=customer,
            assignee=text_of(holder, "email"),
            messages=tuple(_messages(said, find_person)),
            opened_at=moment(record, "created_at", "timestamp"),
            changed_at=moment(record, "last_activity_at", "updated_at", "timestamp"),
            labels=words(record, "labels"),
            fields=_fields(record),
            via=text_of(part(record, "meta"), "channel").removeprefix("Channel::"),
            skipped=len(listed) - len(said),
        )


def _person(record: Record, *, is_agent: bool = False) -> Person:
    return Person(
        id=id_of(record, "id"),
        name=text_of(record, "name", "available_name"),
        email=text_of(record, "email"),
        phone=text_of(record, "phone_number"),
        reference="" if is_agent else id_of(record, "identifier"),
        is_agent=is_agent,
    )


def _kind(message: Record) -> str:
    kind = text_of(message, "message_type")
    return _KINDS.get(kind, kind)


def _messages(said: Sequence[Record], find_person: FindPerson) -> Iterator[PastMessage]:
    for place, message in enumerate(said):
        note = flag(message, "private", otherwise=False)
        author = _author(message, note=note)
        yield PastMessage(
            key=id_of(message, "id") or f"at {place}",
            author=author,
            at=moment(message, "created_at"),
            text=WildText(body(message, plain=("content",), marked=())),
            is_note=note,
            writer=_writer(message, find_person) if author == "agent" else "",
            files=tuple(_files(message)),
        )


def _author(message: Record, *, note: bool) -> Author:
    kinds = {text_of(message, "sender_type").casefold(), text_of(part(message, "sender"), "type").casefold()}
    if _kind(message) == "template" or kinds & {"agentbot", "agent_bot", "captain::assistant"}:
        return "bot" if not note else "agent"
    return "customer" if _kind(message) == "incoming" and not note else "agent"


def _writer(message: Record, find_person: FindPerson) -> str:
    told = text_of(part(message, "sender"), "email")
    if told:
        return told
    found = find_person(f"agent/{id_of(message, 'sender_id') or id_of(part(message, 'sender'), 'id')}")
    return found.email if found else ""


def _files(message: Record) -> Iterator[PastFile]:
    for attached in parts(message, "attachments"):
        address = text_of(attached, "data_url")
        yield PastFile(
            id=id_of(attached, "id"),
            name=text_of(attached, "file_name") or address.partition("?")[0].rpartition("/")[2],
            data=decoded(attached.get("data")),
        )


def _fields(record: Record) -> dict[str, str]:
    priority = text_of(record, "priority")
    return flat(part(record, "custom_attributes")) | ({"priority": priority} if priority else {})
