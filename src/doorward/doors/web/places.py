"""What stands in the places of canned texts: who is answered, who answers, and for which company."""

from collections.abc import Mapping
from typing import Final

from doorward.bootstrap import House
from doorward.flow.desk import card_at
from doorward.identity import Principal
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import ConversationId

PLACES: Final = ("customer", "agent", "company")
"""The places there are, as they are written between braces."""


async def places_of(house: House, principal: Principal, conversation_id: ConversationId) -> Mapping[str, str]:
    """Return what each place says in a conversation. Raises `NotFound`.

    The customer is the short code by which the desk tells customers apart: no name is given away by filling it in.
    """
    scope = principal.scope

    def read(tx: Tx) -> Mapping[str, str]:
        card = card_at(tx, scope, conversation_id)
        company = house.identity.tenants.tenant(tx, scope).name
        return {"customer": card.party_id[-4:].upper(), "agent": principal.name, "company": company}

    return await house.transactions.read_async(read)
