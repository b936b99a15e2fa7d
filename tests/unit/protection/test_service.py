from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from doorward.kit.crypto import SealBroken
from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.kit.tx import Transactions, Tx
from doorward.protection import ForAction, Original, ProtectionService
from doorward.protection.tables import opening_table, original_table
from doorward.record.tables import audit_table
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import MessageId, PartyId, SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText
from tests.support.transactions import OTHER_SCOPE, OTHER_TENANT, PARTY, SCOPE, TENANT, staff_scope

SPAN = SpanId("s" * 26)
SECOND = SpanId("r" * 26)
FRIEND = PartyId("f" * 26)
CARD = "4111 1111 1111 1111 \ud800"


@pytest.fixture
def keys() -> Keys:
    """Keys of two tenants."""
    made = Keys(MemoryKeyStore())
    made.make_tenant(TENANT)
    made.make_tenant(OTHER_TENANT)
    return made


@pytest.fixture
def service(keys: Keys, transactions: Transactions) -> ProtectionService:
    """The service, with two originals of one party already sealed."""
    made = ProtectionService(keys)
    originals = (Original(CARD, span_id=SPAN, kind="CARD"), Original("1234", span_id=SECOND, kind="PIN", subkind="x"))

    def seal(tx: Tx) -> Outcome[None]:
        made.seal(tx, SCOPE, party_id=PARTY, message_id=MessageId("m"), originals=originals)
        return Outcome(None)

    transactions.write(SCOPE, seal)
    return made


def written(work: Callable[[Tx], object]) -> Callable[[Tx], Outcome[object]]:
    """Return work whose value settles nothing."""
    return lambda tx: Outcome(work(tx))


def unmask(
    transactions: Transactions, service: ProtectionService, span_id: SpanId = SPAN, *, scope: Scope = SCOPE
) -> str:
    """Open one original for a case."""
    return transactions.write(
        scope, lambda tx: service.unmask(tx, scope, span_id, purpose="resolve_contact", reason="case-7")
    )


def test_what_was_sealed_can_be_unmasked_one_at_a_time(transactions: Transactions, service: ProtectionService) -> None:
    """Each masked place gives back its own characters, lone surrogates included."""
    assert unmask(transactions, service) == CARD
    assert unmask(transactions, service, SECOND) == "1234"


def test_the_database_holds_nothing_readable(transactions: Transactions, service: ProtectionService) -> None:
    """Sealed bytes do not contain what was sealed, nor its UTF-16."""
    rows = transactions.read(lambda tx: tx.execute(select(original_table)).all())
    stored = b"".join(bytes(row.sealed) for row in rows)
    assert len(rows) == 2
    assert b"4111" not in stored
    assert "4111".encode("utf-16-le") not in stored


def test_unmasking_is_written_into_the_audit(transactions: Transactions, service: ProtectionService) -> None:
    """The audit says who opened which place and what for, and nothing of what stood there."""
    unmask(transactions, service, scope=staff_scope("staff1"))
    (row,) = transactions.read(lambda tx: tx.execute(select(audit_table)).all())
    assert (row.actor_kind, row.actor_id, row.action) == ("staff", "staff1", "protection.original.unmasked")
    assert (row.object_kind, row.object_id, row.fields) == ("span", SPAN, ["card"])
    assert row.reason == "resolve_contact:case-7"
    assert "4111" not in str(row)


def test_another_tenant_finds_nothing(transactions: Transactions, service: ProtectionService) -> None:
    """A span of one tenant does not exist for another."""
    with pytest.raises(NotFound):
        unmask(transactions, service, scope=OTHER_SCOPE)


def test_nothing_is_opened_without_a_purpose(transactions: Transactions, service: ProtectionService) -> None:
    """Unknown purposes and free text as a reason are refused, and nothing is audited."""
    for purpose, reason in [("curiosity", "case-7"), ("resolve_contact", ""), ("resolve_contact", "she asked me to")]:
        with pytest.raises(Malformed):
            transactions.write(
                SCOPE,
                lambda tx, purpose=purpose, reason=reason: service.unmask(  # type: ignore[misc]  # bound per turn
                    tx, SCOPE, SPAN, purpose=purpose, reason=reason
                ),
            )
    assert transactions.read(lambda tx: tx.execute(select(audit_table)).all()) == []


@pytest.mark.parametrize("column", ["kind", "span_id"])
def test_a_row_that_was_moved_cannot_be_opened(
    transactions: Transactions, service: ProtectionService, column: str
) -> None:
    """Kind and place are authenticated with the sealed bytes."""
    moved = {column: "t" * 26}
    transactions.write(
        SCOPE,
        written(lambda tx: tx.execute(update(original_table).where(original_table.c.span_id == SPAN).values(moved))),
    )
    with pytest.raises(SealBroken):
        unmask(transactions, service, SpanId("t" * 26) if column == "span_id" else SPAN)


def test_destroying_the_key_shreds_the_originals(
    transactions: Transactions, service: ProtectionService, keys: Keys
) -> None:
    """Without the party's key nobody opens anything of theirs."""
    keys.destroy_party(TENANT, PARTY)
    with pytest.raises(NotFound):
        unmask(transactions, service)


def test_originals_follow_a_merged_party(transactions: Transactions, service: ProtectionService, keys: Keys) -> None:
    """After moving, the originals open under the other party's key, even when the first key is gone."""
    keys.make_party(TENANT, FRIEND)
    moved = transactions.write(SCOPE, written(lambda tx: service.move(tx, SCOPE, origin=PARTY, target=FRIEND)))
    keys.destroy_party(TENANT, PARTY)
    assert (moved, unmask(transactions, service)) == (2, CARD)


def test_forgetting_a_party_deletes_its_originals(transactions: Transactions, service: ProtectionService) -> None:
    """All of the party's are gone, and only in this tenant."""
    assert transactions.write(OTHER_SCOPE, written(lambda tx: service.forget(tx, OTHER_SCOPE, PARTY))) == 0
    assert transactions.write(SCOPE, written(lambda tx: service.forget(tx, SCOPE, PARTY))) == 2
    with pytest.raises(NotFound):
        unmask(transactions, service)


def test_an_action_resolves_its_own_party_alone(transactions: Transactions, service: ProtectionService) -> None:
    """Bound to its purpose, an action opens what its customer wrote and nothing else; the audit names it."""

    def resolve(party_id: PartyId) -> str:
        purpose = ForAction(frozenset({party_id}))
        return transactions.write(
            SCOPE, lambda tx: service.unmask(tx, SCOPE, SPAN, purpose=purpose, reason="card.freeze")
        )

    assert resolve(PARTY) == CARD
    (row,) = transactions.read(lambda tx: tx.execute(select(audit_table)).all())
    assert row.reason == "perform_action:card.freeze"
    with pytest.raises(NotFound):
        resolve(FRIEND)


def test_a_reason_in_words_is_sealed_and_dies_with_the_party(
    transactions: Transactions, service: ProtectionService, keys: Keys
) -> None:
    """The words are in no row and no audit line; they open for the audit's readers until the party is erased."""
    words = WildText("Ada Nwosu asked")

    def show(tx: Tx) -> Outcome[str]:
        shown = service.show(tx, SCOPE, SPAN, purpose="legal_duty", reason=words)
        return Outcome(shown.value.opening_id, shown.entries)

    opening_id = transactions.write(SCOPE, show)
    rows = transactions.read(lambda tx: [*tx.execute(select(opening_table)), *tx.execute(select(audit_table))])
    assert "Nwosu" not in str(rows)
    opening = transactions.write(SCOPE, lambda tx: service.opening(tx, SCOPE, opening_id))
    assert (opening.reason, opening.purpose) == ("Ada Nwosu asked", "legal_duty")
    keys.make_party(TENANT, FRIEND)
    transactions.write(SCOPE, written(lambda tx: service.move(tx, SCOPE, origin=PARTY, target=FRIEND)))
    assert transactions.write(SCOPE, lambda tx: service.opening(tx, SCOPE, opening_id)) == opening
    keys.destroy_party(TENANT, FRIEND)
    with pytest.raises(NotFound):
        transactions.write(SCOPE, lambda tx: service.opening(tx, SCOPE, opening_id))
