from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.flow.importing.mapping import Columns, Mapped
from doorward.flow.importing.terms import VENDORS, Past, Person, Refused
from doorward.flow.importing.vendors import FORMATS
from doorward.flow.importing.vendors.fields import storable, time_of, titled
from tests.support.exports import AGENT, MAIL, zendesk_ticket, zendesk_users

MAPPED = Mapped(columns=Columns(conversation="c", text="t", at="a", author="w", email="e", labels="l"))
PEOPLE = {str(user["id"]): user for user in zendesk_users()}


def find_person(number: str) -> Person | None:
    """Find somebody of the Zendesk export."""
    return FORMATS["zendesk"](MAPPED).person(PEOPLE[number], listed="users") if number in PEOPLE else None


def zendesk(record: Mapping[str, Any]) -> Past:
    """Read a ticket."""
    return FORMATS["zendesk"](MAPPED).past(record, apart=(), find_person=find_person)


def test_a_comment_is_of_whom_wrote_it() -> None:
    """The requester and other end users are customers, agents are agents, and what is not public is a note."""
    past = zendesk(zendesk_ticket(1))
    assert [(one.author, one.is_note, one.writer) for one in past.messages] == [
        ("customer", False, ""),
        ("agent", False, AGENT),
        ("agent", True, "gone@acme.example"),
        ("customer", False, ""),
    ]
    copied = zendesk(zendesk_ticket(1, comments=[{"id": 1, "author_id": 502, "body": "in copy"}]))
    assert [one.author for one in copied.messages] == ["customer"]


def test_a_ticket_tells_of_its_people_and_fields() -> None:
    """Requester and assignee are found among the people; empty fields are none."""
    past = zendesk(zendesk_ticket(1, priority="urgent"))
    assert (past.customer.email, past.customer.reference, past.assignee) == (MAIL, "C-77001", AGENT)
    assert past.fields == {"360001": "gold", "priority": "urgent"}
    assert past.labels == ("vip", "refund")


def test_a_ticket_without_comments_has_its_description() -> None:
    """The description is what the customer said first."""
    past = zendesk(zendesk_ticket(1, comments=None))
    assert [(one.key, one.author) for one in past.messages] == [("description", "customer")]


def test_what_came_from_outside_shows_itself_nowhere() -> None:
    """Neither people nor conversations show what they hold."""
    past = zendesk(zendesk_ticket(1))
    assert MAIL not in repr(past) + repr(past.customer)
    assert "card" not in repr(past.messages)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-03-01T10:00:00Z", datetime(2024, 3, 1, 10, tzinfo=UTC)),
        ("2024-03-01T10:00:00.123+02:00", datetime(2024, 3, 1, 8, 0, 0, 123000, tzinfo=UTC)),
        ("2024-03-01 10:00:00 UTC", datetime(2024, 3, 1, 10, tzinfo=UTC)),
        (1_709_287_200, datetime(2024, 3, 1, 10, tzinfo=UTC)),
        ("1709287200", datetime(2024, 3, 1, 10, tzinfo=UTC)),
        (1_709_287_200_000, datetime(2024, 3, 1, 10, tzinfo=UTC)),
        (1_709_287_200.5, datetime(2024, 3, 1, 10, 0, 0, 500000, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        (10**30, None),
        (float("nan"), None),
        (True, None),
        ("", None),
        ([], None),
    ],
)
def test_times_are_read_however_they_are_written(value: Any, expected: datetime | None) -> None:
    """ISO 8601, seconds and milliseconds; what is no time is none."""
    assert time_of(value) == expected


def test_times_follow_a_pattern_and_a_zone() -> None:
    """A mapping says how a table writes its times."""
    assert time_of("01.03.2024 10:00", pattern="%d.%m.%Y %H:%M", zone=1.0) == datetime(2024, 3, 1, 9, tzinfo=UTC)


def test_what_no_database_keeps_is_replaced() -> None:
    """Zero characters and halves of surrogate pairs."""
    assert storable("a\0b\ud800c😀") == "a\ufffdb\ufffdc😀"
    assert storable("plain ü") == "plain ü"


def test_a_subject_is_said_once() -> None:
    """It stands before the text, unless the text begins with it."""
    assert titled("Broken", "It is") == "Broken\n\nIt is"
    assert titled("Broken", "Broken since May") == "Broken since May"
    assert titled("Broken", "") == "Broken"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
# fmt: off
NAMES = (
    "a", "articles", "assignee", "assignee_id", "attachments", "author", "author_id", "body", "c", "comments",
    "contact", "content", "conversations", "created_at", "custom_attributes", "custom_fields", "customer",
    "customer_id", "description", "e", "fields", "id", "l", "labels", "message_type", "messages", "meta", "owner",
    "owner_id", "preferences", "private", "public", "requester", "requester_id", "role", "role_ids", "roles",
    "sender", "sender_type", "state", "status", "subject", "t", "tags", "ticket_id", "title", "updated_at", "via",
    "w",
)
# fmt: on
records = st.dictionaries(
    st.sampled_from(NAMES), anything | st.lists(st.dictionaries(st.sampled_from(NAMES), anything))
)


@pytest.mark.parametrize("vendor", VENDORS)
@settings(max_examples=40, deadline=None)
@given(record=records, apart=st.lists(records, max_size=2))
def test_no_record_makes_a_format_raise(vendor: Any, record: dict[str, Any], apart: list[dict[str, Any]]) -> None:
    """Whatever a record holds in whichever field, it is read or refused, and holds nothing but text."""
    form = FORMATS[vendor](MAPPED)
    form.person(record, listed="agents")
    form.id_of(record, listed="")
    form.parent_of(record)
    try:
        past = form.past(record, apart=apart, find_person=lambda _: None)
    except Refused:
        return
    for value in (past.id, past.status, past.assignee, past.via, *past.labels, *past.fields, *past.fields.values()):
        msgspec.json.encode(value)
        assert "\0" not in value
