"""Identity: tenants, customers, staff, programs; who they are, how sure we are, and what that entitles to."""

from doorward.identity.jobs import MailSender
from doorward.identity.ports import Mail, MailDelayed, Mailer, MailRefused, Outbox, Phrasebook, SentMail
from doorward.identity.room import Identity, open_identity
from doorward.identity.service import ceremonies
from doorward.identity.service.actions import ACTIONS, ActionRule, Actions, Grant
from doorward.identity.service.ceremonies import Ceremony
from doorward.identity.service.consents import PURPOSES, Consent, ConsentLine, ConsentPurpose, Consents
from doorward.identity.service.customer_sessions import (
    CustomerSession,
    CustomerSessions,
    OpenedSession,
    ShownSession,
    browser_of,
)
from doorward.identity.service.host_tokens import HostClaims, HostKey, HostSecret, HostTokens
from doorward.identity.service.issuers import IssuerWish, TokenIssuer, TokenIssuers
from doorward.identity.service.machines import (
    KeyState,
    MachineKey,
    MachinePlatform,
    Machines,
    PlatformState,
    Standing,
)
from doorward.identity.service.mandate_terms import (
    DAYS,
    MOST_ACTS,
    MOST_AMOUNT,
    MOST_DAYS,
    ORDERS,
    Limits,
    Terms,
    checked_terms,
)
from doorward.identity.service.mandate_uses import (
    Allowed,
    Approval,
    MandateUses,
    Refused,
    Use,
    Used,
    UseState,
    Wanted,
)
from doorward.identity.service.mandates import (
    LONGEST_NAME,
    Mandate,
    Mandates,
    Notice,
    Wish,
    sweep_mandates,
)
from doorward.identity.service.pairing import Asking, Pairing, PairingCode
from doorward.identity.service.parties import Parties, Profile, family_of
from doorward.identity.service.passkeys import Challenge, KnownPasskey, NewPasskey, Passkey, Passkeys, Site
from doorward.identity.service.passwords import PasswordCheck, Passwords, require_good
from doorward.identity.service.secrets_kept import csrf_matches, csrf_of
from doorward.identity.service.sessions import Session, Sessions
from doorward.identity.service.sign_ins import SignedIn, SignInAttempt, SignInRequest, SignIns
from doorward.identity.service.staff import (
    PERMISSIONS,
    ROLES,
    Member,
    MemberSeed,
    Permission,
    Principal,
    Staff,
    permits,
    require_permission,
)
from doorward.identity.service.step_up import Confirmation, StepUp
from doorward.identity.service.sweeps import sweep_codes, sweep_host_tokens, sweep_sessions, sweep_sign_ins
from doorward.identity.service.tenants import SettingChange, Tenant, Tenants, TenantState, host_name, new_tenant_id
from doorward.identity.service.tokens import ApiToken, NewToken, Tokens, TokenUse

__all__ = [
    "ACTIONS",
    "DAYS",
    "LONGEST_NAME",
    "MOST_ACTS",
    "MOST_AMOUNT",
    "MOST_DAYS",
    "ORDERS",
    "PERMISSIONS",
    "PURPOSES",
    "ROLES",
    "ActionRule",
    "Actions",
    "Allowed",
    "ApiToken",
    "Approval",
    "Asking",
    "Ceremony",
    "Challenge",
    "Confirmation",
    "Consent",
    "ConsentLine",
    "ConsentPurpose",
    "Consents",
    "CustomerSession",
    "CustomerSessions",
    "Grant",
    "HostClaims",
    "HostKey",
    "HostSecret",
    "HostTokens",
    "Identity",
    "IssuerWish",
    "KeyState",
    "KnownPasskey",
    "Limits",
    "MachineKey",
    "MachinePlatform",
    "Machines",
    "Mail",
    "MailDelayed",
    "MailRefused",
    "MailSender",
    "Mailer",
    "Mandate",
    "MandateUses",
    "Mandates",
    "Member",
    "MemberSeed",
    "NewPasskey",
    "NewToken",
    "Notice",
    "OpenedSession",
    "Outbox",
    "Pairing",
    "PairingCode",
    "Parties",
    "Passkey",
    "Passkeys",
    "PasswordCheck",
    "Passwords",
    "Permission",
    "Phrasebook",
    "PlatformState",
    "Principal",
    "Profile",
    "Refused",
    "SentMail",
    "Session",
    "Sessions",
    "SettingChange",
    "ShownSession",
    "SignInAttempt",
    "SignInRequest",
    "SignIns",
    "SignedIn",
    "Site",
    "Staff",
    "Standing",
    "StepUp",
    "Tenant",
    "TenantState",
    "Tenants",
    "Terms",
    "TokenIssuer",
    "TokenIssuers",
    "TokenUse",
    "Tokens",
    "Use",
    "UseState",
    "Used",
    "Wanted",
    "Wish",
    "browser_of",
    "ceremonies",
    "checked_terms",
    "csrf_matches",
    "csrf_of",
    "family_of",
    "host_name",
    "new_tenant_id",
    "open_identity",
    "permits",
    "require_good",
    "require_permission",
    "sweep_codes",
    "sweep_host_tokens",
    "sweep_mandates",
    "sweep_sessions",
    "sweep_sign_ins",
]
