"""What people at the desk do with conversations: one module for each group of verbs, `Desk` for those of every day."""

from doorward.flow.desk.handing_over import LONGEST_NOTE, HandOver
from doorward.flow.desk.marking import MOST_AT_ONCE, Marked, Marking
from doorward.flow.desk.noting import Noting
from doorward.flow.desk.rooms import DeskRooms, card_at, require_mine
from doorward.flow.desk.sending import LaterReply, Sending
from doorward.flow.desk.snoozing import Snoozing
from doorward.flow.desk.tasks import NewTask, TaskChange, Tasks
from doorward.flow.desk.verbs import Desk

__all__ = [
    "LONGEST_NOTE",
    "MOST_AT_ONCE",
    "Desk",
    "DeskRooms",
    "HandOver",
    "LaterReply",
    "Marked",
    "Marking",
    "NewTask",
    "Noting",
    "Sending",
    "Snoozing",
    "TaskChange",
    "Tasks",
    "card_at",
    "require_mine",
]
