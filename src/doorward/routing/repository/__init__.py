"""Routing's SQL."""

from doorward.routing.repository.items import (
    all_items,
    assign_item,
    delete_item,
    find_item,
    held_items,
    insert_item,
    load_by_channel,
    load_by_staff,
    lock_queue,
    release_item,
    rename_item,
    waiting_items,
)
from doorward.routing.repository.plans import (
    find_last,
    find_lately,
    find_plan,
    profiles,
    save_last,
    save_lately,
    save_plan,
    save_profile,
)
from doorward.routing.repository.presence import find_presence, lapsed_before, present_staff, save_presence

__all__ = [
    "all_items",
    "assign_item",
    "delete_item",
    "find_item",
    "find_last",
    "find_lately",
    "find_plan",
    "find_presence",
    "held_items",
    "insert_item",
    "lapsed_before",
    "load_by_channel",
    "load_by_staff",
    "lock_queue",
    "present_staff",
    "profiles",
    "release_item",
    "rename_item",
    "save_last",
    "save_lately",
    "save_plan",
    "save_presence",
    "save_profile",
    "waiting_items",
]
