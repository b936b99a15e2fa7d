"""Whether a message is like those of a campaign, as the walk asks it: what is usual is learnt beside the walk."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Final, Protocol

import msgspec

from doorward.admission import campaigns
from doorward.admission.campaigns import Campaign, Crowding, Recogniser, Recognisers
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions
from doorward.understanding import Intents, KeptPhrase, Reader
from doorward.vocabulary.ids import MessageId, TenantId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import MaskedText

log = get_logger("floods")

PHRASES: Final = 4000
"""So many of a company's phrases tell what is usual, as in `doorward evals campaigns`; reading them takes 8 s."""


class Likeness(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of what was found: whether it is flagged, how like a campaign it is (0 to 1), which, why, by what.

    `kind` is `crowd` where many have the same matter of their own, and `none` where nobody else says the like.
    """

    flagged: bool = False
    score: float = 0.0
    kind: str = "none"
    campaign: str = ""
    because: tuple[str, ...] = ()
    version: str = ""


class FindsLikeness(Protocol):
    """What finds campaigns. It never hears who came or what they were admitted to."""

    def look(self, tenant_id: TenantId, reading: Reading, *, message_id: MessageId, at: datetime) -> Likeness:
        """Return what one message is like, in time and without fail; asked again for the same id, the same."""


def kept_of(found: campaigns.Likeness) -> Likeness:
    """Return what of a likeness is written down: nothing that was measured of the words."""
    return Likeness(
        flagged=found.is_flagged,
        score=round(found.score, 4),
        kind=found.kind,
        campaign=found.campaign_id,
        because=found.because,
        version=found.version,
    )


class CampaignWatch:
    """The recognisers of all tenants, which learn from each company's own phrases what is usual there.

    A tenant's is made in a thread of its own when its first message comes; until it stands nothing is flagged. Each
    process sees the messages that it walks.
    """

    def __init__(
        self,
        transactions: Transactions,
        *,
        reader: Reader,
        intents: Intents,
        languages_of: Callable[[TenantId], Sequence[str]],
        secret: bytes,
    ) -> None:
        """Take where phrases are and what reads them; `secret` are 32 bytes, under which words are hashed."""
        self._transactions, self._reader, self._intents = transactions, reader, intents
        self._languages_of, self._secret = languages_of, secret
        self._ending = threading.Event()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="campaigns")
        self._recognisers = Recognisers(self._learn, beside=self._submit)

    def look(self, tenant_id: TenantId, reading: Reading, *, message_id: MessageId, at: datetime) -> Likeness:
        """Return what a message is like; nothing is found before what is usual was learnt."""
        return kept_of(self._recognisers.look(tenant_id, reading, message_id=message_id, at=at))

    def campaigns(self, tenant_id: TenantId) -> tuple[Campaign, ...]:
        """Return what many write about to a tenant now, campaigns and crowds, the greatest first."""
        return self._recognisers.campaigns(tenant_id)

    def say(self, tenant_id: TenantId, campaign_id: str, kind: Crowding) -> bool:
        """Have a person's word hold for one of them, in this process; False where it is not followed here."""
        return self._recognisers.say(tenant_id, campaign_id, kind)

    def close(self) -> None:
        """Stop learning."""
        self._ending.set()
        self._beside.shutdown(cancel_futures=True)

    def _submit(self, work: Callable[[], None]) -> None:
        if not self._ending.is_set():
            self._beside.submit(work).add_done_callback(_tell_failure)

    def _learn(self, tenant_id: TenantId) -> Recogniser:
        scope = system_scope(tenant_id, "floods")
        phrases = self._transactions.read(lambda tx: self._intents.everything(tx, scope))
        languages = self._languages_of(tenant_id)
        # A phrase's id is a hash of it: the first ones in that order are drawn by chance, and always the same.
        drawn = sorted(phrases, key=lambda one: one.id)[:PHRASES]
        readings = (self._read(one, languages) for one in drawn if not self._ending.is_set())
        return Recogniser(readings, secret=self._secret, encoder_id=self._reader.encoder_id)

    def _read(self, phrase: KeptPhrase, languages: Sequence[str]) -> Reading:
        text = MaskedText(phrase.text, phrase.spans)
        return self._reader.read(text, languages=languages, hint=phrase.language or None)


def _tell_failure(done: Future[None]) -> None:
    error = None if done.cancelled() else done.exception()
    if error is not None:
        log.warning("floods.learning.failed", error=type(error).__name__)
