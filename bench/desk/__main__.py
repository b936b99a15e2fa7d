"""`python3 run.py bench desk search --messages 100000 [--database sqlite|postgresql] [--folder FOLDER]`."""

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec

from bench.desk import search


def main() -> None:
    """Measure search on each kind of database and print what came of it as JSON."""
    parser = argparse.ArgumentParser(prog="run.py bench desk")
    parser.add_argument("what", choices=["search"])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--rounds", type=int, default=20, help="How often each question is asked, with other words.")
    parser.add_argument("--folder", type=Path, help="Where the databases lie; a temporary folder if not given.")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.folder or Path(temporary)
        for kind in wanted.database or ("sqlite", "postgresql"):
            report = search.measure(kind, folder=folder, messages=wanted.messages, rounds=wanted.rounds)
            sys.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n")


if __name__ == "__main__":
    main()
