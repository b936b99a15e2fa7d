"""Table: what was offered to whom, and what they said."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from doorward.kit.db import UtcTime, metadata

offer_table = Table(
    "nudge_offer",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("party_id", Text, nullable=False),
    Column("nudge", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Which rule of the policy let it be offered, with its version; empty where a member of staff offered it.
    Column("rule", Text, nullable=False),
    Column("offered_at", UtcTime, nullable=False),
    Column("answered_at", UtcTime),
    Column("solved_at", UtcTime),
    # Minor units that the customer has of it once it is solved.
    Column("value", BigInteger),
)

Index("ix_nudge_offer_conversation", offer_table.c.tenant_id, offer_table.c.conversation_id, offer_table.c.id)
Index("ix_nudge_offer_party", offer_table.c.tenant_id, offer_table.c.party_id, offer_table.c.offered_at)
Index("ix_nudge_offer_offered_at", offer_table.c.tenant_id, offer_table.c.offered_at)
