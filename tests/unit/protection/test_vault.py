"""What masking and opening are to each other, over texts of all sorts."""

import itertools

from hypothesis import HealthCheck, given, settings

from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.kit.tx import Transactions, Tx
from doorward.protection import ProtectionService
from doorward.protection.masking import KINDS, Mask, Masker
from doorward.vocabulary.ids import MessageId, SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import WildText
from tests.support.screening import all_detectors, screen, screener
from tests.support.transactions import PARTY, SCOPE, TENANT
from tests.unit.protection.test_properties import TEXTS

MASKER = Masker([*KINDS, *(kind for plugin in all_detectors() for kind in plugin.kinds)])
KEYS = Keys(MemoryKeyStore())
KEYS.make_tenant(TENANT)
KEYS.make_party(TENANT, PARTY)
MESSAGES = itertools.count()


@given(TEXTS)
def test_masking_what_is_masked_changes_nothing(text: str) -> None:
    """The same places masked once more are the same masks, and no escaped look-alike is escaped again."""
    masked = screen(text).masked
    masks = []
    for span in masked.spans:
        tail = masked.text[span.start : span.end].strip("[]").partition("·")[2] or None
        masks.append(Mask(span.start, span.end, span.kind, span.subkind, tail, span.id))
    assert MASKER.mask(masked.text, masks) == masked


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(TEXTS.filter(lambda text: MASKER.escape(text) == text))
def test_unmasking_what_was_masked_is_the_identity_for_the_entitled(transactions: Transactions, text: str) -> None:
    """Every masked place, sealed and opened again by its id, put back where its mask stands, makes the text."""
    service, message_id = ProtectionService(KEYS), MessageId(f"m{next(MESSAGES)}")
    screened = screener().screen(WildText(text), span_id=lambda number: SpanId(f"{message_id}.{number}"))

    def keep(tx: Tx) -> Outcome[None]:
        service.keep(tx, SCOPE, screened, party_id=PARTY, message_id=message_id)
        return Outcome(None)

    transactions.write(SCOPE, keep)
    whole = screened.masked.text
    for span in reversed(screened.masked.spans):
        assert span.id is not None
        raw = transactions.write(
            SCOPE,
            lambda tx, span_id=span.id: service.unmask(  # type: ignore[misc]  # bound per turn
                tx, SCOPE, span_id, purpose="resolve_contact", reason="case-7"
            ),
        )
        whole = f"{whole[: span.start]}{raw}{whole[span.end :]}"
    assert whole == text
