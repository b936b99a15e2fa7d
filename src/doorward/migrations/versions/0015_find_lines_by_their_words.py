"""Find lines by their words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE VIRTUAL TABLE record_line_words USING fts5(
        terms, content='record_line', content_rowid='id', tokenize='ascii', detail=none, columnsize=0, prefix='6 7')""",
    """CREATE TRIGGER record_line_written AFTER INSERT ON record_line BEGIN
        INSERT INTO record_line_words (rowid, terms) VALUES (new.id, new.terms); END""",
    """CREATE TRIGGER record_line_removed AFTER DELETE ON record_line BEGIN
        INSERT INTO record_line_words (record_line_words, rowid, terms) VALUES ('delete', old.id, old.terms); END""",
)
POSTGRESQL = ("CREATE INDEX ix_record_line_terms ON record_line USING gin (terms)",)


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for.

    Lines that are in the ledger already are read by a job once the house has started (`doorward doctor` says how far).
    """
    op.create_table(
        "record_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_line")),
        sa.UniqueConstraint(
            "tenant_id", "conversation_id", "seq", name=op.f("uq_record_line_tenant_id_conversation_id_seq")
        ),
    )
    op.create_index("ix_record_line_tenant_id", "record_line", ["tenant_id", "id"], unique=False)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)
    op.create_table(
        "record_line_progress",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_record_line_progress")),
    )
