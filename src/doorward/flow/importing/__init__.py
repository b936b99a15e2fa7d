"""Importing from other desks: exports of Zendesk, Freshdesk, Chatwoot and Zammad, and CSV of any origin.

An export is looked through once (`looking`): its records are found (`reading`) and their places noted (`places`), so
that memory stays the same whatever it holds. Then customers are registered (`people`), and conversations are read by
their format (`vendors`, `mapping`), made ready, which is where everything that people wrote is screened (`preparing`),
and written to the ledger at their own times (`lines`, `writing`). What is done is written down as it is done
(`unfinished`), so that a run that was killed goes on where it stopped.
"""

from doorward.flow.importing.journey import Imported, Importing, ImportOrder, ImportRooms, Tell
from doorward.flow.importing.mapping import Mapped, read_mapping
from doorward.flow.importing.previewing import AgentRow, Preview, PreviewConversation, PreviewLine, StatusRow, preview
from doorward.flow.importing.tally import ImportTally
from doorward.flow.importing.terms import CHANNEL, REASONS, VENDORS, LeftOut, Reason, Target, VendorName

__all__ = [
    "CHANNEL",
    "REASONS",
    "VENDORS",
    "AgentRow",
    "ImportOrder",
    "ImportRooms",
    "ImportTally",
    "Imported",
    "Importing",
    "LeftOut",
    "Mapped",
    "Preview",
    "PreviewConversation",
    "PreviewLine",
    "Reason",
    "StatusRow",
    "Target",
    "Tell",
    "VendorName",
    "preview",
    "read_mapping",
]
