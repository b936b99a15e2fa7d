"""What a company's office holds when its pictures are taken: plan, rules, webhooks, schedules, reviews."""

import contextlib
from collections.abc import Callable
from typing import Any, Final

from tools.screens.member import Member, Refused

PIECES: Final[dict[str, dict[str, Any]]] = {
    "reasons/branch": {"type": "reason", "name": "At a branch", "description": "Helping out at the counter."},
    "schedules/weekly": {
        "type": "schedule",
        "name": "Contacts of the week",
        "report": "volume",
        "every": "week",
        "weekday": 0,
        "at": "07:30",
        "mail_to": ["leads@halden.example", "nadia@halden.example"],
    },
    "schedules/monthly": {
        "type": "schedule",
        "name": "How content customers were",
        "report": "satisfaction",
        "every": "month",
        "day": 1,
        "mail_to": ["board@halden.example"],
    },
}
OWN: Final[dict[str, dict[str, Any]]] = {
    "replies/closing": {
        "type": "reply",
        "name": "Goodbye",
        "shortcut": "bye",
        "texts": {"en": "Thank you for writing, {customer}. Have a good day!\n\n{agent}, {company}"},
    },
    "views/mine-abroad": {"type": "view", "name": "Abroad", "query": "label:dispute state:human", "order": "priority"},
    "macros/stop-card": {
        "type": "macro",
        "name": "Stop a card",
        "description": "Labels, answers, and closes.",
        "steps": [
            {"verb": "label", "value": "card"},
            {"verb": "reply", "value": {"reply": "card-stopped"}},
            {"verb": "note", "value": "Stopped by the core system at once."},
            {"verb": "resolve"},
        ],
    },
}
RULES: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Fraud comes first",
        "on": "message.understood",
        "when": [{"fact": "risk", "operator": "at_least", "value": 0.7}],
        "then": [{"do": "add_label", "value": "fraud"}, {"do": "set_priority", "value": 2}],
    },
    {
        "name": "Half a day without an answer",
        "on": "conversation.unanswered",
        "after_minutes": 240,
        "when": [{"fact": "state", "operator": "is", "value": "human"}],
        "then": [{"do": "write_note", "value": "The customer has waited for four hours: please write."}],
        "enabled": False,
    },
    {
        "name": "Disputes to their queue",
        "on": "label.added",
        "when": [{"fact": "labels", "operator": "has", "value": "dispute"}],
        "then": [{"do": "set_queue", "value": "disputes"}],
    },
)
WEBHOOKS: Final[tuple[dict[str, Any], ...]] = (
    {"url": "https://203.0.113.10/doorward", "name": "Customer records", "with_text": True},
    {
        "url": "https://198.51.100.7/a/long/path/to/the/data/warehouse/of/the/group/events",
        "name": "Data warehouse",
        "events": ["conversation.opened", "conversation.resolved"],
        "mail_to": "it@halden.example",
    },
)
"""Addresses that are kept for documentation (RFC 5737): nothing ever arrives there."""


def furnish(member: Member) -> None:
    """Set up what the office's pages show; what is refused is said and left out."""
    works: tuple[Callable[[Member], None], ...] = (
        _floods,
        _pieces,
        _plan,
        _person,
        _rules,
        _webhooks,
        _machines,
        _settings,
        _draft,
    )
    for work in works:
        with contextlib.suppress(Refused):
            work(member)


def review(member: Member, *, most: int = 3) -> None:
    """Review conversations that are over, by the first scorecard. Raises `Refused`."""
    card = member.get("/workspace/scorecards")["items"][0]
    for at, drawn in enumerate(member.get(f"/review-sample?size={most}&seed=screens")["items"]):
        answers = {
            one["key"]: (one["most"] - at if one["answer"] == "points" else 1) for one in card["piece"]["questions"]
        }
        words = "Kind, quick, and the customer knew at every moment what happens next." if at != 1 else ""
        body = {"scorecard": card["key"], "answers": answers, "comment": words}
        member.send("POST", f"/conversations/{drawn['conversation_id']}/reviews", body)


def _pieces(member: Member) -> None:
    for path, piece in PIECES.items():
        member.send("PUT", f"/workspace/{path}", {"piece": piece})
    for path, piece in OWN.items():
        member.send("PUT", f"/workspace/{path}?mine=true", {"piece": piece})


def _plan(member: Member) -> None:
    people = [one["staff_id"] for one in member.get("/routing/agents")["items"]]
    plan = {
        "queues": [{"name": "cards", "hold_seconds": 60}, {"name": "disputes", "overflow_to": "cards"}],
        "skills": ["cards", "disputes", "merchants"],
        "teams": [
            {
                "name": "branch-berlin",
                "queues": ["cards", "disputes"],
                "members": people[:3],
                "time_zone": "Europe/Berlin",
                "hours": {day: ["08:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
                "closed_days": ["2026-12-25", "2027-01-01"],
            },
            {"name": "nights", "queues": ["cards"], "members": people[2:4], "time_zone": "Asia/Jakarta"},
        ],
        "lanes": [
            {"intents": ["card-lost"], "queue": "cards", "priority": 2, "needs": [{"skill": "cards", "level": 2}]},
            {"languages": ["tr", "de"], "channels": ["webchat"], "queue": "disputes"},
        ],
        "service_levels": [
            {"name": "Everybody", "first_minutes": 5, "next_minutes": 15, "resolution_minutes": 480, "in_hours": False},
            {"name": "Cards", "queues": ["cards"], "first_minutes": 2, "next_minutes": 5},
        ],
        "callback_minutes": 10,
    }
    member.replace("/routing/plan", plan)


def _person(member: Member) -> None:
    staff_id = member.get("/routing/agents")["items"][0]["staff_id"]
    profile = {"languages": {"en": 3, "de": 1}, "skills": {"cards": 3, "disputes": 1}, "most": {"webchat": 3}}
    member.send("PUT", f"/routing/agents/{staff_id}", profile)


def _rules(member: Member) -> None:
    member.replace("/automation/rules", {"rules": list(RULES)})


def _webhooks(member: Member) -> None:
    for wish in WEBHOOKS:
        made = member.send("POST", "/webhooks", wish)
        member.send("POST", f"/webhooks/{made['webhook']['id']}/test")


def _machines(member: Member) -> None:
    for host, state in (
        ("assistants.example", "allowed"),
        ("printers.example", "allowed"),
        ("spam.example", "refused"),
    ):
        member.send("PUT", f"/machine-platforms/{host}", {"state": state})
    key = {"platform": "till-7.shops.example", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    member.send("POST", "/machine-keys", key)
    member.send("POST", f"/machine-keys/{'A' * 43}/revocation")


def _floods(member: Member) -> None:
    member.send("POST", "/preparedness/rehearsal")


def _settings(member: Member) -> None:
    hours = {day: ["09:00-12:30", "13:30-20:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    member.send("PATCH", "/settings", {"hours": hours | {"sat": ["10:00-14:00"]}, "closed_days": ["2026-12-25"]})
    own = {"name": "CONTRACT", "patterns": ["HB-[0-9]{6}"], "context": ["contract"]}
    masking = {"PIN": {"webchat": "refuse"}, "IBAN": {"*": "keep_last_four"}}
    member.send("PATCH", "/settings", {"own_kinds": [own], "masking": masking})


def _draft(member: Member) -> None:
    article = member.get("/articles")["items"][0]
    member.replace(
        f"/articles/{article['id']}/draft",
        {
            "title": f"{article['title']} (new)",
            "summary": "What to do first, and what happens then.",
            "keywords": ["new"],
            "sections": [],
        },
    )
