"""The forms of the routing plan: what is shown and sent back unchanged changes nothing, and what cannot be is named."""

from typing import Any

import pytest

from doorward.doors.web.desk.plan.parts import PARTS, Shelf, find_part, key_of, mark_of, moved, read_part
from doorward.doors.web.desk.plan.sheets import SHEETS, profile_fields, read_profile, read_sheet, sheet_fields
from doorward.routing import AgentProfile, Lane, PlannedQueue, RoutingPlan, ServiceLevel, Team
from doorward.vocabulary.ids import StaffId
from doorward.vocabulary.reply import Need

QUEUE = PlannedQueue(name="cards", overflow_to="default", overflow_seconds=60, hold_seconds=5)
TEAM = Team(
    name="night",
    queues=("cards", "default"),
    members=(StaffId("01" * 13),),
    time_zone="Asia/Jakarta",
    hours={"mon": ("08:00-12:00", "13:00-17:00"), "sun": ("00:00-24:00",)},
    closed_days=("2026-12-25",),
)
LANE = Lane(
    reasons=("risk_high",),
    intents=("card_stolen",),
    channels=("webchat",),
    languages=("de", "tr"),
    queue="cards",
    priority=-2,
    needs=(Need(skill="fraud", level=2, wanted=3), Need(skill="loans")),
)
LEVEL = ServiceLevel(name="Fast ones", queues=("cards",), priorities=(2, -1), first_minutes=5, warn_at=0.29)
PLAN = RoutingPlan(
    queues=(QUEUE,),
    teams=(TEAM,),
    skills=("fraud", "loans"),
    lanes=(LANE, Lane()),
    weights={"webchat": 2},
    patience={"webchat": 1.5},
    service_levels=(LEVEL, ServiceLevel(name="All", in_hours=False)),
    callback_minutes=9,
)


@pytest.mark.parametrize(
    ("shelf", "piece"), [("queues", QUEUE), ("teams", TEAM), ("lanes", LANE), ("levels", LEVEL), ("lanes", Lane())]
)
def test_a_form_sent_back_as_it_was_makes_the_same_piece(shelf: Shelf, piece: Any) -> None:
    """Nothing is lost or rounded on the way through the page."""
    assert read_part(shelf, PARTS[shelf].fields(piece)) == (piece, "")


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_sent_back_as_it_was_makes_the_same_plan(sheet: Any) -> None:
    """So does what the plan says once."""
    assert read_sheet(sheet, sheet_fields(sheet, PLAN), PLAN) == (PLAN, "")


@pytest.mark.parametrize(
    ("shelf", "fields", "wrong"),
    [
        ("queues", {"name": "Cards!"}, "name"),
        ("queues", {"name": "cards", "overflow_seconds": "soon"}, "overflow_seconds"),
        ("queues", {"name": "cards", "hold_seconds": "-1"}, "hold_seconds"),
        ("teams", {"name": "night", "mon": "17:00-08:00"}, "mon"),
        ("teams", {"name": "night", "time_zone": "Mars/Base"}, "time_zone"),
        ("teams", {"name": "night", "closed_days": "tomorrow"}, "closed_days"),
        ("lanes", {"queue": "cards", "priority": "9"}, "priority"),
        ("levels", {"name": "x" * 61}, "name"),
        ("levels", {"name": "Fast", "warn_at": "0"}, "warn_at"),
        ("levels", {"name": "Fast", "next_minutes": "1.5"}, "next_minutes"),
    ],
)
def test_the_field_that_cannot_be_is_named(shelf: Shelf, fields: dict[str, str], wrong: str) -> None:
    """So that the page says it beside the field."""
    assert read_part(shelf, fields) == (None, wrong)


def test_the_field_of_a_channel_that_cannot_be_is_named() -> None:
    """Each channel has fields of its own, and so has each language and skill of a person."""
    assert read_sheet("channels", {"weight-webchat": "1", "weight-api": "21"}, PLAN) == (None, "weight-api")
    assert read_sheet("channels", {"patience-api": "long"}, PLAN) == (None, "patience-api")
    assert read_sheet("skills", {"skills": "fraud\nTwo words"}, PLAN) == (None, "skills")
    assert read_profile({"language-de": "3", "most-webchat": "51"}) == (None, "most-webchat")
    profile = AgentProfile(languages={"de": 3}, skills={"fraud": 1}, most={"webchat": 0})
    assert read_profile(profile_fields(profile)) == (profile, "")


def test_pieces_are_known_by_name_or_by_what_they_say() -> None:
    """Names stay; a way is another one as soon as a word of it changes."""
    assert key_of("queues", QUEUE) == "cards"
    assert find_part(PLAN, "lanes", mark_of(LANE)) == 0
    assert find_part(PLAN, "lanes", mark_of(Lane(priority=1))) is None
    assert mark_of(LANE) != mark_of(Lane())


def test_pieces_move_a_step() -> None:
    """At the end they stay."""
    assert moved("abc", 2, "up") == ("a", "c", "b")
    assert moved("abc", 0, "down") == ("b", "a", "c")
    assert moved("abc", 0, "up") == moved("abc", 0, "up") == ("a", "b", "c")
    assert moved("abc", 2, "down") == ("a", "b", "c")
