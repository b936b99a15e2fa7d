"""Help for agents beside a conversation: an answer to begin with, the next step, a summary. Nothing of it is sent by
itself.
"""

from doorward.flow.assist.answers import SuggestedAnswer
from doorward.flow.assist.assisting import Assist, Assisting, AssistRooms
from doorward.flow.assist.sentences import PickedSentence
from doorward.flow.assist.steps import ProcedureProgress
from doorward.flow.assist.summary import AlreadyTried, ConversationSummary, StillOpen

__all__ = [
    "AlreadyTried",
    "Assist",
    "AssistRooms",
    "Assisting",
    "ConversationSummary",
    "PickedSentence",
    "ProcedureProgress",
    "StillOpen",
    "SuggestedAnswer",
]
