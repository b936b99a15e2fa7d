"""One engine in a process of its own: `python -m bench.protection.worker NAME`. Reads and writes lines of JSON.

A request holds `texts`; the answer tells processor seconds for all of them, how much was found and, if `each` is asked
for, the seconds of each text. The first line, unasked, tells what it took to start; `{}` asks for the memory in use.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from bench.protection.engines import ENGINES, Screen


def main() -> None:
    """Serve until the standard input ends."""
    screen = ENGINES[sys.argv[1]]()
    screen("Hello, my e-mail address is anna@example.com.")
    # Libraries may print; the answers have a pipe of their own.
    answers, sys.stdout = sys.stdout, sys.stderr
    _tell(answers, {"ready": True, "cpu_seconds": time.process_time()})
    for line in sys.stdin:
        request = json.loads(line)
        _tell(answers, _measured(screen, request) if "texts" in request else _memory())


def _measured(screen: Screen, request: dict[str, Any]) -> dict[str, Any]:
    texts: list[str] = request["texts"]
    clock = time.process_time
    if request.get("each"):
        seconds = []
        for text in texts:
            start = clock()
            screen(text)
            seconds.append(clock() - start)
        return {"each": seconds}
    found = 0
    start = clock()
    for text in texts:
        found += screen(text)
    return {"seconds": clock() - start, "found": found}


def _memory() -> dict[str, float]:
    """Return resident memory in megabytes, now and at its highest (Linux: proc_pid_status(5))."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    values = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return {"now": int(values.get("VmRSS", 0)) / 1024, "peak": int(values.get("VmHWM", 0)) / 1024}


def _tell(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
