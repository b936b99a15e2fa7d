"""Keep what machines may do for their owners, what they did, and what owners are asked."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    _mandates()
    _uses()
    _approvals()
    op.create_table(
        "identity_pairing",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("machine", Json(), nullable=True),
        sa.Column("capabilities", Json(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "digest", name=op.f("pk_identity_pairing")),
    )
    op.create_index("ix_identity_pairing_expires_at", "identity_pairing", ["expires_at"])
    op.create_table(
        "identity_mandate_notice",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("kinds", Json(), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("looked_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "mandate_id", name=op.f("pk_identity_mandate_notice")),
    )
    op.create_index("ix_identity_mandate_notice_looked_at", "identity_mandate_notice", ["tenant_id", "looked_at"])


def _mandates() -> None:
    op.create_table(
        "identity_mandate",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("acting_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("machine_hash", sa.LargeBinary(), nullable=True),
        sa.Column("open_hash", sa.LargeBinary(), nullable=True),
        sa.Column("terms", Json(), nullable=False),
        sa.Column("valid_from", UtcTime(), nullable=False),
        sa.Column("valid_until", UtcTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_mandate")),
        sa.UniqueConstraint("tenant_id", "open_hash", name=op.f("uq_identity_mandate_tenant_id_open_hash")),
    )
    op.create_index("ix_identity_mandate_owner", "identity_mandate", ["tenant_id", "owner_id"])
    op.create_index("ix_identity_mandate_machine", "identity_mandate", ["tenant_id", "machine_hash"])
    op.create_index("ix_identity_mandate_acting", "identity_mandate", ["tenant_id", "acting_id"])
    op.create_index("ix_identity_mandate_valid_until", "identity_mandate", ["valid_until"])


def _uses() -> None:
    op.create_table(
        "identity_mandate_use",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("capability", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_mandate_use")),
        sa.UniqueConstraint(
            "tenant_id", "mandate_id", "key_hash", name=op.f("uq_identity_mandate_use_tenant_id_mandate_id_key_hash")
        ),
    )
    op.create_index("ix_identity_mandate_use_owner", "identity_mandate_use", ["tenant_id", "owner_id"])
    op.create_index("ix_identity_mandate_use_at", "identity_mandate_use", ["at"])


def _approvals() -> None:
    op.create_table(
        "identity_mandate_approval",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("capability", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("parameters", Json(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_mandate_approval")),
        sa.UniqueConstraint(
            "tenant_id",
            "mandate_id",
            "key_hash",
            name=op.f("uq_identity_mandate_approval_tenant_id_mandate_id_key_hash"),
        ),
    )
    op.create_index("ix_identity_mandate_approval_owner", "identity_mandate_approval", ["tenant_id", "owner_id"])
    op.create_index("ix_identity_mandate_approval_asked_at", "identity_mandate_approval", ["asked_at"])
