"""Know the authorization servers whose access tokens a company takes from machines."""

import sqlalchemy as sa
from alembic import op

from doorward.kit.db.types import Json, UtcTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step. There is no step back: that is what a backup is for."""
    op.create_table(
        "identity_token_issuer",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("jwks_uri", sa.Text(), nullable=False),
        sa.Column("algorithms", Json(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_identity_token_issuer")),
        sa.UniqueConstraint("tenant_id", "issuer", name=op.f("uq_identity_token_issuer_tenant_id_issuer")),
    )
