"""Whether our conditions mean what they mean to Google's compiler of the Common Expression Language; what each costs.

    python3 run.py bench expressions [--conditions 20000] [--seed 7]

Conditions in the spelling that both know are made up, with three sets of values each. The peer runs in an environment
of its own (bench/.peers, pinned in bench/expressions/peers). The exit code is 1 when one answer differs.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from bench.protection.peers import Unavailable, environment
from doorward.kit.expressions import compile_expression
from tools.terminal import ROOT

HERE: Final = Path(__file__).parent
NAMES: Final[Mapping[str, Any]] = {
    **dict.fromkeys("nm", float),
    **dict.fromkeys("ij", int),
    **dict.fromkeys("ab", bool),
    **dict.fromkeys("st", str),
    "ks": tuple[str, ...],
}
VALUES: Final = 3


def main() -> int:
    """Compare, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conditions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    draw = Drawing(options.seed)
    try:
        python = environment("cel", ROOT / "bench" / ".peers", requirements=HERE / "peers")
    except Unavailable as error:
        print(f"the peer cannot be had: {error}", file=sys.stderr)
        return 0
    words = [str(python), str(HERE / "oracle.py")]
    told: dict[str, Any] = {"answers": 0, "differ": [], "refused_by_peer": 0, "ours_seconds": 0.0, "peer_seconds": 0.0}
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as peer:
        assert peer.stdin
        assert peer.stdout
        peer.stdin.write(json.dumps({name: getattr(kind, "__name__", "list") for name, kind in NAMES.items()}) + "\n")
        for _ in range(options.conditions):
            text, values = draw.condition(3), [draw.values() for _ in range(VALUES)]
            peer.stdin.write(json.dumps({"text": text, "values": values}) + "\n")
            peer.stdin.flush()
            compare(told, text, values, json.loads(peer.stdout.readline()))
        peer.stdin.close()
    print(json.dumps(told, indent=1))
    return 1 if told["differ"] else 0


def compare(told: dict[str, Any], text: str, values: list[dict[str, Any]], theirs: Mapping[str, Any]) -> None:
    """Add to what is told what both made of a condition."""
    if not theirs:
        told["refused_by_peer"] += 1
        return
    expression = compile_expression(text, NAMES, condition=True)
    start = time.process_time()
    ours = [expression.evaluate(one) for one in values]
    told["ours_seconds"] += time.process_time() - start
    told["peer_seconds"] += theirs["seconds"]
    told["answers"] += len(ours)
    told["differ"] += [text] if ours != theirs["answers"] else []


class Drawing:
    """Draws conditions and values, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Begin."""
        self._random = random.Random(seed)

    def values(self) -> dict[str, Any]:
        """Return a value for each name."""
        pick = self._random.choice
        return {
            **{name: pick([0.0, 0.5, 1.0, 2.0, -1.5]) for name in "nm"},
            **{name: self._random.randint(-3, 3) for name in "ij"},
            **{name: pick([True, False]) for name in "ab"},
            **{name: pick(["x", "y", "z", ""]) for name in "st"},
            "ks": pick([["x"], [], ["y", "z"]]),
        }

    def condition(self, depth: int) -> str:
        """Return a condition of at most so many levels."""
        if depth == 0 or self._random.random() < 0.3:
            return self._comparison()
        one, other = self.condition(depth - 1), self.condition(depth - 1)
        return self._random.choice([f"{one} && {other}", f"{one} || {other}", f"!({one})", f"({one})"])

    def _comparison(self) -> str:
        pick = self._random.choice
        sign = pick(["==", "!=", "<", "<=", ">", ">="])
        kinds: list[Callable[[], str]] = [
            lambda: f"{self._sum('nm', ('0.5', '2.0'))} {sign} {self._sum('nm', ('0.5', '2.0'))}",
            lambda: f"{self._sum('ij', ('3', 'size(ks)'))} {sign} {self._sum('ij', ('0', '-i', 'size(s)'))}",
            lambda: pick(["a", "b", "true", "false", "a == b", "!a == b", "!a != true"]),
            lambda: " ".join((pick("st"), pick(["==", "!="]), pick(["s", "t", '"x"']))),
            lambda: pick(['s in ["x", "y"]', '"x" in ks', "s in ks", "i in [1, 2, 3]"]),
        ]
        return pick(kinds)()

    def _sum(self, names: str, others: tuple[str, ...], depth: int = 2) -> str:
        pick = self._random.choice
        if depth == 0 or self._random.random() < 0.5:
            return str(pick([*names, *others]))
        text = f"{self._sum(names, others, depth - 1)} {pick('+-*')} {self._sum(names, others, depth - 1)}"
        return text if self._random.random() < 0.5 else f"({text})"


if __name__ == "__main__":
    sys.exit(main())
