"""What people at the desk do with conversations: one module for each group of verbs, `Desk` for those of every day."""

from doorward.flow.desk.attaching import Attaching
from doorward.flow.desk.bulk import Bulk, BulkAct, BulkDone, Unchanged, UndoStep, Verb
from doorward.flow.desk.files import NewFile
from doorward.flow.desk.handing_over import LONGEST_NOTE, HandOver
from doorward.flow.desk.inviting import Inviting
from doorward.flow.desk.joining import Joining
from doorward.flow.desk.macros import MacroRun, Macros, RunWish, StepDone
from doorward.flow.desk.marking import MOST_AT_ONCE, Marked, Marking
from doorward.flow.desk.noting import Noting
from doorward.flow.desk.parting import MOST_LINES, Parting
from doorward.flow.desk.placing import Placing
from doorward.flow.desk.rooms import DeskRooms, Enclosed, FileRules, OwnWords, card_at, require_mine
from doorward.flow.desk.saying import CompanyOf, Saying
from doorward.flow.desk.sending import LaterReply, Sending
from doorward.flow.desk.snoozing import Snoozing
from doorward.flow.desk.tasks import NewTask, TaskChange, Tasks
from doorward.flow.desk.translating import TranslatedDraft, TranslatedLine, Translating
from doorward.flow.desk.verbs import Desk
from doorward.flow.desk.waking import NAPS, moment_at, wake_at, zone_named

__all__ = [
    "LONGEST_NOTE",
    "MOST_AT_ONCE",
    "MOST_LINES",
    "NAPS",
    "Attaching",
    "Bulk",
    "BulkAct",
    "BulkDone",
    "CompanyOf",
    "Desk",
    "DeskRooms",
    "Enclosed",
    "FileRules",
    "HandOver",
    "Inviting",
    "Joining",
    "LaterReply",
    "MacroRun",
    "Macros",
    "Marked",
    "Marking",
    "NewFile",
    "NewTask",
    "Noting",
    "OwnWords",
    "Parting",
    "Placing",
    "RunWish",
    "Saying",
    "Sending",
    "Snoozing",
    "StepDone",
    "TaskChange",
    "Tasks",
    "TranslatedDraft",
    "TranslatedLine",
    "Translating",
    "Unchanged",
    "UndoStep",
    "Verb",
    "card_at",
    "moment_at",
    "require_mine",
    "wake_at",
    "zone_named",
]
