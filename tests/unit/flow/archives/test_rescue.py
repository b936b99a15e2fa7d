"""A record that kills its worker costs that record alone, and workers that die of anything else end the run."""

import json
import os
from pathlib import Path

import pytest

from doorward.flow.archives import Chunk, Order, ScreenedChunk, screen_archive, screen_chunk
from doorward.flow.archives.engines import ProcessEngine
from doorward.flow.archives.engines.rescue import MOST_DEATHS, Rescue
from doorward.protection import Screener
from doorward.vocabulary.errors import Unavailable
from doorward.vocabulary.text import WildText
from tests.support.archives import CARD, job, lines_of_tickets, records_of, silent
from tests.support.screening import screener

ORDER = Order(format="jsonl")
POISON = "poison"


def chunk_of(path: Path, lines: bytes) -> Chunk:
    """Return an archive as one chunk."""
    path.write_bytes(lines)
    return Chunk(number=3, records=tuple(records_of("jsonl", path)))


def with_poison(count: int, *places: int) -> bytes:
    """Return tickets, some of which kill whoever screens them; they hold a card as well."""
    lines = lines_of_tickets(count).splitlines(keepends=True)
    for place in places:
        lines[place] = json.dumps({"id": f"t-{place}", "text": f"{POISON} {CARD}"}).encode() + b"\n"
    return b"".join(lines)


class Mortal:
    """Screens chunks by workers that die of poison, and of the first ones for no reason if told so."""

    def __init__(self, *, for_nothing: int = 0) -> None:
        """Die of the first `for_nothing` chunks whatever is in them."""
        self.deaths = 0
        self._for_nothing = for_nothing

    def attempt(self, chunk: Chunk) -> ScreenedChunk | None:
        """Screen, or die."""
        if self.deaths < self._for_nothing or any(POISON.encode() in record.data for record in chunk.records):
            self.deaths += 1
            return None
        return screen_chunk(chunk, screener(), ORDER)


@pytest.mark.parametrize("places", [(0,), (39,), (7, 8, 30)])
def test_poison_costs_its_own_record_alone(places: tuple[int, ...], tmp_path: Path) -> None:
    """All others are screened as if it were not there; it is told by its number, and nothing of it is copied."""
    mortal = Mortal()
    done = Rescue(mortal.attempt).screen(chunk_of(tmp_path / "a", with_poison(40, *places)))
    clean = screen_chunk(chunk_of(tmp_path / "b", with_poison(40)), screener(), ORDER)
    assert done.number == 3
    assert done.copies == tuple(one for one in clean.copies if one[0] - 1 not in places)
    assert [(one.record, one.reason) for one in done.tally.refusals] == [(n + 1, "killed_worker") for n in places]
    assert (done.tally.records, done.tally.refused) == (40, len(places))
    assert POISON.encode() not in done.findings
    lines = [json.loads(line) for line in done.findings.splitlines()]
    assert [line["record"] for line in lines] == list(range(1, 41))
    assert [line["record"] - 1 for line in lines if line.get("error") == "killed_worker"] == [*places]
    assert mortal.deaths <= len(places) * 8


def test_halves_give_the_same_bytes(tmp_path: Path) -> None:
    """Where nothing was to blame, what is put together again is what one worker would have given."""
    chunk = chunk_of(tmp_path / "a", lines_of_tickets(40))
    done = Rescue(Mortal(for_nothing=3).attempt).screen(chunk)
    assert done == screen_chunk(chunk, screener(), ORDER)


def test_a_record_is_not_blamed_for_one_death(tmp_path: Path) -> None:
    """Memory may have been short for a moment."""
    chunk = chunk_of(tmp_path / "a", lines_of_tickets(1))
    assert Rescue(Mortal(for_nothing=1).attempt).screen(chunk).tally.refused == 0


def test_workers_that_die_of_anything_end_the_run(tmp_path: Path) -> None:
    """A worker that cannot even begin, or too many deaths, stop it with a sentence."""
    mortal = Mortal(for_nothing=10_000)
    with pytest.raises(Unavailable, match="again and again"):
        Rescue(mortal.attempt).screen(chunk_of(tmp_path / "a", lines_of_tickets(5000)))
    assert mortal.deaths < 30
    mortal = Mortal()
    with pytest.raises(Unavailable, match="again and again"):
        Rescue(mortal.attempt).screen(chunk_of(tmp_path / "b", with_poison(100, *range(100))))
    assert mortal.deaths <= MOST_DEATHS + 1


class Fragile(Screener):
    """A screener whose process ends at once when it sees poison."""

    def screen(self, text: WildText, **wishes: object) -> object:  # type: ignore[override]
        """End the process, or screen."""
        if POISON in text.uncover():
            os._exit(9)
        return super().screen(text, **wishes)  # type: ignore[arg-type]


def make_fragile() -> Screener:
    """Return a screener without detectors, quick to build in every worker."""
    return Fragile((), (), matcher="re")


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    """A real process that ends in the middle: the run goes on, and only the record that ended it is left out."""
    source = tmp_path / "tickets.jsonl"
    source.write_bytes(with_poison(12, 5))
    engine = ProcessEngine(make_fragile, workers=1)
    try:
        tally = screen_archive(job(source, tmp_path, chunk=400), engine, tell=silent)
    finally:
        engine.close()
    assert (tally.records, tally.reasons) == (12, {"killed_worker": 1})
    copy = (tmp_path / "copy.out").read_bytes()
    assert copy.count(b"\n") == 11
    assert POISON.encode() not in copy + (tmp_path / "findings.out").read_bytes()
