"""The blind index: who knows a value exactly finds whose it is; who has the table finds nothing."""

from functools import partial

import pytest
from sqlalchemy import select

from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.kit.tx import Transactions, Tx
from doorward.protection import FINDABLE_KINDS, CustomerIndex, FindableKind, Hashing, ProtectionService, Screened
from doorward.protection.findable import form_of
from doorward.protection.tables import index_table
from doorward.vocabulary.ids import MessageId, PartyId, SpanId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText
from tests.support.screening import screener
from tests.support.transactions import OTHER_SCOPE, OTHER_TENANT, PARTY, SCOPE, TENANT

FRIEND = PartyId("f" * 26)
PROFILE = {"name": "Mira Öz Castellan", "email": "Mira@Example.com", "phone": "+49 170 1234567", "customer": "C-1001"}


@pytest.fixture
def keys() -> Keys:
    """Keys of two tenants."""
    made = Keys(MemoryKeyStore())
    made.make_tenant(TENANT)
    made.make_tenant(OTHER_TENANT)
    return made


@pytest.fixture
def index(keys: Keys, transactions: Transactions) -> CustomerIndex:
    """The index, with one customer's profile in it."""
    made = CustomerIndex(keys, screener())
    know(transactions, made, PROFILE)
    return made


def know(transactions: Transactions, index: CustomerIndex, values: dict[str, str]) -> None:
    """Have the company know these values of a party."""

    def work(tx: Tx) -> Outcome[None]:
        index.index_profile(tx, SCOPE, PARTY, values)
        return Outcome(None)

    transactions.write(SCOPE, work)


def kept(service: ProtectionService, tx: Tx, screened: Screened, message_id: str) -> Outcome[None]:
    """Keep what the friend wrote."""
    service.keep(tx, SCOPE, screened, party_id=FRIEND, message_id=MessageId(message_id))
    return Outcome(None)


def find(
    transactions: Transactions,
    index: CustomerIndex,
    value: str,
    *kinds: FindableKind,
    scope: Scope = SCOPE,
) -> tuple[PartyId, ...]:
    """Look for a value."""
    wanted = WildText(value)
    return transactions.read(lambda tx: index.find(tx, scope, wanted, kinds=kinds or index.kinds_of(wanted)))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("0170 1234567", "phone"),
        ("+49 (170) 123-4567", "phone"),
        ("００４９１７０１２３４５６７", "phone"),
        ("mira@example.com", "email"),
        (" MIRA@EXAMPLE.COM ", "email"),
        ("mira [at] example.com", "email"),
        ("Castellan, Mira Oz", "name"),
        ("mira öz castellan", "name"),
        ("c 1001", "customer"),
        ("C1001", "customer"),
    ],
)
def test_a_value_is_found_however_it_is_written(
    transactions: Transactions, index: CustomerIndex, value: str, kind: FindableKind
) -> None:
    """Case, accents, widths, signs between and the order of names do not count; said or guessed, the kind is right."""
    assert find(transactions, index, value, kind) == (PARTY,)
    assert find(transactions, index, value) == (PARTY,)


@pytest.mark.parametrize("value", ["Mira", "example.com", "234567", "mira@example.org", "C-100", "", "???", "0" * 500])
def test_only_the_exact_value_is_found(transactions: Transactions, index: CustomerIndex, value: str) -> None:
    """A part of a value, or another one, finds nobody."""
    assert find(transactions, index, value) == ()


def test_a_value_is_found_as_what_it_is(transactions: Transactions, index: CustomerIndex) -> None:
    """A customer number is no order number, and another tenant's customer is nobody's here."""
    assert find(transactions, index, "C-1001", "order") == ()
    assert find(transactions, index, "C-1001", scope=OTHER_SCOPE) == ()


def test_what_the_company_knows_anew_takes_the_place_of_the_old(
    transactions: Transactions, index: CustomerIndex
) -> None:
    """A changed address is found, the old one no more; other kinds stay as they are."""
    know(transactions, index, {"email": "new@example.com", "phone": " "})
    assert find(transactions, index, "new@example.com") == (PARTY,)
    assert find(transactions, index, "mira@example.com") == find(transactions, index, "0170 1234567") == ()
    assert find(transactions, index, "C-1001") == (PARTY,)


def test_who_wrote_a_value_is_found_by_it(transactions: Transactions, index: CustomerIndex, keys: Keys) -> None:
    """What customers write themselves finds them, twice written too, until they are forgotten; a moved party moves."""
    service = ProtectionService(keys)
    screened = screener().screen(
        WildText("call me at 0170 7654321 or write to ada@example.com, 0170/7654321"),
        span_id=lambda number: SpanId(f"span{number}"),
        hashing=Hashing(lambda _value: (), lambda form: index.hashed(TENANT, form)),
    )
    again = Screened(screened.masked, index=screened.index)
    keep = partial(kept, service)
    transactions.write(SCOPE, lambda tx: keep(tx, screened, "first"))
    transactions.write(SCOPE, lambda tx: keep(tx, again, "second"))
    assert find(transactions, index, "+49 170 7654321") == find(transactions, index, "ada@example.com") == (FRIEND,)
    transactions.write(SCOPE, lambda tx: Outcome(service.move(tx, SCOPE, origin=FRIEND, target=PARTY)))
    assert find(transactions, index, "ada@example.com") == (PARTY,)
    transactions.write(SCOPE, lambda tx: Outcome(service.forget(tx, SCOPE, PARTY)))
    assert find(transactions, index, "ada@example.com") == find(transactions, index, "C-1001") == ()


@pytest.mark.parametrize(
    ("messages", "value", "kind"),
    [
        (("", "my order number is HB-22319"), "hb 22319", "order"),
        (("", "my order number is four eight two one three five"), "482135", "order"),
        (("", "my customer number is 4711-0815"), "47110815", "customer"),
        (("", "call zero one seven zero seven six five four three two one"), "+49 170 7654321", "phone"),
        (("my number is +49 170", "765 4321"), "0170 7654321", "phone"),
        (("", "write to ada at example dot com"), "ada@example.com", "email"),
    ],
)
def test_who_wrote_a_value_is_found_however_they_wrote_it(
    transactions: Transactions, index: CustomerIndex, messages: tuple[str, str], value: str, kind: FindableKind
) -> None:
    """Numbers of orders and customers find who named them; told in words or in two messages a value is the same."""
    before, text = map(WildText, messages)
    following = screener().after(screener().tail(before, screener().screen(before)))
    screened = following.screen(text, hashing=Hashing(lambda _value: (), lambda form: index.hashed(TENANT, form)))
    service = ProtectionService(Keys(MemoryKeyStore()))
    transactions.write(SCOPE, lambda tx: kept(service, tx, screened, "first"))
    assert find(transactions, index, value, kind) == (FRIEND,)


def test_who_wrote_their_name_is_found_by_it(transactions: Transactions, index: CustomerIndex) -> None:
    """Where names are masked they find whoever wrote them, in any order of their words."""
    screened = screener(also="name_address").screen(
        WildText("Hello, my name is Anna Miller and my parcel is late."),
        hashing=Hashing(lambda _value: (), lambda form: index.hashed(TENANT, form)),
    )
    service = ProtectionService(Keys(MemoryKeyStore()))
    transactions.write(SCOPE, lambda tx: kept(service, tx, screened, "first"))
    assert find(transactions, index, "MILLER, Anna", "name") == (FRIEND,)


def test_the_table_holds_nothing_but_hashes_under_a_key_of_its_own(
    transactions: Transactions, index: CustomerIndex, keys: Keys
) -> None:
    """No value is in it, and the hash is no other's of the same value."""
    rows = transactions.read(lambda tx: tx.execute(select(index_table)).all())
    assert sorted(row.kind for row in rows) == ["customer", "email", "name", "phone"]
    assert not any(word in str(rows).casefold() for word in ("mira", "example", "1234567", "1001"))
    (row,) = (row for row in rows if row.kind == "email")
    assert bytes(row.value) == index.hashed(TENANT, b"email:mira@example.com")
    assert bytes(row.value) != keys.mac(TENANT, "identity.email", b"mira@example.com")


@pytest.mark.parametrize("text", ["+49 170 1234567", "0532 123 45 67", "8 (916) 123-45-67", "anna.b+c@example.com"])
def test_a_lone_value_has_the_form_that_its_detector_gives_it(text: str) -> None:
    """What is typed into the search box is known under the same form as what a detector found in a message."""
    seen: list[bytes] = []

    def witness(form: bytes) -> bytes:
        seen.append(form)
        return form

    screener().screen(WildText(f"my number, tel or mail: {text}"), hashing=Hashing(lambda _value: (), witness))
    kind: FindableKind = "email" if "@" in text else "phone"
    assert seen == [form_of(kind, text).encode()]
    assert seen == [screener().findable_form(WildText(text), kind).encode()]


@pytest.mark.parametrize("kind", FINDABLE_KINDS)
def test_no_text_makes_the_forms_raise(kind: FindableKind) -> None:
    """Whatever is typed has a form or none."""
    for text in ("", " ", "@", "\ud800", "0" * 10_000, "a" * 10_000, "\u202e", "é@ü.de", "1" * 17):
        assert isinstance(screener().findable_form(WildText(text), kind), str)
