"""Deleting all that identity knows of parties."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Table, delete, or_, select

from doorward.identity.tables import (
    assurance_table,
    ceremony_table,
    code_table,
    consent_table,
    customer_session_table,
    mail_table,
    mandate_approval_table,
    mandate_notice_table,
    mandate_table,
    mandate_use_table,
    pairing_table,
    party_table,
    passkey_table,
)
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope

_OF_OWNERS = (mandate_approval_table, mandate_notice_table, mandate_use_table, mandate_table, pairing_table)


def delete_parties(tx: Tx, scope: Scope, parties: Sequence[PartyId]) -> int:
    """Delete these parties with all that hangs on them; return how many rows."""
    sessions, ceremonies, codes = customer_session_table.c, ceremony_table.c, code_table.c
    wanted: tuple[tuple[Table, ColumnElement[bool]], ...] = (
        (assurance_table, assurance_table.c.party_id.in_(parties)),
        (ceremony_table, ceremonies.acting_id.in_(parties)),
        (code_table, or_(codes.party_id.in_(parties), codes.customer_id.in_(parties))),
        (consent_table, consent_table.c.customer_id.in_(parties)),
        (customer_session_table, or_(sessions.acting_id.in_(parties), sessions.customer_id.in_(parties))),
        (mail_table, mail_table.c.party_id.in_(parties)),
        (mandate_table, mandate_table.c.acting_id.in_(parties)),
        *((table, table.c.owner_id.in_(parties)) for table in _OF_OWNERS),
        (passkey_table, passkey_table.c.customer_id.in_(parties)),
        (party_table, party_table.c.id.in_(parties)),
    )
    return sum(
        int(tx.execute(delete(table).where(table.c.tenant_id == scope.tenant_id, theirs)).rowcount)
        for table, theirs in wanted
    )


def known_parties(tx: Tx, scope: Scope, parties: Sequence[PartyId]) -> frozenset[PartyId]:
    """Return which of these are parties here."""
    query = select(party_table.c.id).where(party_table.c.tenant_id == scope.tenant_id, party_table.c.id.in_(parties))
    return frozenset(PartyId(found) for found in tx.execute(query).scalars())
