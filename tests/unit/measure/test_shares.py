"""Which share of contacts is from machines is said with how sure that is, and no look at a message is more than one."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from doorward.measure import LOOKS, Look, Share, by_month, following, forecast, look_of, machine_share, unsigned_share
from doorward.measure.shares import RATES

EVALUATION = Path(__file__).parents[2] / "evals" / "assistants"


def _rates(half: str) -> dict[str, tuple[int, ...]]:
    """Return how often each look came in one half of the evaluation, by who wrote it."""
    counted: Counter[tuple[str, str]] = Counter()
    for line in (EVALUATION / f"{half}.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        counted[row["by"], look_of(row["text"])] += 1
    return {by: tuple(counted[by, look] for look in LOOKS) for by in ("person", "machine")}


def test_the_rates_are_those_of_the_evaluation() -> None:
    """What shares are reckoned with is what the detector does on the half that it was made with."""
    assert _rates("dev") == dict(RATES)


def test_texts_that_it_was_not_made_with_look_alike() -> None:
    """On the other half of the evaluation people seldom have a look, and most assistants have one; in all languages."""
    rates = _rates("test")
    assert sum(rates["person"][1:]) <= 2
    assert sum(rates["machine"][2:]) >= 24


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("I'm an AI assistant.", "told"),
        ("is the AI assistant in your app free?", "plain"),
        ("I write on behalf of my mother", "plain"),
        ("", "plain"),
        ("Re: a\nnothing else", "plain"),
        ("- a\n- b", "weak"),
        ("**Order:** late\nOrder: O1\nReason: unknown", "strong"),
    ],
)
def test_what_a_message_looks_like(text: str, look: Look) -> None:
    """Who says that they are a machine is one; a list alone says little; a mother is no user."""
    assert look_of(text) == look


@pytest.mark.parametrize(
    ("user_agent", "look"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "plain"),
        ("Mozilla/5.0 AppleWebKit/537.36; compatible; ChatGPT-User/1.0; +https://openai.com/bot", "told"),
        ("python-httpx/0.28", "strong"),
        ("x" * 100_000, "plain"),
    ],
)
def test_what_a_program_says_of_itself(user_agent: str, look: Look) -> None:
    """Families of assistants count as having said so; programs that are no browsers as a strong sign."""
    assert look_of("where is my card", user_agent=user_agent) == look


def test_hostile_texts_are_looked_at_in_no_time() -> None:
    """No text makes the patterns look for long: what is read is bounded, and nothing is tried in many ways."""
    for text in ("- " * 50_000, "a:" * 50_000, "1. " * 50_000, "*" * 100_000, "\n" * 100_000, "i am " * 20_000):
        assert look_of(text) in LOOKS


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.8])
def test_the_interval_holds_the_truth(share: float) -> None:
    """Of made-up months whose share is known, the interval has it, and is the narrower the more contacts there are."""
    chance = np.random.default_rng(7)
    widths = []
    for contacts in (60, 6000):
        machines = int(share * contacts)
        people = np.array(RATES["person"]) + 0.5
        like = np.array(RATES["machine"]) + 0.5
        counts = chance.multinomial(machines, like / like.sum())
        counts += chance.multinomial(contacts - machines, people / people.sum())
        found = unsigned_share(dict(zip(LOOKS, map(int, counts), strict=True)))
        assert found is not None
        assert found.low - 0.01 <= share <= found.high + 0.01
        assert found.low <= found.share <= found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0]


def test_without_contacts_nothing_is_said() -> None:
    """No contacts have no share; contacts that are all signed have one that is sure."""
    assert unsigned_share({"signed": 3}) is None
    assert machine_share({}) is None
    assert machine_share({"signed": 3}) == Share(share=1, low=1, high=1)
    few = machine_share({"plain": 2})
    assert few is not None
    assert few.high - few.low > 0.5


def test_the_same_counts_are_always_the_same_share() -> None:
    """Nothing depends on chance that changes."""
    assert unsigned_share({"plain": 90, "told": 10}) == unsigned_share({"plain": 90, "told": 10})


def test_a_forecast_goes_on_and_grows_less_sure() -> None:
    """It follows a rise, stays a share, gets wider, and is not made from two months, with a gap between them or not."""
    months = [Share(share=one, low=one * 0.8, high=one * 1.2) for one in (0.02, 0.04, 0.08, 0.15)]
    ahead = forecast(months)
    assert ahead[0].share > 0.15
    widths = [one.high - one.low for one in ahead]
    assert widths == sorted(widths)
    assert all(0 < one.low <= one.share <= one.high < 1 for one in ahead)
    assert forecast(months[:2]) == ()
    assert forecast([None, months[0], None, months[1]]) == ()
    assert len(forecast([None, *months])) == 3
    none = forecast([Share(share=0, low=0, high=0)] * 3)
    assert none[-1].share < 0.01


def test_months_have_rows_and_those_ahead_columns_of_their_own() -> None:
    """A row a month with counts and shares; behind them the forecast, without counts."""
    months = ["2026-10", "2026-11", "2026-12"]
    counts: dict[tuple[str, Look], int] = {(month, "plain"): 90 for month in months}
    counts["2026-11", "signed"] = 10
    table = by_month(counts, months)
    assert [row.key for row in table.rows] == [*months, "2027-01", "2027-02", "2027-03"]
    assert table.rows[1].values[:2] == (100, 10)
    assert table.rows[3].values[:5] == (None,) * 5
    assert all(row.values[5] is None for row in table.rows[:3])
    assert by_month({}, ["2026-12"]).rows[0].values == (0, 0, *[None] * 6)
    assert following("2026-12") == "2027-01"
