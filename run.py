#!/usr/bin/env python3
"""Every command a person needs before the project is installed. Standard library only.

    python3 run.py demo     start everything with the seeded demo company
    python3 run.py test     lint, types, import contract and all tests, browser journeys included
    python3 run.py check    the same without the tests
    python3 run.py bench    run one of the measurements in bench/
    python3 run.py assets   build the front end
    python3 run.py screens  photograph every page, light and dark, in three widths
    python3 run.py docs     write the reference pages in docs/ anew
    python3 run.py migration "Add this."   write the next step of the tables' history
    python3 run.py naming   train the finder of names and addresses
    python3 run.py secrets  train the judge of codes, PINs and passwords
    python3 run.py feelings train the head that hears how somebody feels
    python3 run.py campaigns train the head that hears whether a message demands something
    python3 run.py fuzz     throw made-up bytes at guards, readers of archives and the reader of rules
    python3 run.py lock     pin all dependencies anew

Each command first brings .venv to the state that requirements/*.txt describe; when nothing changed that costs nothing
and needs no network.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python reads this far and gets a sentence, not a traceback
    sys.exit(f"Doorward needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: python3.11 run.py")

import argparse
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

from tools.browser import ensure_chromium
from tools.checks import judge_tests, quick_checks, type_check
from tools.environment import PROGRAMS, PYTHON, ensure_environment
from tools.frontend import ensure_assets
from tools.locks import pin_everything
from tools.terminal import ROOT, Stop, say


def demo(arguments: argparse.Namespace) -> int:
    """Prepare everything, then become `doorward demo`."""
    ensure_environment("base")
    ensure_assets()
    words = [str(PROGRAMS / "doorward"), "demo"]
    flags = [name for name in ("fresh", "no_traffic", "no_browser") if getattr(arguments, name)]
    words += [f"--{flag.replace('_', '-')}" for flag in flags]
    words += ["--port", str(arguments.port)] if arguments.port is not None else []
    sys.stdout.flush()
    if os.name != "nt":
        become(words)
    return subprocess.call(words)


def become(words: list[str]) -> NoReturn:
    """Replace this process, so that Ctrl-C and signals reach the house itself and its exit code is ours."""
    os.execv(words[0], words)  # noqa: S606 - the program is the one that was just installed


def test(arguments: argparse.Namespace) -> int:
    """Everything CI runs: the checks, and beside the slowest of them the tests."""
    start = time.monotonic()
    ensure_environment("dev")
    ensure_assets()
    chromium = ensure_chromium()
    verdicts = [check.judge().tell() for check in quick_checks()]
    with ThreadPoolExecutor(max_workers=1) as beside:
        types = beside.submit(type_check().judge)
        tests = judge_tests(arguments.rest, chromium=chromium)
        verdicts += [types.result().tell(), tests]
    failed = [verdict.name for verdict in verdicts if not verdict.passed]
    say("tests", f"{'ok' if tests.passed else 'FAILED'} in {tests.seconds:.1f} s")
    say("verdict", f"{'FAILED: ' + ', '.join(failed) if failed else 'all passed'} in {time.monotonic() - start:.0f} s")
    if not chromium:
        say("", "WITHOUT the browser journeys: there is no Chromium (see above)")
    print(tests.output, flush=True)
    return 1 if failed else 0


def check(_arguments: argparse.Namespace) -> int:
    """Lint, format, import contract and types."""
    ensure_environment("dev")
    verdicts = [check.judge().tell() for check in (*quick_checks(), type_check())]
    return 0 if all(verdict.passed for verdict in verdicts) else 1


def bench(arguments: argparse.Namespace) -> int:
    """Run one measurement of bench/ with its own arguments."""
    names = sorted(file.stem for file in (ROOT / "bench").glob("[a-z]*.py"))
    names += sorted(file.parent.name for file in (ROOT / "bench").glob("[a-z]*/__main__.py"))
    if arguments.name not in names:
        raise Stop(f"There is no such measurement. There are: {', '.join(names) or 'none yet'}.", code=2)
    ensure_environment("dev")
    return subprocess.call([PYTHON, "-m", f"bench.{arguments.name}", *arguments.rest], cwd=ROOT)


def assets(_arguments: argparse.Namespace) -> int:
    """Build the front end when it is stale."""
    ensure_assets()
    return 0


def screens(arguments: argparse.Namespace) -> int:
    """Photograph every page of a demonstration of its own."""
    ensure_environment("dev")
    ensure_assets()
    return subprocess.call([PYTHON, "-m", "tools.screens", *arguments.rest], cwd=ROOT)


def docs(_arguments: argparse.Namespace) -> int:
    """Write the reference pages from the code."""
    ensure_environment("dev")
    return subprocess.call([PYTHON, "-m", "tools.reference"], cwd=ROOT)


def migration(arguments: argparse.Namespace) -> int:
    """Write the next step of the tables' history."""
    ensure_environment("dev")
    return subprocess.call([PYTHON, "-m", "tools.migration", *arguments.rest], cwd=ROOT)


def in_order() -> dict[str, str]:
    """The environment in which sets come in the same order every time: some names that trainings use come from sets."""
    return {**os.environ, "PYTHONHASHSEED": "0"}


def naming(arguments: argparse.Namespace) -> int:
    """Train the finder of names and addresses."""
    ensure_environment("dev")
    return subprocess.call([PYTHON, "-m", "tools.naming", *arguments.rest], cwd=ROOT, env=in_order())


def secrets(arguments: argparse.Namespace) -> int:
    """Train the judge of codes, PINs and passwords."""
    ensure_environment("dev")
    return subprocess.call([PYTHON, "-m", "tools.secrets", *arguments.rest], cwd=ROOT, env=in_order())


def feelings(arguments: argparse.Namespace) -> int:
    """Train the head that hears how somebody feels."""
    ensure_environment("dev")
    return subprocess.call([PYTHON, "-m", "tools.feelings", *arguments.rest], cwd=ROOT, env=in_order())


def campaigns(arguments: argparse.Namespace) -> int:
    """Train the head that hears whether a message demands something."""
    ensure_environment("dev")
    return subprocess.call([PYTHON, "-m", "tools.campaigns", *arguments.rest], cwd=ROOT, env=in_order())


def fuzz(arguments: argparse.Namespace) -> int:
    """Throw made-up bytes at the guards and the readers of archives."""
    ensure_environment("dev")
    return subprocess.call([PYTHON, "-m", "tools.fuzzing", *arguments.rest], cwd=ROOT)


def lock(arguments: argparse.Namespace) -> int:
    """Pin everything anew."""
    pin_everything(upgrade=arguments.upgrade)
    return 0


def command_line() -> argparse.ArgumentParser:
    """What can be said to this script."""
    parser = argparse.ArgumentParser(prog="run.py", description="Doorward from a fresh clone: one command each.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, action: Callable[[argparse.Namespace], int], sentence: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=sentence, description=sentence)
        command.set_defaults(action=action)
        return command

    start = add("demo", demo, "Start everything with the seeded demo company; Ctrl-C stops it, its state is kept.")
    start.add_argument("--fresh", action="store_true", help="forget what earlier demos left")
    start.add_argument("--port", type=int, metavar="N", help="listen on this port")
    start.add_argument("--no-traffic", action="store_true", help="no simulated visitors")
    start.add_argument("--no-browser", action="store_true", help="do not open a browser")
    add("test", test, "Lint, types, import contract and all tests. Other words go to pytest (-k NAME, PATH).")
    add("check", check, "Lint, format, import contract and types.")
    measure = add("bench", bench, "Run one measurement of bench/.")
    measure.add_argument("name", nargs="?", default="", metavar="NAME")
    add("assets", assets, "Build the front end when it is stale.")
    add("screens", screens, "Photograph every page, light and dark, in three widths, into build/screens.")
    add("docs", docs, "Write the reference pages in docs/ anew.")
    add("migration", migration, "Write the next step of the tables' history, named by a sentence.")
    add("naming", naming, "Train the finder of names and addresses; its weights are kept.")
    add("secrets", secrets, "Train the judge of codes, PINs and passwords; its weights are kept.")
    add("feelings", feelings, "Train the head that hears how somebody feels; its weights are kept.")
    add("campaigns", campaigns, "Train the head that hears whether a message demands something; its weights are kept.")
    add("fuzz", fuzz, "Throw made-up bytes at the guards and the readers of archives: --seconds N, --target NAME.")
    pins = add("lock", lock, "Pin all dependencies anew.")
    pins.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    return parser


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The command and its options. What follows on `test`, `bench NAME` and others goes on, as `rest`."""
    ours = (
        {
            "test": 1,
            "migration": 1,
            "screens": 1,
            "naming": 1,
            "secrets": 1,
            "feelings": 1,
            "campaigns": 1,
            "fuzz": 1,
            "bench": 2,
        }.get(words[0], len(words))
        if words
        else 0
    )
    if any(word in {"-h", "--help"} for word in words[:2]):
        ours = len(words)
    arguments = command_line().parse_args(words[:ours])
    arguments.rest = list(words[ours:])
    return arguments


def main(words: Sequence[str]) -> int:
    """Do what the words say; the exit code. Expected troubles are one sentence on the error stream."""
    arguments = parse(words)
    action: Callable[[argparse.Namespace], int] = arguments.action
    try:
        return action(arguments)
    except Stop as trouble:
        if trouble.output:
            print(trouble.output.rstrip(), file=sys.stderr)
        print(f"run.py: {trouble}", file=sys.stderr)
        return trouble.code
    except KeyboardInterrupt:
        print("run.py: stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
