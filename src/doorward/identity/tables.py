"""Identity's tables. What is personal is sealed or a keyed hash; tokens and codes are kept as hashes only."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from doorward.kit.db import Json, UtcTime, metadata

tenant_table = Table(
    "identity_tenant",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("widget_key", Text, nullable=False, unique=True),
    Column("settings", Json, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

host_table = Table(
    "identity_host",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("host", Text, primary_key=True),
    UniqueConstraint("host"),
)

host_key_table = Table(
    "identity_host_key",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("algorithm", Text, nullable=False),
    # A shared secret is sealed under a secret of the tenant; a public key is nobody's secret.
    Column("sealed_secret", LargeBinary),
    Column("public_key", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime),
)

host_token_table = Table(
    "identity_host_token",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", UtcTime, nullable=False),
)
Index("ix_identity_host_token_expires_at", host_token_table.c.expires_at)

party_table = Table(
    "identity_party",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reference", Text),
    Column("language", Text),
    Column("sealed_profile", LargeBinary),
    Column("email_hash", LargeBinary),
    Column("linked_to", Text),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("tenant_id", "reference"),
)
Index("ix_identity_party_email", party_table.c.tenant_id, party_table.c.email_hash)
Index("ix_identity_party_linked_to", party_table.c.tenant_id, party_table.c.linked_to)

assurance_table = Table(
    "identity_assurance",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("party_id", Text, primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("factor", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

code_table = Table(
    "identity_code",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    # The acting party: asking anew replaces the code, so that only the newest is good.
    Column("party_id", Text, primary_key=True),
    Column("code_id", Text, nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    Column("customer_id", Text),
    Column("attempts_left", Integer, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
Index("ix_identity_code_expires_at", code_table.c.expires_at)

mail_table = Table(
    "identity_mail",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    # Whose key seals it; whether anybody gets it is inside, so that the rows of known and unknown addresses look alike.
    Column("party_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
Index("ix_identity_mail_expires_at", mail_table.c.expires_at)

staff_table = Table(
    "identity_staff",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("username", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("languages", Json, nullable=False),
    Column("password_hash", Text),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("tenant_id", "username"),
)

attempt_table = Table(
    "identity_attempt",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False),
)
Index("ix_identity_attempt_last_at", attempt_table.c.last_at)

familiar_table = Table(
    "identity_familiar",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("staff_id", Text, primary_key=True),
    # A keyed hash of a network or of a device cookie from which this member of staff has signed in before.
    Column("mark", LargeBinary, primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
)
Index("ix_identity_familiar_seen_at", familiar_table.c.seen_at)

session_table = Table(
    "identity_session",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("staff_id", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
)
Index("ix_identity_session_staff", session_table.c.tenant_id, session_table.c.staff_id)
Index("ix_identity_session_ends_at", session_table.c.ends_at)

token_table = Table(
    "identity_token",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("permissions", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("used_at", UtcTime),
    Column("revoked_at", UtcTime),
)

# What a tenant decided before: every change of a setting, with both values. Rows are only ever added.
setting_change_table = Table(
    "identity_setting_change",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("undoes", Text),
)

customer_session_table = Table(
    "identity_customer_session",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    # Who proved something in this browser, and the customer that this party turned out to be.
    Column("acting_id", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("factor", Text, nullable=False),
    # The browser's family and system as a code, such as `firefox/linux`: enough to tell sessions apart.
    Column("browser", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
)
Index("ix_identity_customer_session_of", customer_session_table.c.tenant_id, customer_session_table.c.customer_id)
Index("ix_identity_customer_session_ends_at", customer_session_table.c.ends_at)

ceremony_table = Table(
    "identity_ceremony",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    # The hash of what the browser holds; who holds something else finds nothing.
    Column("digest", LargeBinary, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("acting_id", Text, nullable=False),
    Column("challenge", LargeBinary, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
Index("ix_identity_ceremony_expires_at", ceremony_table.c.expires_at)

passkey_table = Table(
    "identity_passkey",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("credential_id", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    # 32 bits without a sign (Web Authentication, 6.1).
    Column("sign_count", BigInteger, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("browser", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    UniqueConstraint("tenant_id", "credential_id"),
)
Index("ix_identity_passkey_customer", passkey_table.c.tenant_id, passkey_table.c.customer_id)

consent_table = Table(
    "identity_consent",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
Index("ix_identity_consent_customer", consent_table.c.tenant_id, consent_table.c.customer_id)

mandate_table = Table(
    "identity_mandate",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("owner_id", Text, nullable=False),
    # As whom the machine acts: a party that has proven nothing but this mandate.
    Column("acting_id", Text, nullable=False),
    # What the owner calls the machine, masked.
    Column("name", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("agent_id", Text, nullable=False),
    Column("machine_hash", LargeBinary),
    # The same while the mandate is open, nothing afterwards: a machine has one open mandate.
    Column("open_hash", LargeBinary),
    Column("terms", Json, nullable=False),
    Column("valid_from", UtcTime, nullable=False),
    Column("valid_until", UtcTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    UniqueConstraint("tenant_id", "open_hash"),
)
Index("ix_identity_mandate_owner", mandate_table.c.tenant_id, mandate_table.c.owner_id)
Index("ix_identity_mandate_machine", mandate_table.c.tenant_id, mandate_table.c.machine_hash)
Index("ix_identity_mandate_acting", mandate_table.c.tenant_id, mandate_table.c.acting_id)
Index("ix_identity_mandate_valid_until", mandate_table.c.valid_until)

mandate_use_table = Table(
    "identity_mandate_use",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("mandate_id", Text, nullable=False),
    Column("owner_id", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    # The machine's own key of the request, hashed, and what it asked: the same key asks the same or nothing.
    Column("key_hash", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("approval_id", Text),
    Column("at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    UniqueConstraint("tenant_id", "mandate_id", "key_hash"),
)
Index("ix_identity_mandate_use_owner", mandate_use_table.c.tenant_id, mandate_use_table.c.owner_id)
Index("ix_identity_mandate_use_at", mandate_use_table.c.at)

mandate_approval_table = Table(
    "identity_mandate_approval",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("mandate_id", Text, nullable=False),
    Column("owner_id", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("parameters", Json, nullable=False),
    Column("key_hash", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("why", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime),
    UniqueConstraint("tenant_id", "mandate_id", "key_hash"),
)
Index("ix_identity_mandate_approval_owner", mandate_approval_table.c.tenant_id, mandate_approval_table.c.owner_id)
Index("ix_identity_mandate_approval_asked_at", mandate_approval_table.c.asked_at)

pairing_table = Table(
    "identity_pairing",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    # A code's keyed hash: whoever reads the database cannot pair anything.
    Column("digest", LargeBinary, primary_key=True),
    # The owner's code for a mandate that waits for its machine, or a machine's code for whoever becomes its owner.
    Column("mandate_id", Text),
    Column("owner_id", Text),
    Column("machine", Json),
    Column("capabilities", Json, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
Index("ix_identity_pairing_expires_at", pairing_table.c.expires_at)

mandate_notice_table = Table(
    "identity_mandate_notice",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("mandate_id", Text, primary_key=True),
    Column("owner_id", Text, nullable=False),
    Column("kinds", Json, nullable=False),
    # A hash of how things stood when the owner was last told: no order of theirs is kept here.
    Column("seen", LargeBinary),
    Column("created_at", UtcTime, nullable=False),
    Column("looked_at", UtcTime, nullable=False),
)
Index("ix_identity_mandate_notice_looked_at", mandate_notice_table.c.tenant_id, mandate_notice_table.c.looked_at)
# Machine customers sign what they ask for. A platform is a host; a key is known by its thumbprint, and public.
machine_platform_table = Table(
    "identity_machine_platform",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

machine_key_table = Table(
    "identity_machine_key",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("state", Text, nullable=False),
    # None of one that was revoked: only its thumbprint matters any more.
    Column("public_key", LargeBinary),
    Column("changed_at", UtcTime, nullable=False),
)

token_issuer_table = Table(
    "identity_token_issuer",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("jwks_uri", Text, nullable=False),
    Column("algorithms", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    # Whose token it is is told by its issuer alone: two with one name would be a choice of keys.
    UniqueConstraint("tenant_id", "issuer"),
)

device_table = Table(
    "identity_device",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("origin", Text, nullable=False),
    # Sealed under a secret of the tenant; None once the device is revoked.
    Column("sealed_secret", LargeBinary),
    # The secret before this one, while both are good.
    Column("sealed_before", LargeBinary),
    Column("before_until", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)
