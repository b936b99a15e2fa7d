"""Rates begin as declared and come to what was seen; what is said to be likely is, and files are checked as a whole."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.clock import FixedClock
from doorward.kit.tx import Transactions
from doorward.understanding.expecting import (
    Counts,
    ExpectationsInvalid,
    Expected,
    RateBook,
    band_of,
    bands,
    expectation_of,
    expected,
    forget_expectations,
    judge,
    judged_counts,
    keep_expectation,
    read_expectations,
    sweep_expectations,
)
from doorward.vocabulary.ids import ConversationId, PartyId, TenantId
from doorward.vocabulary.outcome import Outcome
from tests.support.transactions import NOON, PARTY, SCOPE

BOOK = RateBook(
    version="1",
    least=0.1,
    rates={
        "locked": {"unlock": 0.6, "help": 0.1},
        "twice": {"dispute": 0.4},
        "late": {"unlock": 0.5},
        "rare": {"x": 0.05},
    },
)
FILE = """
version = "2"
least = 0.1

[[expect]]
when = "locked"
intent = "unlock"
rate = 0.6
"""


def told(*conditions: str, counts: Counts | None = None) -> list[tuple[str, float]]:
    """Return what is expected under conditions."""
    return [(one.intent, one.likelihood) for one in expected(conditions, BOOK, counts or Counts())]


def test_what_is_declared_holds_until_something_was_seen() -> None:
    """The likeliest first; what is rarer than the least is not said, and nothing where nothing holds."""
    assert told("locked") == [("unlock", 0.6), ("help", 0.1)]
    assert told("rare") == []
    assert told() == []
    assert told("unheard") == []


def test_conditions_for_the_same_add_up_and_leave_room_for_something_else() -> None:
    """Two independent reasons make it likelier; all together stay below 0.95."""
    assert dict(told("locked", "late", "locked"))["unlock"] == pytest.approx(1 - 0.4 * 0.5, abs=0.02)
    assert sum(chance for _, chance in told("locked", "late", "twice")) <= 0.95
    first = expected(["late", "locked"], BOOK, Counts())[0]
    assert first.because == ("late", "locked")


def test_what_was_seen_outweighs_what_was_declared() -> None:
    """After 180 conversations of which a tenth wanted it, 0.6 has come down; something nobody declared is learnt."""
    counts = Counts(conversations={"locked": 180}, wanted={"locked": {"unlock": 18, "close": 90}})
    found = dict(told("locked", counts=counts))
    assert found["unlock"] == pytest.approx((20 * 0.6 + 18) / 200)
    assert found["close"] == pytest.approx(90 / 200)
    assert next(iter(found)) == "close"


@given(
    st.lists(st.sampled_from([*BOOK.rates, "other"]), max_size=6),
    st.dictionaries(st.sampled_from([*BOOK.rates, "other"]), st.integers(0, 50)),
)
def test_likelihoods_are_likelihoods(conditions: list[str], seen: dict[str, int]) -> None:
    """Whatever was seen, each lies between the least and one, they fall, and they are at most three."""
    counts = Counts(
        conversations={one: n * 2 for one, n in seen.items()}, wanted={one: {"w": n} for one, n in seen.items()}
    )
    found = expected(conditions, BOOK, counts)
    chances = [one.likelihood for one in found]
    assert chances == sorted(chances, reverse=True)
    assert len(chances) <= 3
    assert all(BOOK.least <= chance <= 0.95 for chance in chances)


@pytest.mark.parametrize(
    ("chance", "band"), [(0.6, "very_likely"), (0.59, "likely"), (0.35, "likely"), (0.34, "perhaps")]
)
def test_likelihoods_are_said_in_words(chance: float, band: str) -> None:
    """Three words, at fixed bounds."""
    assert band_of(chance) == band


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('when = "locked"', 'when = "moon"', "expect 1: when: the core system tells of no 'moon'"),
        ('intent = "unlock"', 'intent = "moon"', "expect 1: intent: there is no intent 'moon'"),
        ("rate = 0.6", "rate = 1.0", "expect 1: rate: must lie between 0 and 1"),
        ("least = 0.1", "least = 0.0", "least: must lie between 0 and 1"),
        ("rate = 0.6", "rate = 0.6\nsure = true", "unknown field `sure`"),
        ('version = "2"', "version = 2", "expected.toml: "),
    ],
)
def test_a_file_is_refused_with_its_place(tmp_path: Path, before: str, after: str, why: str) -> None:
    """Nothing of a wrong file is used."""
    path = tmp_path / "expected.toml"
    path.write_text(FILE, encoding="utf-8")
    book = read_expectations(path, conditions={"locked"}, intents={"unlock"})
    assert (book.version, book.rates) == ("2", {"locked": {"unlock": 0.6}})
    path.write_text(FILE.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ExpectationsInvalid) as refused:
        read_expectations(path, conditions={"locked"}, intents={"unlock"})
    assert why in str(refused.value)


def test_rates_of_a_condition_are_one_together_and_stand_there_once(tmp_path: Path) -> None:
    """Both mistakes are told at once."""
    path = tmp_path / "expected.toml"
    path.write_text(FILE + FILE.partition("\n\n")[2], encoding="utf-8")
    with pytest.raises(ExpectationsInvalid) as refused:
        read_expectations(path, conditions={"locked"}, intents={"unlock"})
    assert "expect 2: stands there twice" in str(refused.value)
    assert "when 'locked': its rates are more than 1 together" in str(refused.value)


def test_what_was_expected_is_kept_judged_once_and_learnt_from(transactions: Transactions, clock: FixedClock) -> None:
    """The first that was wanted counts; figures say how honest the words were; all of it ends with party and time."""

    def keep(name: str, conditions: tuple[str, ...], *found: Expected, party: PartyId = PARTY) -> bool:
        here = ConversationId(name)
        return transactions.write(
            SCOPE, lambda tx: Outcome(keep_expectation(tx, SCOPE, here, party_id=party, found=(conditions, found)))
        )

    def wanted(name: str, intent: str) -> bool:
        return transactions.write(SCOPE, lambda tx: Outcome(judge(tx, SCOPE, ConversationId(name), intent)))

    unlock = Expected(intent="unlock", likelihood=0.6, because=("locked",))
    assert keep("a", ("locked",), unlock)
    assert not keep("a", ("twice",))
    assert keep("b", ("locked", "twice"), unlock)
    assert keep("c", ("rare",), party=PartyId("other"))
    assert wanted("a", "unlock")
    assert not wanted("a", "dispute")
    assert wanted("b", "dispute")
    assert wanted("c", "x")
    assert not wanted("nowhere", "x")
    found = transactions.read(lambda tx: expectation_of(tx, SCOPE, ConversationId("a")))
    assert found is not None
    assert (found.intent, found.wanted, found.conditions) == ("unlock", "unlock", ("locked",))
    counts = transactions.read(lambda tx: judged_counts(tx, SCOPE))
    assert dict(counts.conversations) == {"locked": 2, "twice": 1, "rare": 1}
    assert {name: dict(ones) for name, ones in counts.wanted.items()} == {
        "locked": {"unlock": 1, "dispute": 1},
        "twice": {"dispute": 1},
        "rare": {"x": 1},
    }
    until = clock.now() + timedelta(seconds=1)
    judged = transactions.read(lambda tx: bands(tx, SCOPE, since=NOON, until=until))
    assert [(one.band, one.judged, one.right, one.said) for one in judged] == [
        ("very_likely", 2, 1, 0.6),
        ("likely", 0, 0, 0.0),
        ("perhaps", 0, 0, 0.0),
    ]
    elsewhere = msgspec.structs.replace(SCOPE, tenant_id=TenantId("elsewhere"))
    assert transactions.read(lambda tx: judged_counts(tx, elsewhere)) == Counts(conversations={}, wanted={})
    assert transactions.write(SCOPE, lambda tx: Outcome(forget_expectations(tx, SCOPE, PARTY))) == 2
    clock.advance(timedelta(days=181))
    assert transactions.write(SCOPE, lambda tx: Outcome(sweep_expectations(tx, SCOPE))) == 1
