"""Routing: who waits for a person, who is there, and who gets whom."""

from doorward.routing.queue import (
    Presence,
    Waiting,
    assign,
    available_staff,
    enter_queue,
    leave_queue,
    lock_queue,
    place_in_queue,
    presence_of,
    retire_absent,
    set_presence,
    waiting_list,
)

__all__ = [
    "Presence",
    "Waiting",
    "assign",
    "available_staff",
    "enter_queue",
    "leave_queue",
    "lock_queue",
    "place_in_queue",
    "presence_of",
    "retire_absent",
    "set_presence",
    "waiting_list",
]
