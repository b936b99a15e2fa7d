"""How fast texts are screened, beside the peers: one run, one process each, processor time.

    python3 run.py bench protection [--engines doorward,presidio] [--rounds 5] [--file messages.jsonl[.gz]]
                                    [--out result.json] [--plot result.svg] [--agree 10000]

Each peer is installed with uv into an environment of its own (bench/.peers, pinned in bench/protection/peers), and one
that cannot be had is named and left out. Chats, chats of which each holds something, and mails of about 2,000
characters are generated, in five languages; `--file` adds messages of your own (`text` or `full_text`). In every round
all engines take the same new texts in turn; ratios are those of one round, their median, least and most are reported.

`--agree` lets both matchers screen so many hostile texts and counts those whose masked texts or findings differ.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.protection.agreement import disagreements
from bench.protection.engines import ENGINES
from bench.protection.measuring import measure
from bench.protection.peers import Engine, Unavailable
from bench.protection.plot import plot
from bench.protection.texts import corpora
from tools.terminal import ROOT

CACHE = ROOT / "bench" / ".peers"


def main() -> int:
    """Measure, and write what came of it."""
    options = command_line().parse_args()
    CACHE.mkdir(mode=0o700, exist_ok=True)
    result: dict[str, Any] = {"machine": machine(), "start": {}, "unavailable": {}}
    if options.agree:
        result["disagreements"] = disagreements(options.agree, CACHE / "patterns")
        print("disagreements", result["disagreements"], file=sys.stderr, flush=True)
    engines = started(options.engines, result)
    if engines:
        texts = corpora(options.texts, path=options.file)
        result["corpora"] = measure(engines, texts, rounds=options.rounds, seconds=options.seconds)
        result["memory_megabytes"] = {engine.name: engine.ask({}) for engine in engines}
    for engine in engines:
        engine.close()
    write(result, options)
    return 1 if result.get("disagreements") else 0


def started(names: list[str], result: dict[str, Any]) -> list[Engine]:
    """Return the engines that can be had, each started for the second time: files and patterns are warm by then."""
    engines = []
    for name in names:
        try:
            Engine(name, CACHE).close()
            engine = Engine(name, CACHE)
        except Unavailable as trouble:
            result["unavailable"][name] = str(trouble)
            print(f"without {name}: {trouble}", file=sys.stderr, flush=True)
            continue
        engines.append(engine)
        result["start"][name] = {
            "seconds": round(engine.start_seconds, 2),
            "cpu_seconds": round(engine.start_cpu_seconds, 2),
        }
    return engines


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {"python": platform.python_version(), "processor": platform.machine(), "cores": os.cpu_count()}


def write(result: dict[str, Any], options: argparse.Namespace) -> None:
    """Print the result, and keep it and its picture where asked."""
    written = json.dumps(result, indent=1)
    if options.out:
        options.out.write_text(written + "\n", encoding="utf-8")
    if options.plot and "corpora" in result:
        options.plot.write_text(plot(result["corpora"]), encoding="utf-8")
    print(written)


def command_line() -> argparse.ArgumentParser:
    """Return what can be said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", type=lambda words: words.split(","), default=list(ENGINES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="processor time of an engine in a round")
    parser.add_argument("--texts", type=int, default=12_000, help="chats to generate; a tenth as many mails")
    parser.add_argument("--agree", type=int, default=0)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path, default=Path(tempfile.gettempdir()) / "doorward-protection.svg")
    return parser


if __name__ == "__main__":
    sys.exit(main())
