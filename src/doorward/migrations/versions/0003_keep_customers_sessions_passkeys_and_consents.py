"""Keep customers' sessions, passkeys and consents."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "identity_ceremony",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("acting_id", sa.Text(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "digest", "purpose", name=op.f("pk_identity_ceremony")),
    )
    with op.batch_alter_table("identity_ceremony", schema=None) as batch_op:
        batch_op.create_index("ix_identity_ceremony_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "identity_consent",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_consent")),
    )
    with op.batch_alter_table("identity_consent", schema=None) as batch_op:
        batch_op.create_index("ix_identity_consent_customer", ["tenant_id", "customer_id"], unique=False)

    op.create_table(
        "identity_customer_session",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("acting_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_customer_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_customer_session_token_hash")),
    )
    with op.batch_alter_table("identity_customer_session", schema=None) as batch_op:
        batch_op.create_index("ix_identity_customer_session_ends_at", ["ends_at"], unique=False)
        batch_op.create_index("ix_identity_customer_session_of", ["tenant_id", "customer_id"], unique=False)

    op.create_table(
        "identity_passkey",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_passkey")),
        sa.UniqueConstraint("tenant_id", "credential_id", name=op.f("uq_identity_passkey_tenant_id_credential_id")),
    )
    with op.batch_alter_table("identity_passkey", schema=None) as batch_op:
        batch_op.create_index("ix_identity_passkey_customer", ["tenant_id", "customer_id"], unique=False)

    with op.batch_alter_table("record_audit", schema=None) as batch_op:
        batch_op.create_index("ix_record_audit_object", ["tenant_id", "object_id"], unique=False)
