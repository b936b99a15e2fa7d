"""Throw made-up bytes at the guards, the readers of archives, and the reader of rules.

    python3 run.py fuzz [--seconds 10] [--target view]

Each target runs that long, in a process of its own. What a target does not stand lies in build/fuzz afterwards, to
become a failing test; the exit code is then 1. Seeds are generated.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from tools.terminal import ROOT, say

FOLDER = ROOT / "build" / "fuzz"
LONGEST = 4096
_SEEN = ["doorward.protection", "doorward.flow.archives", "doorward.decision", "doorward.kit.expressions"]


def fuzz(target: str, seconds: int) -> int:
    """Run one target in a process of its own; its exit code. libFuzzer ends the process that it runs in."""
    folder = FOLDER / target
    words = [sys.executable, "-m", "tools.fuzzing", "--inside", "--target", target, "--seconds", str(seconds)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-4000:], file=sys.stderr)
    told = [line for line in done.stderr.splitlines() if line.startswith(("Done", "#"))]
    say(target, f"{'ok' if done.returncode == 0 else f'FAILED, see {folder}'}  {told[-1] if told else ''}")
    return done.returncode


def fuzz_inside(target: str, seconds: int) -> None:
    """Become the fuzzer; does not return."""
    import atheris  # noqa: PLC0415 - there are platforms without it; the sentence below is for them

    with atheris.instrument_imports(include=_SEEN):
        from tools.fuzzing.seeds import write_seeds  # noqa: PLC0415 - it must be imported here to be instrumented
        from tools.fuzzing.targets import TARGETS, screener  # noqa: PLC0415 - as above
    folder = FOLDER / target
    write_seeds(target, folder / "corpus")
    words = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={folder}/",
        "-timeout=120",
    ]
    screener()  # building the detectors takes its time, and is no part of any input's
    atheris.Setup([*words, str(folder / "corpus")], TARGETS[target])
    atheris.Fuzz()


def main() -> int:
    """Run all targets, or one."""
    names = ("view", "screener", "rules", "calls", "signatures", "jsonl", "csv", "mbox", "eml", "text")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--target", choices=names)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        import atheris  # noqa: F401, PLC0415 - only to see whether it is there
    except ImportError:
        say("fuzz", "atheris has no wheel for this machine; nothing was done")
        return 0
    if options.inside:
        fuzz_inside(options.target, options.seconds)
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    chosen = [options.target] if options.target else names
    return 1 if any([fuzz(name, options.seconds) for name in chosen]) else 0  # noqa: C419 - all run, whichever fails


if __name__ == "__main__":
    sys.exit(main())
