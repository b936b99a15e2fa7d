"""Machine customers: what they do within their owners' mandates, through the same gates as anybody."""

from doorward.flow.machines.acting import MachineRooms, Machines
from doorward.flow.machines.approved import ApprovedActs
from doorward.flow.machines.book import MachineBook, OrderKind, OrderKinds
from doorward.flow.machines.granting import EndedFor, MandateForm, OwnMandates
from doorward.flow.machines.requests import MachineAct, MachineAnswer
from doorward.flow.machines.speaking import MandateSpeaking

__all__ = [
    "ApprovedActs",
    "EndedFor",
    "MachineAct",
    "MachineAnswer",
    "MachineBook",
    "MachineRooms",
    "Machines",
    "MandateForm",
    "MandateSpeaking",
    "OrderKind",
    "OrderKinds",
    "OwnMandates",
]
