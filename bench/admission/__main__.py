"""What flood control costs, what it notices and whom it serves; docs/concepts/admission.md.

    python3 run.py bench admission [counting] [noticing] [serving] [recognising] [signing] [drilling]
                                   [reading] [together]
                                   [--seeds 40] [--drills 10] [--keys 100000] [--sources 1000000]
                                   [--messages 100000] [--requests 1000000] [--out result.json]

Everything but the costs is in virtual time and the same for the same seeds. `counting` and `signing` compare with what
is installed; a peer that is not is named as such. `drilling` plays every shipped scenario and other ways to admit by
seeds from 0, and puts what is asked of flood control in a table. `reading` plays those that differ in their words with
the real detector. Beside `result.json` stands a page with plots, `result.html`.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.admission.counting import counting, many
from bench.admission.drilling import drilling
from bench.admission.noticing import noticing
from bench.admission.plotting import page
from bench.admission.reading import reading
from bench.admission.recognising import recognising
from bench.admission.serving import serving
from bench.admission.signing import signing
from bench.admission.together import together


def main() -> int:
    """Measure what was asked for, and write what came of it."""
    options = command_line().parse_args()
    parts: dict[str, Callable[[], Any]] = {
        "counting": lambda: {"ways": counting(options.keys), "flood": many(options.sources)},
        "noticing": lambda: noticing(options.seeds),
        "recognising": lambda: recognising(options.messages),
        "serving": lambda: serving(max(1, options.seeds // 10)),
        "signing": lambda: signing(options.requests),
        "drilling": lambda: drilling(options.drills),
        "reading": lambda: reading(options.drills),
        "together": lambda: together(max(1_000, options.keys // 10)),
    }
    result = {name: part() for name, part in parts.items() if name in (options.parts or parts)}
    written = json.dumps(result, indent=1)
    if options.out:
        options.out.write_text(written + "\n", encoding="utf-8")
        options.out.with_suffix(".html").write_text(page(result), encoding="utf-8")
    print(written)
    return 0


def command_line() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="bench admission", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        choices=["counting", "noticing", "serving", "recognising", "signing", "drilling", "reading", "together"],
    )
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--drills", type=int, default=10)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
