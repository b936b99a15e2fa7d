"""One-time codes and the mail that carries them."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from doorward.identity.repository.inserting import replace
from doorward.identity.tables import code_table, mail_table
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope


def replace_code(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Put a code in place of the one that its acting party had."""
    replace(tx, scope, code_table, values)


def take_attempt(tx: Tx, scope: Scope, party_id: PartyId) -> Any | None:
    """Use up one attempt at the party's code and return the code, or None when there is none that is good.

    One statement: of guesses made at once, none comes for free.
    """
    statement = (
        update(code_table)
        .where(
            code_table.c.tenant_id == scope.tenant_id,
            code_table.c.party_id == party_id,
            code_table.c.attempts_left > 0,
            code_table.c.expires_at > tx.now,
        )
        .values(attempts_left=code_table.c.attempts_left - 1)
        .returning(code_table)
    )
    return tx.execute(statement).first()


def delete_code(tx: Tx, scope: Scope, party_id: PartyId) -> None:
    """Forget the party's code."""
    tx.execute(delete(code_table).where(code_table.c.tenant_id == scope.tenant_id, code_table.c.party_id == party_id))


def insert_mail(tx: Tx, scope: Scope, values: dict[str, Any]) -> None:
    """Add a sealed mail that waits to be sent."""
    tx.execute(insert(mail_table).values(tenant_id=scope.tenant_id, **values))


def find_mail(tx: Tx, scope: Scope, mail_id: str) -> Any | None:
    """Return a sealed mail, or None when it is gone."""
    query = select(mail_table).where(mail_table.c.tenant_id == scope.tenant_id, mail_table.c.id == mail_id)
    return tx.execute(query).first()


def delete_mail(tx: Tx, scope: Scope, mail_id: str) -> None:
    """Forget a mail."""
    tx.execute(delete(mail_table).where(mail_table.c.tenant_id == scope.tenant_id, mail_table.c.id == mail_id))
