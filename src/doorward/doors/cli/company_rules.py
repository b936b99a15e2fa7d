"""What a company has decided about screening, as `doorward screen` applies it without the company's house."""

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import office
from doorward.flow.archives import Ruled
from doorward.flow.tenant_rules import TenantRules
from doorward.kit.plugins import discover
from doorward.kit.settings import Settings, user_cache
from doorward.kit.tenant_settings import ANY_CHANNEL, TenantSettings
from doorward.protection import DESK, Screener
from doorward.vocabulary.ids import TenantId

LONGEST_FILE: Final = 1_048_576
"""Bytes of a file of public facts."""

_NOBODY: Final = TenantId("")


class CompanyRules(msgspec.Struct, frozen=True, kw_only=True):
    """A company's own kinds, policies and public facts. Travels to workers; holds nothing that a customer said.

    `tenant` are the company's settings, the defaults for none. `facts` are public beside those that it lists. Of its
    policies those of `channel` count, as they would for a message that came by it.
    """

    tenant: TenantSettings = TenantSettings()
    facts: tuple[str, ...] = ()
    channel: str = ANY_CHANNEL

    def over(self, screener: Screener) -> Ruled:
        """Return a screener under these rules. Own kinds that cannot be read withhold every text (house law 2)."""
        rules = TenantRules(
            screener, settings_of=lambda _: self.tenant, cache_folder=user_cache(), house_facts=self.facts
        ).of(_NOBODY, self.channel)
        return Ruled(rules.screener.under(rules.policy.weigh), rules.public)

    def added_to(self, fingerprint: str) -> str:
        """Return a hash of detectors with what these rules change about what is found; the same if they change nothing.

        It changes with the rules, so that no run goes on under others than those that it was begun with.
        """
        if self == CompanyRules():
            return fingerprint
        tenant = self.tenant
        deciding = (tenant.own_kinds, tenant.masking, tenant.public_contacts, tenant.allowed_origins)
        encoded = msgspec.json.encode((fingerprint, deciding, self.facts, self.channel), order="sorted")
        return hashlib.sha256(encoded).hexdigest()


def company_rules(settings: Settings, *, tenant: str | None, channel: str | None, public: Path | None) -> CompanyRules:
    """Return the rules of a tenant of the installation, of none where `tenant` is None, with a file of public facts.

    The database is only read, also while Doorward runs. Raises `Stop` where there is no such tenant or channel, for a
    channel without a tenant, and for a file that cannot be read as facts.
    """
    facts = () if public is None else _facts_in(public)
    if tenant is None:
        if channel is not None:
            raise Stop("--channel chooses among a tenant's rules: say whose with --tenant.", code=Code.USAGE)
        return CompanyRules(facts=facts)
    known = {ANY_CHANNEL, DESK, *(plugin.manifest.id for plugin in discover("channel"))}
    if channel is not None and channel not in known:
        raise Stop(f"There is no channel '{channel}'. There are: {', '.join(sorted(known))}.", code=Code.USAGE)
    with office(settings, read_only=True) as opened:
        chosen = opened.tenant(tenant).settings
    house = tuple(filter(None, (settings.server.public_url, settings.mail.sender)))
    return CompanyRules(tenant=chosen, facts=(*house, *facts), channel=channel or ANY_CHANNEL)


def _facts_in(file: Path) -> tuple[str, ...]:
    """Return the facts of a file, one a line; blank lines and those that begin with `#` are none."""
    if file.stat().st_size > LONGEST_FILE:
        raise Stop(f"--public: the file is longer than {LONGEST_FILE} bytes.", code=Code.USAGE)
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Stop("--public: the file is not UTF-8.", code=Code.USAGE) from None
    return tuple(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
