"""Routing: who waits for a person, who is there, and who gets whom."""

from doorward.routing.queue import (
    Presence,
    PresenceState,
    Waiting,
    assign,
    available_staff,
    enter_queue,
    leave_queue,
    lock_queue,
    pass_to,
    place_in_queue,
    presence_of,
    put_back,
    retire_absent,
    set_presence,
    staff_load,
    waiting_list,
)

__all__ = [
    "Presence",
    "PresenceState",
    "Waiting",
    "assign",
    "available_staff",
    "enter_queue",
    "leave_queue",
    "lock_queue",
    "pass_to",
    "place_in_queue",
    "presence_of",
    "put_back",
    "retire_absent",
    "set_presence",
    "staff_load",
    "waiting_list",
]
