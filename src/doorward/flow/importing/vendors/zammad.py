"""Zammad: the answers of its Tickets, Articles and Users interfaces (version 1), expanded or not.

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
_NAMES: Final[Mapping[str, Section]] = {"user": "people", "article": "messages", "ticket_article": "messages"}
_STATES: Final[Mapping[str, str]] = {
    "1": "new",
    "2": "open",
    "3": "pending reminder",
    "4": "closed",
    "5": "merged",
    "6": "removed",
    "7": "pending close",
}
"""The states that an installation begins with, by their numbers there."""

_SENDERS: Final[Mapping[str, str]] = {"1": "Agent", "2": "Customer", "3": "System"}
_AGENT_ROLES: Final = frozenset({"Admin", "Agent"})
_AGENT_ROLE_NUMBERS: Final = frozenset({1, 2})
_NOBODY: Final = "1"
"""The user who stands for nobody."""

# fmt: off
_OWN: Final = frozenset({
    "id", "group_id", "priority_id", "state_id", "organization_id", "number", "title", "owner_id", "customer_id",
    "note", "first_response_at", "first_response_escalation_at", "first_response_in_min",
    "first_response_diff_in_min", "close_at", "close_escalation_at", "close_in_min", "close_diff_in_min",
    "update_escalation_at", "update_in_min", "update_diff_in_min", "last_close_at", "last_contact_at",
    "last_contact_agent_at", "last_contact_customer_at", "last_owner_update_at", "create_article_type_id",
    "create_article_sender_id", "article_count", "escalation_at", "pending_time", "time_unit", "preferences",
    "updated_by_id", "created_by_id", "created_at", "updated_at", "article_ids", "ticket_time_accounting_ids",
    "ticket_time_accounting", "group", "state", "organization", "owner", "customer", "create_article_type",
    "create_article_sender", "updated_by", "created_by", "articles", "tags", "checklist_id",
    "referencing_checklist_ids",
})
# fmt: on
"""The fields that every ticket has. What else stands in one is a field that the company added, `priority` or `type`."""


class Zammad:
    """Reads what Zammad's interface gives."""

    shape = Shape(lists=_LISTS, names=_NAMES)
    statuses: Mapping[str, Target] = {
        "new": "open",
        "open": "open",
        "pending reminder": "open",
        "pending close": "open",
        "closed": "resolved",
        "merged": "resolved",
        "removed": "skip",
    }

    def person(self, record: Record, *, listed: str) -> Person:
        """Return who a user is."""
        return _person(record)

    def id_of(self, record: Record, *, listed: str) -> str:
        """Return the id of a ticket or a user."""
        return id_of(record, "id")

    def parent_of(self, record: Record) -> str:
        """Return the ticket of an article."""
        return id_of(record, "ticket_id")

    def past(self, record: Record, *, apart: Sequence[Record], find_person: FindPerson) -> Past:
        """Return the conversation of a ticket."""
        if not {"title", "customer_id", "customer"} & record.keys():
            raise Refused("not_a_conversation")
        listed = [*parts(record, "articles"), *apart]
        said = [one for one in listed if _sender(one) != "System"]
        state = text_of(record, "state") or text_of(record, "state_id")
        return Past(
            id=id_of(record, "id"),
            status=_STATES.get(state, state),
            customer=_customer(record, find_person),
            assignee=_owner(record, find_person),
            messages=tuple(_messages(record, said, find_person)),
            opened_at=moment(record, "created_at"),
            changed_at=moment(record, "close_at", "updated_at"),
            labels=words(record, "tags"),
            fields=flat({name: value for name, value in record.items() if name not in _OWN}),
            via=text_of(record, "create_article_type"),
            skipped=len(listed) - len(said),
        )


def _person(record: Record) -> Person:
    roles = record.get("roles")
    numbers = record.get("role_ids")
    is_agent = bool(_AGENT_ROLES & {one for one in roles if isinstance(one, str)}) if isinstance(roles, list) else False
    if isinstance(numbers, list) and not roles:
        is_agent = bool(_AGENT_ROLE_NUMBERS & {one for one in numbers if isinstance(one, int)})
    return Person(
        id=id_of(record, "id"),
        name=" ".join(filter(None, (text_of(record, "firstname"), text_of(record, "lastname")))),
        email=text_of(record, "email"),
        phone=text_of(record, "phone", "mobile"),
        is_agent=is_agent,
    )


def _customer(record: Record, find_person: FindPerson) -> Person:
    """Return the customer: told whole, found by number, or known by the address alone, as an expanded ticket has it."""
    told = part(record, "customer")
    if told:
        return _person(told)
    found = find_person(id_of(record, "customer_id"))
    email = text_of(record, "customer")
    return found or Person(id=id_of(record, "customer_id"), email=email if "@" in email else "")


def _owner(record: Record, find_person: FindPerson) -> str:
    told = text_of(part(record, "owner"), "email") or text_of(record, "owner")
    if told:
        return told if "@" in told else ""
    number = id_of(record, "owner_id")
    found = find_person(number) if number != _NOBODY else None
    return found.email if found else ""


def _sender(article: Record) -> str:
    sender = text_of(article, "sender") or text_of(article, "sender_id")
    return _SENDERS.get(sender, sender)


def _messages(record: Record, said: Sequence[Record], find_person: FindPerson) -> Iterator[PastMessage]:
    subject = text_of(record, "title")
    if not said:
        yield PastMessage(key="title", author="customer", at=moment(record, "created_at"), text=WildText(subject))
    for place, article in enumerate(said):
        note = flag(article, "internal", otherwise=False)
        author: Author = "customer" if _sender(article) == "Customer" and not note else "agent"
        writer = find_person(id_of(article, "origin_by_id", "created_by_id"))
        told = text_of(article, "created_by")
        marked = text_of(article, "content_type") == "text/html"
        written = body(article, plain=() if marked else ("body",), marked=("body",))
        yield PastMessage(
            key=id_of(article, "id") or f"at {place}",
            author=author,
            at=moment(article, "created_at"),
            text=WildText(written if place else titled(subject, written)),
            is_note=note,
            writer="" if author != "agent" else writer.email if writer else told if "@" in told else "",
            files=tuple(_files(article)),
        )


def _files(article: Record) -> Iterator[PastFile]:
    for attached in parts(article, "attachments"):
        yield PastFile(
            id=id_of(attached, "id"),
            name=text_of(attached, "filename"),
            media_type=text_of(part(attached, "preferences"), "Mime-Type", "Content-Type")
            or text_of(attached, "mime-type")
            or "application/octet-stream",
            data=decoded(attached.get("data")),
        )
