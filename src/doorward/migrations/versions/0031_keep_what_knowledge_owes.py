"""Keep what knowledge owes: questions that are not ours, corrections, imports, and links to other sites."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "answering_dismissed_question",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", "seq", name=op.f("pk_answering_dismissed_question")),
    )
    op.create_index("ix_answering_dismissed_question_at", "answering_dismissed_question", ["tenant_id", "at"])
    op.create_index("ix_answering_dismissed_question_party", "answering_dismissed_question", ["tenant_id", "party_id"])
    op.create_table(
        "answering_correction",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("article_id", sa.String(26), nullable=True),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("wrong", Json(), nullable=False),
        sa.Column("rules", Json(), nullable=False),
        sa.Column("words", Json(), nullable=False),
        sa.Column("since", UtcTime(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("noted_at", UtcTime(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_answering_correction")),
    )
    op.create_index("ix_answering_correction_made_at", "answering_correction", ["tenant_id", "made_at"])
    op.create_table(
        "answering_correction_recipient",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("correction_id", sa.String(26), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("why", sa.String(64), nullable=False),
        sa.Column("told_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint(
            "tenant_id", "correction_id", "conversation_id", name=op.f("pk_answering_correction_recipient")
        ),
    )
    op.create_index(
        "ix_answering_correction_recipient_at",
        "answering_correction_recipient",
        ["tenant_id", "correction_id", "at"],
    )
    op.create_index(
        "ix_answering_correction_recipient_party", "answering_correction_recipient", ["tenant_id", "party_id"]
    )
    op.create_table(
        "answering_import",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("overtaken", sa.Integer(), nullable=False),
        sa.Column("refused", Json(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("noted_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_answering_import")),
    )
    op.create_index("ix_answering_import_noted_at", "answering_import", ["tenant_id", "noted_at"])
    op.create_table(
        "answering_import_article",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("import_id", sa.String(26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("standing", sa.String(16), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "import_id", "number", name=op.f("pk_answering_import_article")),
    )
    op.create_table(
        "answering_web_link",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("trouble", sa.String(16), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("looked_at", UtcTime(), nullable=True),
        sa.Column("wanted_by", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "digest", name=op.f("pk_answering_web_link")),
    )
    op.create_table(
        "answering_link_check",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcTime(), nullable=False),
        sa.Column("noted_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_answering_link_check")),
    )
