"""Zendesk: its JSON export and the answers of its Tickets, Ticket Comments and Users interfaces.

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

_LISTS: Final[Mapping[str, Section | None]] = {"tickets": "conversations", "users": "people"}
_NAMES: Final[Mapping[str, Section]] = {"user": "people", "comment": "messages", "ticket_comment": "messages"}
_AGENTS: Final = frozenset({"agent", "admin"})


class Zendesk:
    """Reads what Zendesk exports."""

    shape = Shape(lists=_LISTS, names=_NAMES)
    statuses: Mapping[str, Target] = {
        "new": "open",
        "open": "open",
        "pending": "open",
        "hold": "open",
        "solved": "resolved",
        "closed": "resolved",
        "deleted": "skip",
    }

    def person(self, record: Record, *, listed: str) -> Person:
        """Return who a user is."""
        return _person(record)

    def id_of(self, record: Record, *, listed: str) -> str:
        """Return the id of a ticket or a user."""
        return id_of(record, "id")

    def parent_of(self, record: Record) -> str:
        """Return the ticket of a comment."""
        return id_of(record, "ticket_id")

    def past(self, record: Record, *, apart: Sequence[Record], find_person: FindPerson) -> Past:
        """Return the conversation of a ticket."""
        if not {"requester_id", "requester", "submitter_id", "subject", "description"} & record.keys():
            raise Refused("not_a_conversation")
        requester = part(record, "requester")
        requester_id = id_of(record, "requester_id") or id_of(requester, "id")
        customer = _person(requester) if requester else find_person(requester_id) or Person(id=requester_id)
        assignee = part(record, "assignee")
        holder = _person(assignee) if assignee else find_person(id_of(record, "assignee_id"))
        comments = [*parts(record, "comments"), *apart]
        return Past(
            id=id_of(record, "id"),
            status=text_of(record, "status"),
            customer=customer,
            assignee=holder.email if holder else "",
            messages=tuple(_messages(record, comments, requester_id, find_person)),
            opened_at=moment(record, "created_at"),
            changed_at=moment(record, "updated_at"),
            labels=words(record, "tags"),
            fields=dict(_fields(record)),
            via=text_of(part(record, "via"), "channel"),
        )


def _person(record: Record) -> Person:
    return Person(
        id=id_of(record, "id"),
        name=text_of(record, "name"),
        email=text_of(record, "email"),
        phone=text_of(record, "phone"),
        reference=id_of(record, "external_id"),
        language=text_of(record, "locale"),
        is_agent=text_of(record, "role") in _AGENTS,
    )


def _messages(
    record: Record, comments: Sequence[Record], requester_id: str, find_person: FindPerson
) -> Iterator[PastMessage]:
    subject = text_of(record, "subject", "raw_subject")
    if not comments:
        # A ticket without its comments still holds the first of them.
        first = WildText(titled(subject, text_of(record, "description")))
        yield PastMessage(key="description", author="customer", at=moment(record, "created_at"), text=first)
    for place, comment in enumerate(comments):
        public = flag(comment, "public", otherwise=True)
        embedded = part(comment, "author")
        writer = _person(embedded) if embedded else find_person(id_of(comment, "author_id"))
        author_id = id_of(comment, "author_id") or id_of(embedded, "id")
        author = _author(writer, is_requester=author_id == requester_id, public=public)
        written = body(comment, plain=("plain_body", "body"), marked=("html_body",))
        yield PastMessage(
            key=id_of(comment, "id") or f"at {place}",
            author=author,
            at=moment(comment, "created_at"),
            text=WildText(written if place else titled(subject, written)),
            is_note=not public,
            writer=writer.email if writer and author == "agent" else "",
            files=tuple(_files(comment)),
        )


def _author(writer: Person | None, *, is_requester: bool, public: bool) -> Author:
    """Return who wrote a comment: only agents write notes, and somebody in copy is on the customer's side."""
    if not public:
        return "agent"
    if is_requester:
        return "customer"
    return "customer" if writer and not writer.is_agent else "agent"


def _files(comment: Record) -> Iterator[PastFile]:
    for attached in parts(comment, "attachments"):
        yield PastFile(
            id=id_of(attached, "id"),
            name=text_of(attached, "file_name"),
            media_type=text_of(attached, "content_type") or "application/octet-stream",
            data=decoded(attached.get("data")),
        )


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    for field in (*parts(record, "custom_fields"), *parts(record, "fields")):
        values = words(field, "value")
        value = ", ".join(values) if values else flat(field).get("value", "")
        if value and id_of(field, "id"):
            yield id_of(field, "id"), value
    yield from ((name, value) for name, value in _plain(record) if value)


def _plain(record: Record) -> Iterator[tuple[str, str]]:
    for name in ("priority", "type"):
        yield name, text_of(record, name)
