"""Made-up exports of other desks, in the formats that their vendors document. Every value in them is ours."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

CARD = "4111 1111 1111 1111"
"""What no database may hold readable, as it stands in exports."""

CARD_DIGITS = "4111111111111111"
MAIL = "johanna.weissenfels@mail.example"
PHONE = "+49 171 5550123"
NAME = "Johanna Weissenfels"
CANARIES = (CARD, CARD_DIGITS, MAIL, PHONE, NAME, "Weissenfels")
"""Values that only sealed places may hold after an import."""

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
AGENT = "mira@acme.example"

Ticket = dict[str, Any]


def times(number: int) -> str:
    """Return a time in 2024, a minute later for each number."""
    return f"2024-03-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00Z"


def zendesk_users() -> list[Ticket]:
    """Return two customers, one with the company's own number, and two agents, one of whom works here."""
    return [
        {
            "id": 501,
            "name": NAME,
            "email": MAIL,
            "phone": PHONE,
            "role": "end-user",
            "external_id": "C-77001",
            "locale": "de",
        },
        {"id": 502, "name": "Otto Kern", "email": "otto@mail.example", "role": "end-user", "external_id": None},
        {"id": 901, "name": "Mira", "email": AGENT, "role": "agent"},
        {"id": 902, "name": "Gone", "email": "gone@acme.example", "role": "admin"},
    ]


def zendesk_ticket(number: int, *, status: str = "closed", requester: int = 501, **more: Any) -> Ticket:
    """Return a ticket with a customer's comment, an agent's, a note, and the customer's again."""
    at = 10 * number
    return {
        "id": number,
        "subject": f"Order {number}",
        "description": f"My card is {CARD}",
        "status": status,
        "requester_id": requester,
        "assignee_id": 901,
        "created_at": times(at),
        "updated_at": times(at + 5),
        "tags": ["vip", "refund"],
        "custom_fields": [{"id": 360001, "value": "gold"}, {"id": 360002, "value": None}],
        "via": {"channel": "email"},
        "comments": [
            {
                "id": 10 * number + 1,
                "author_id": requester,
                "public": True,
                "plain_body": f"My card is {CARD}, call {PHONE}",
                "created_at": times(at),
                "attachments": [
                    {"id": 7000 + number, "file_name": "receipt.png", "content_type": "image/png", "size": len(PNG)}
                ],
            },
            {
                "id": 10 * number + 2,
                "author_id": 901,
                "public": True,
                "html_body": "<p>Thank you,<br>we look into it.</p>",
                "created_at": times(at + 1),
            },
            {
                "id": 10 * number + 3,
                "author_id": 902,
                "public": False,
                "body": f"Looks like fraud, card {CARD}",
                "created_at": times(at + 2),
            },
            {
                "id": 10 * number + 4,
                "author_id": requester,
                "public": True,
                "body": f"It works again. {NAME}",
                "created_at": times(at + 3),
            },
        ],
        **more,
    }


def lines_of(records: Iterable[Any]) -> bytes:
    """Return records one a line."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def zendesk_export(folder: Path, count: int = 3, *, tickets: Sequence[Any] | None = None) -> Path:
    """Write an export of Zendesk with a file of tickets, one of users, and a folder of attachments."""
    folder.mkdir(exist_ok=True)
    made = [zendesk_ticket(number) for number in range(1, count + 1)] if tickets is None else tickets
    (folder / "tickets.json").write_bytes(lines_of(made))
    (folder / "users.json").write_bytes(lines_of(zendesk_users()))
    (folder / "attachments").mkdir(exist_ok=True)
    (folder / "attachments" / "7001").write_bytes(PNG)
    return folder


def freshdesk_export(folder: Path) -> Path:
    """Write what Freshdesk's interface gives: tickets with their conversations, contacts, agents."""
    folder.mkdir(exist_ok=True)
    ticket = {
        "id": 20,
        "subject": "Delayed delivery",
        "description": f"<div>Where is it? My card: {CARD}</div>",
        "description_text": f"Where is it? My card: {CARD}",
        "status": 4,
        "priority": 3,
        "source": 1,
        "requester_id": 31,
        "responder_id": 91,
        "tags": ["delivery"],
        "custom_fields": {"cf_plan": "gold", "cf_empty": None},
        "created_at": times(0),
        "updated_at": times(9),
        "conversations": [
            {
                "id": 1,
                "body_text": "It is on its way.",
                "incoming": False,
                "private": False,
                "user_id": 91,
                "created_at": times(1),
            },
            {
                "id": 2,
                "body": "<div>Check the depot</div>",
                "incoming": False,
                "private": True,
                "user_id": 91,
                "created_at": times(2),
            },
        ],
    }
    open_ticket = {
        "id": 21,
        "subject": "Second",
        "description_text": "Please call me back",
        "status": 2,
        "requester": {"id": 31, "name": NAME, "email": MAIL},
        "created_at": times(30),
        "updated_at": times(30),
    }
    contacts = [{"id": 31, "name": NAME, "email": MAIL, "phone": PHONE, "unique_external_id": "C-77002"}]
    agents = [{"id": 91, "contact": {"name": "Mira", "email": AGENT}}]
    reply = {"id": 5, "ticket_id": 21, "body_text": "From apart", "incoming": True, "created_at": times(31)}
    (folder / "tickets-1.json").write_text(json.dumps([ticket, open_ticket], indent=1))
    (folder / "contacts.json").write_text(json.dumps(contacts))
    (folder / "agents.json").write_text(json.dumps(agents))
    (folder / "conversations-21.json").write_text(json.dumps([reply, {"id": 6, "ticket_id": 99, "body_text": "lost"}]))
    return folder


def chatwoot_export(folder: Path) -> Path:
    """Write what Chatwoot's interface gives: a page of conversations with their messages, and contacts."""
    folder.mkdir(exist_ok=True)
    start = 1_709_280_000
    conversation = {
        "id": 88,
        "status": "open",
        "inbox_id": 2,
        "created_at": start,
        "last_activity_at": start + 300,
        "labels": ["billing"],
        "custom_attributes": {"order": "A-9"},
        "meta": {
            "channel": "Channel::WebWidget",
            "sender": {"id": 5, "name": NAME, "email": MAIL, "phone_number": PHONE, "identifier": None},
            "assignee": {"id": 5, "name": "Mira", "email": AGENT},
        },
        "messages": [
            {"id": 1, "content": f"Card {CARD}", "message_type": 0, "created_at": start, "private": False},
            {"id": 2, "content": "Conversation was reopened", "message_type": 2, "created_at": start + 60},
            {
                "id": 3,
                "content": "Hello, I am a bot",
                "message_type": 1,
                "created_at": start + 70,
                "sender_type": "AgentBot",
            },
            {
                "id": 4,
                "content": "I will help",
                "message_type": 1,
                "created_at": start + 200,
                "sender": {"id": 5, "type": "user", "email": AGENT},
            },
            {
                "id": 5,
                "content": "a note",
                "message_type": 1,
                "private": True,
                "created_at": start + 250,
                "sender": {"id": 5, "type": "user", "email": AGENT},
            },
        ],
    }
    page = {"data": {"meta": {"all_count": 1}, "payload": [conversation]}}
    (folder / "conversations.json").write_text(json.dumps(page))
    contacts = {"meta": {"count": 1}, "payload": [{"id": 5, "name": NAME, "email": MAIL, "phone_number": PHONE}]}
    (folder / "contacts.json").write_text(json.dumps(contacts))
    return folder


def zammad_export(folder: Path) -> Path:
    """Write what Zammad's interface gives: tickets, users, and articles that stand apart."""
    folder.mkdir(exist_ok=True)
    tickets = [
        {
            "id": 3,
            "number": "22003",
            "title": "Router is offline",
            "state_id": 4,
            "owner_id": 9,
            "customer_id": 6,
            "created_at": times(0),
            "updated_at": times(8),
            "close_at": times(7),
            "tags": ["network"],
            "contract": "C-12",
        }
    ]
    users = [
        {"id": 6, "firstname": "Johanna", "lastname": "Weissenfels", "email": MAIL, "phone": PHONE, "role_ids": [3]},
        {"id": 9, "firstname": "Mira", "lastname": "", "email": AGENT, "role_ids": [1, 2]},
    ]
    articles = [
        {
            "id": 31,
            "ticket_id": 3,
            "body": f"It is offline.<br>Card {CARD}",
            "content_type": "text/html",
            "sender": "Customer",
            "internal": False,
            "created_by_id": 6,
            "created_at": times(0),
        },
        {
            "id": 32,
            "ticket_id": 3,
            "body": "Try again",
            "content_type": "text/plain",
            "sender": "Agent",
            "internal": False,
            "created_by_id": 9,
            "created_at": times(4),
        },
        {
            "id": 33,
            "ticket_id": 3,
            "body": "hm",
            "content_type": "text/plain",
            "sender": "Agent",
            "internal": True,
            "created_by_id": 9,
            "created_at": times(5),
        },
    ]
    (folder / "tickets.json").write_text(json.dumps(tickets))
    (folder / "users.json").write_text(json.dumps(users))
    (folder / "articles.json").write_bytes(lines_of(articles))
    return folder


CSV_MAPPING = """
[csv]
encoding = "windows-1252"
separator = ";"
time = "%d.%m.%Y %H:%M"
zone = 1.0

[columns]
conversation = "Ticket"
text = "Text"
at = "Zeit"
author = "Wer"
email = "Mail"
name = "Name"
status = "Status"
assignee = "Bearbeiter"
labels = "Marken"

[authors]
"Kunde" = "customer"
"Team" = "agent"
"Notiz" = "note"

[statuses]
"erledigt" = "resolved"

[fields]
"Vertrag" = "contract"
"""


def csv_export(folder: Path) -> tuple[Path, Path]:
    """Write a table with quoting, in another encoding, its rows in no order; return it and its mapping."""
    folder.mkdir(exist_ok=True)
    rows = [
        "Ticket;Text;Zeit;Wer;Mail;Name;Status;Bearbeiter;Marken;Vertrag",
        f'1;"Wo ist ""mein"" Gerät?\nKarte {CARD}";01.03.2024 10:00;Kunde;{MAIL};{NAME};offen;;eilig, post;V-1',
        "2;Danke;02.03.2024 09:00;Kunde;otto@mail.example;Otto;erledigt;;;",
        f"1;Kommt morgen;01.03.2024 11:00;Team;{MAIL};{NAME};erledigt;{AGENT};;V-1",
        "1;zu wenig Zellen",
        f'3;"nie geschlossen;01.03.2024 11:00;Kunde;{MAIL};{NAME};erledigt;;;',
    ]
    table, mapping = folder / "tickets.csv", folder / "mapping.toml"
    table.write_bytes("\n".join(rows).encode("windows-1252"))
    mapping.write_text(CSV_MAPPING, encoding="utf-8")
    return table, mapping


EXPORTS: Mapping[str, Callable[[Path], Path]] = {
    "zendesk": zendesk_export,
    "freshdesk": freshdesk_export,
    "chatwoot": chatwoot_export,
    "zammad": zammad_export,
}
"""What writes an export of each vendor that needs no mapping."""
