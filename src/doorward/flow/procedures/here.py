"""Where a procedure is at: whose message, in which conversation, in which language, on which day."""

from datetime import date

import msgspec

from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """What everything that is done for a customer goes by.

    `acting` is the party whose proofs of who they are count, None where nobody proved anything. `party_id` is who
    speaks, by whatever right; nothing is ever done in its name. `text` is what was said, empty where nothing was.
    `moment` names what it comes from (a message, a job), so that its effects are done once.
    """

    scope: Scope
    conversation_id: ConversationId
    party_id: PartyId
    acting: PartyId | None
    moment: str
    language: str
    today: date
    text: MaskedText = MaskedText("")
