"""What understanding a message and teaching cost, beside the embedding alone and scikit-learn's own pipeline.

    python3 run.py bench nlu --data FOLDER [--phrases FOLDER] [--messages 2000] [--parts message,training,peers]
                             [--out result.json]

`--data` holds public sets (`banking77/official_train.jsonl.gz`, `fewshot_valid.jsonl.gz`), `--phrases` a file
`<intent>.jsonl` for each intent (the installed company's, else Banking77's ten phrases an intent). All is measured in
processes of one thread, in processor time; a message is read and understood as in the walk, with the heads, and with
the demo company's articles. The exit code is 1 when a floor is missed: 10 and 30 ms (p50, p99), 350 MB, 60 s.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.nlu.preparing import prepare
from tools.terminal import ROOT

PARTS: Final = ("message", "training", "peers")
FLOORS: Final = {"p50_ms": 10.0, "p99_ms": 30.0, "memory_megabytes": 350.0, "training_seconds": 60.0}
AIMS: Final = {"p50_ms": 5.0, "p99_ms": 15.0, "memory_megabytes": 250.0, "training_seconds": 60.0}


def main() -> int:
    """Measure, and write what came of it."""
    options = command_line().parse_args()
    result: dict[str, Any] = {"machine": machine(), "floors": FLOORS, "aims": AIMS}
    with tempfile.TemporaryDirectory(prefix="doorward-bench-nlu-") as name:
        folder = Path(name)
        for part in options.parts:
            tell(f"{part} ...")
            if part == "message":
                result["prepared"] = prepare(folder, data=options.data, phrases=options.phrases)
            words = (str(folder), str(options.messages)) if part == "message" else (str(options.data),)
            result[part] = asked(part, *words)
            tell(json.dumps(result[part]))
    result["machine"]["load_after"] = os.getloadavg()
    result["missed"] = missed(result)
    written = json.dumps(result, indent=1)
    if options.out:
        options.out.write_text(written + "\n", encoding="utf-8")
    print(written)
    return 1 if result["missed"] else 0


def asked(part: str, *words: str) -> dict[str, Any]:
    """Return what a process of one thread measures that has nothing else in it."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-m", "bench.nlu.worker", part, *words],
        cwd=ROOT,
        env={**os.environ, **threads, "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def missed(result: dict[str, Any]) -> list[str]:
    """Return the figures that do not keep their floor."""
    message, training = result.get("message", {}), result.get("training", {})
    figures = {
        "p50_ms": message.get("whole", {}).get("p50_ms"),
        "p99_ms": message.get("whole", {}).get("p99_ms"),
        "memory_megabytes": message.get("memory_megabytes"),
        "training_seconds": training.get("cpu_seconds"),
    }
    return [name for name, value in figures.items() if value is not None and value > FLOORS[name]]


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "python": platform.python_version(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg(),
    }


def tell(sentence: str) -> None:
    """Say how far it is."""
    print(sentence, file=sys.stderr, flush=True)


def command_line() -> argparse.ArgumentParser:
    """Return what can be said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="public sets")
    parser.add_argument("--phrases", type=Path, help="phrases of the own intents")
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--parts", type=lambda words: words.split(","), default=list(PARTS))
    parser.add_argument("--out", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
