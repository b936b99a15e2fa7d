"""A language model in its place: wired only where the settings choose one."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from doorward.answering import Knowledge
from doorward.answering.language_model import Calls, GroundingCheck, LanguageModel, Limits, Proposer
from doorward.flow.accept import TenantScreening
from doorward.flow.language_model import Leaving, Paying, Summarising, Wording
from doorward.identity import Identity
from doorward.kit.clock import Clock
from doorward.kit.i18n import Translator
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions
from doorward.understanding import Reader
from doorward.vocabulary.errors import Misconfigured, Unavailable
from doorward.vocabulary.language import LanguagePack


class Assistance(msgspec.Struct, frozen=True, kw_only=True):
    """What a language model does in this house, and who asks it."""

    proposer: Proposer
    wording: Wording
    summarising: Summarising

    def ping(self) -> str | None:
        """Return that the model is left alone now, None while all is well; asks nobody."""
        return "the language model failed, and is left alone for a while" if self.proposer.rests else None


class Around(Protocol):
    """What of the house is needed."""

    settings: Settings
    clock: Clock
    transactions: Transactions
    translator: Translator
    packs: Mapping[str, LanguagePack]
    reader: Reader
    knowledge: Knowledge
    screening: TenantScreening
    identity: Identity


def make_assistance(model: LanguageModel, house: Around) -> Assistance:
    """Wire a model. It is asked by no more than half of those that walk messages at a time, and by the one summary."""
    chosen = house.settings.models
    limits = Limits(daily_tokens=chosen.chat_daily_tokens, minute_requests=chosen.chat_minute_requests)
    proposer = Proposer(
        Calls(model, clock=house.clock, at_once=max(1, house.settings.server.walkers // 2) + 1),
        GroundingCheck(house.packs.values(), lambda texts: _meanings(house.reader, texts)),
        purse=Paying(house.transactions, limits),
        leave=Leaving(house.screening),
    )
    return Assistance(
        proposer=proposer,
        wording=Wording(proposer, house.knowledge, clock=house.clock, seconds=chosen.chat_seconds),
        summarising=Summarising(
            house.transactions,
            proposer,
            translator=house.translator,
            settings_of=house.identity.tenants.settings_of,
        ),
    )


def _meanings(reader: Reader, texts: Sequence[str]) -> Sequence[bytes]:
    try:
        return [one.embedding for one in reader.read_own(texts, language="")]
    except (Unavailable, Misconfigured):
        return [b""] * len(texts)
