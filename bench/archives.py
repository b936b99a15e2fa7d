"""How fast archives are screened, whether a second worker doubles that, and whether the matchers give the same bytes.

    python bench/archives.py [--tickets 20000] [--agree 10000] [--workers 2] [--rounds 3]

The archive is made up: JSONL, five languages, one ticket in eight holds something. Workers are started and warm before
time is taken; one worker and several take turns, and the best round of each counts. `serial` is the processor time of
the process that reads and writes, of which no more workers make less, and `alone` that of one process that does
everything: with processors to themselves several workers gain `bound` times at most (Amdahl 1967: all the work over the
part that one must do and the rest shared out), however busy the machine was. `--agree` compares copies and findings of
both matchers on so many hostile rows.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.protection.texts import corpora
from doorward.doors.cli.archives import build_screener
from doorward.doors.cli.company_rules import CompanyRules
from doorward.flow.archives import (
    Chunk,
    Engine,
    Job,
    MakeScreener,
    Order,
    Record,
    ScreenedChunk,
    screen_archive,
    screen_chunk,
)
from doorward.flow.archives.chunks import chunked
from doorward.flow.archives.engines import ProcessEngine
from doorward.kit.settings import load
from tests.support.screening import generated_texts, screener


def chats(count: int) -> list[str]:
    """Return chats as the benchmark of the guards has them."""
    return next(corpus.texts for corpus in corpora(count) if corpus.name == "chats")


def silent(_done: int, _total: int, *, looking: bool) -> None:
    """Hear of progress, and tell nobody."""


def write_tickets(path: Path, texts: list[str]) -> None:
    """Write texts as an archive."""
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            file.write(json.dumps({"id": number, "text": f"{text} ({number})"}, ensure_ascii=False) + "\n")


class Alone:
    """Screens in this process, one chunk after the other, so that all processor time is this process's."""

    def __init__(self, make: MakeScreener) -> None:
        """Build the detectors."""
        self._screener = make()

    def screen(self, chunks: Iterable[Chunk], order: Order) -> Iterator[ScreenedChunk]:
        """See `Engine`."""
        return (screen_chunk(chunk, self._screener, order) for chunk in chunks)

    def close(self) -> None:
        """See `Engine`."""


def run(engine: Engine, source: Path, folder: Path) -> dict[str, float]:
    """Screen an archive once; seconds of the clock and of this process."""
    job = Job(source=source, order=Order(format="jsonl"), detectors="bench", copy=folder / "copy", restart=True)
    wall, own = time.perf_counter(), time.process_time()
    screen_archive(job, engine, tell=silent)
    return {"wall": time.perf_counter() - wall, "serial": time.process_time() - own}


def measure(tickets: int, workers: int, rounds: int) -> dict[str, Any]:
    """Return the best rounds of one worker and of several, and the rate between them."""
    make = partial(build_screener, load(), CompanyRules())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tickets(folder / "warm", chats(200 * workers))
        write_tickets(folder / "archive", chats(tickets))
        engines: dict[str, Engine] = {
            "alone": Alone(make),
            "one": ProcessEngine(make, workers=1),
            "several": ProcessEngine(make, workers=workers),
        }
        best: dict[str, dict[str, float]] = {}
        for engine in engines.values():
            for _ in range(2):
                run(engine, folder / "warm", folder)
        for _ in range(rounds):
            for name_of, engine in engines.items():
                taken = run(engine, folder / "archive", folder)
                best[name_of] = min(best.get(name_of, taken), taken, key=lambda one: one["wall"])
        size = (folder / "archive").stat().st_size
        for engine in engines.values():
            engine.close()
    return {
        "bytes": size,
        **{name_of: {key: round(value, 2) for key, value in taken.items()} for name_of, taken in best.items()},
        "megabytes_per_second": {key: round(size / taken["wall"] / 1e6, 2) for key, taken in best.items()},
        "gain": round(best["one"]["wall"] / best["several"]["wall"], 2),
        "bound": round(bound(best["alone"]["serial"], best["several"]["serial"], workers), 3),
        "largest_worker_megabytes": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000),
        "own_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }


def bound(all_of_it: float, serial: float, workers: int) -> float:
    """Return how much faster several workers can be, by the processor time of all the work and of its serial part."""
    return all_of_it / (serial + (all_of_it - serial) / workers)


def agree(rows: int) -> dict[str, int]:
    """Return how many chunks of hostile rows come out differently with the other matcher."""
    lines = [json.dumps({"id": n, "text": text}).encode() for n, text in enumerate(generated_texts(rows, seed=53))]
    records = [Record(number, number, line) for number, line in enumerate(lines, start=1)]
    order = Order(format="jsonl", size=rows)
    fast, plain = screener("hyperscan"), screener("re")
    chunks = list(chunked(records, size=100_000))
    different = sum(screen_chunk(one, fast, order) != screen_chunk(one, plain, order) for one in chunks)
    return {"rows": rows, "chunks": len(chunks), "different": different}


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--agree", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    result: dict[str, Any] = {}
    if options.tickets:
        result["speed"] = measure(options.tickets, options.workers, options.rounds)
    if options.agree:
        result["agreement"] = agree(options.agree)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
