"""The desk over a large past, and beside another desk. Prints JSON.

python3 run.py bench desk search --messages 1000000 [--database sqlite|postgresql] [--folder FOLDER]
python3 run.py bench desk actions --messages 1000000 [--database sqlite|postgresql]     in a real Chromium
python3 run.py bench desk creation                                                      beside django-helpdesk
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from bench.desk import actions, creating, search


def main() -> None:
    """Measure what was asked for and print what came of it as JSON."""
    parser = argparse.ArgumentParser(prog="run.py bench desk")
    parser.add_argument("what", choices=["search", "actions", "creation"])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--rounds", type=int, default=20, help="How often each question is asked, with other words.")
    parser.add_argument("--folder", type=Path, help="Where the databases lie; a temporary folder if not given.")
    wanted = parser.parse_args()
    if wanted.what == "creation":
        _print(creating.measure(messages=200, rounds=wanted.rounds))
        return
    if wanted.what == "actions":
        for kind in wanted.database or ("sqlite", "postgresql"):
            _print({kind: actions.measure(kind, messages=wanted.messages, rounds=wanted.rounds)})
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.folder or Path(temporary)
        for kind in wanted.database or ("sqlite", "postgresql"):
            report = search.measure(kind, folder=folder, messages=wanted.messages, rounds=wanted.rounds)
            _print(report)


def _print(report: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
