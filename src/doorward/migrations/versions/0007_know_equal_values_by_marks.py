"""Know equal values by marks that die with their party, and take those that did not out of the ledger."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "protection_likeness",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "message_id", "place", name=op.f("pk_protection_likeness")),
    )
    with op.batch_alter_table("protection_likeness", schema=None) as batch_op:
        batch_op.create_index("ix_protection_likeness_epoch", ["tenant_id", "epoch"], unique=False)
        batch_op.create_index("ix_protection_likeness_mark", ["tenant_id", "mark"], unique=False)
        batch_op.create_index("ix_protection_likeness_party", ["tenant_id", "party_id"], unique=False)
    _forget_old_digests(op.get_bind())


_KEY = ("tenant_id", "conversation_id", "seq")


def _forget_old_digests(connection: sa.Connection) -> None:
    """Take the keyed hashes of values out of the findings in the ledger: their key was never to be destroyed."""
    entry = sa.table("record_entry", *(sa.column(name) for name in (*_KEY, "data")))
    key = sa.tuple_(*(entry.c[name] for name in _KEY))
    shortened = (
        sa.update(entry)
        .where(*(entry.c[name] == sa.bindparam(f"its_{name}") for name in _KEY))
        .values(data=sa.bindparam("shorter"))
    )
    holding = sa.select(entry).where(entry.c.data.like('%"findings":%"digest":%')).order_by(*key).limit(500)
    rows = connection.execute(holding).all()
    while rows:
        connection.execute(
            shortened,
            [{f"its_{name}": getattr(row, name) for name in _KEY} | {"shorter": _short(row.data)} for row in rows],
        )
        rows = connection.execute(holding.where(key > tuple(getattr(rows[-1], name) for name in _KEY))).all()


def _short(text: str) -> str:
    data = json.loads(text)
    for finding in data["findings"]:
        finding.pop("digest", None)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
