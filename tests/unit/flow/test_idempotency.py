"""Remembered answers, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from doorward.flow.idempotency import REMEMBERED, Answer, Answers, Request, forget_old, read_key
from doorward.flow.tables import answer_table
from doorward.kit.clock import FixedClock
from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.kit.tx import Transactions
from doorward.vocabulary.errors import KeyReused, Malformed
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope

MIRA = Scope(tenant_id=TenantId("halden"), actor=Actor(kind="staff", id="mira"))
ASKED = Request(key="k-1", route="POST /take", body=b"{}")
SAID = Answer(status=200, body=b'{"state":"human"}')


@pytest.fixture
def answers() -> Answers:
    """Answers sealed with the keys of two tenants."""
    keys = Keys(MemoryKeyStore())
    keys.make_tenant("halden")
    keys.make_tenant("brisa")
    return Answers(keys)


def remember(transactions: Transactions, answers: Answers, scope: Scope, answer: Answer = SAID) -> Answer:
    """Keep the answer to the request."""
    return transactions.write(scope, lambda tx: answers.remember(tx, scope, ASKED, answer=answer))


def test_the_first_answer_stays(transactions: Transactions, answers: Answers) -> None:
    """A repetition finds what was answered first, and cannot overwrite it."""
    assert transactions.read(lambda tx: answers.find(tx, MIRA, ASKED)) is None
    remember(transactions, answers, MIRA)
    assert remember(transactions, answers, MIRA, Answer(status=409, body=b"other")) == SAID
    assert transactions.read(lambda tx: answers.find(tx, MIRA, ASKED)) == SAID


def test_a_key_for_another_request_is_refused(transactions: Transactions, answers: Answers) -> None:
    """The same key with another body or address was meant for something else."""
    remember(transactions, answers, MIRA)
    for other in (Request(key="k-1", route="POST /take", body=b"x"), Request(key="k-1", route="POST /no", body=b"{}")):
        with pytest.raises(KeyReused):
            transactions.read(lambda tx, other=other: answers.find(tx, MIRA, other))  # type: ignore[misc]  # because mypy infers no type for a lambda's default


def test_keys_of_others_are_other_keys(transactions: Transactions, answers: Answers) -> None:
    """Neither a colleague nor another company finds an answer under the same key."""
    remember(transactions, answers, MIRA)
    colleague = MIRA.acting_as(Actor(kind="staff", id="jonas"))
    elsewhere = Scope(tenant_id=TenantId("brisa"), actor=MIRA.actor)
    for other in (colleague, elsewhere):
        assert transactions.read(lambda tx, other=other: answers.find(tx, other, ASKED)) is None  # type: ignore[misc]  # as above


def test_an_answer_is_remembered_for_a_day(transactions: Transactions, answers: Answers, clock: FixedClock) -> None:
    """After a day the same key is a new one, whether the old answer was swept away or not."""
    remember(transactions, answers, MIRA)
    clock.advance(REMEMBERED)
    assert transactions.read(lambda tx: answers.find(tx, MIRA, ASKED)) is None
    newer = Answer(status=201, body=b"newer")
    assert remember(transactions, answers, MIRA, newer) == newer
    clock.advance(REMEMBERED + timedelta(seconds=1))
    assert transactions.write(None, lambda tx: Outcome(forget_old(tx))) == 1


@pytest.mark.parametrize("header", ["", "ä", "a b", "a" * 129, '""', "a\n"])
def test_impossible_keys_are_refused(header: str) -> None:
    """A key is visible ASCII of a sensible length, in quotes or not."""
    with pytest.raises(Malformed):
        read_key(header)
    assert read_key('"k-1"') == read_key("k-1") == "k-1"


def test_neither_key_nor_request_can_be_read_back(transactions: Transactions, answers: Answers) -> None:
    """A program may make its keys of anything, card numbers too: only keyed hashes are stored."""
    asked = Request(key="4929163482075518", route="POST /take", body=b'{"text":"4929163482075518"}')
    transactions.write(MIRA, lambda tx: answers.remember(tx, MIRA, asked, answer=SAID))
    row = transactions.read(lambda tx: tx.execute(select(answer_table)).one())
    assert asked.key not in row.key
    assert bytes(row.request_hash) != asked.digest()
    assert transactions.read(lambda tx: answers.find(tx, MIRA, asked)) == SAID
