"""What screening needs to know of a tenant: its public facts, its own kinds, its policies. Compiled once a change."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from doorward.kit.logging import get_logger
from doorward.kit.tenant_settings import OwnKind, TenantSettings
from doorward.protection import (
    Broken,
    ChannelPolicy,
    OwnKinds,
    PatternRefused,
    PublicFacts,
    Screener,
    Weighed,
    WordRefused,
    channel_policy,
)
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.text import WildText

_log = get_logger("flow")


class _Held(NamedTuple):
    """What was made of a tenant's settings, with the settings it was made of."""

    settings: TenantSettings
    screener: Screener
    public: PublicFacts
    policies: dict[str, ChannelPolicy]


class Rules(NamedTuple):
    """How to screen a text of a tenant on a channel."""

    screener: Screener
    public: PublicFacts
    policy: ChannelPolicy


class TenantRules:
    """The tenants' rules, made anew when a tenant's settings changed. Thread-safe."""

    def __init__(
        self,
        screener: Screener,
        *,
        settings_of: Callable[[TenantId], TenantSettings],
        cache_folder: Path | None = None,
        house_facts: Sequence[str] = (),
    ) -> None:
        """Build on `screener`. `house_facts` are public for every tenant: the installation's own address and sender."""
        self._screener = screener
        self._settings_of = settings_of
        self._cache_folder = cache_folder
        self._house_facts = tuple(filter(None, house_facts))
        self._held: dict[TenantId, _Held] = {}

    def of(self, tenant_id: TenantId, channel: str) -> Rules:
        """Return the rules of a channel. Own kinds that cannot be read withhold every text (house law 2)."""
        held = self._current(tenant_id)
        policy = held.policies.get(channel)
        if policy is None:
            policy = held.policies[channel] = channel_policy(held.settings, channel)
        return Rules(held.screener, held.public, policy)

    def trial(self, settings: TenantSettings, text: WildText, channel: str) -> Weighed:
        """Return what would become of a text under settings that need not be anybody's yet. Nothing is kept."""
        held = self._made(settings, self._with(settings.own_kinds))
        policy = channel_policy(settings, channel)
        return policy.judge(held.screener.under(policy.weigh).screen(text, public=held.public))

    def is_ready(self, tenant_id: TenantId) -> bool:
        """Return whether nothing has to be compiled; asks for the settings, which may cost a look at the database."""
        held = self._held.get(tenant_id)
        return held is not None and _same(held.settings, self._settings_of(tenant_id))

    def _current(self, tenant_id: TenantId) -> _Held:
        settings = self._settings_of(tenant_id)
        held = self._held.get(tenant_id)
        if held is not None and _same(held.settings, settings):
            return held
        known = held is not None and held.settings.own_kinds == settings.own_kinds
        screener = held.screener if held is not None and known else self._with(settings.own_kinds)
        held = self._made(settings, screener)
        self._held[tenant_id] = held
        return held

    def _made(self, settings: TenantSettings, screener: Screener) -> _Held:
        # The sites that may embed the chat are the company's own; what it published it has listed.
        facts = (*settings.public_contacts, *settings.allowed_origins, *self._house_facts)
        return _Held(settings, screener, self._screener.public_facts(facts), {})

    def _with(self, kinds: Sequence[OwnKind]) -> Screener:
        if not kinds:
            return self._screener
        try:
            own = OwnKinds(kinds, matcher=self._screener.choice, cache_folder=self._cache_folder)
        except (PatternRefused, WordRefused) as error:
            _log.error("flow.own_kinds.unreadable", reason=error.reason)
            return self._screener.also(Broken())
        return self._screener.also(own)


def _same(one: TenantSettings, other: TenantSettings) -> bool:
    """Return whether two settings are one; they mostly are the same object, and lists of thousands take time."""
    return one is other or one == other
