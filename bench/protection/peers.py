"""The peers' environments, made once with uv in a cache folder, and engines running in them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from bench.protection.engines import ENVIRONMENTS, OURS
from tools.environment import find_uv
from tools.terminal import ROOT, digest_of

REQUIREMENTS: Final = Path(__file__).parent / "peers"
MODEL: Final = "spacy-en-md"
"""A spaCy model that comes as a package. It asks for Python 3.12, but its data loads anywhere: it is only unpacked."""


class Unavailable(Exception):
    """An engine that cannot be had here; the message says why."""


class Engine:
    """An engine in a process of its own."""

    def __init__(self, name: str, cache: Path) -> None:
        """Start it and wait until it has screened a first text. Raises `Unavailable`."""
        python = Path(sys.executable) if name in OURS else environment(ENVIRONMENTS[name], cache)
        model = unpacked_model(python, cache) if name == "presidio" else ""
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        settings = {"BENCH_MODEL": str(model), "BENCH_PATTERNS": str(cache / "patterns"), "PYTHONHASHSEED": "0"}
        (cache / "patterns").mkdir(mode=0o700, exist_ok=True)
        start = time.perf_counter()
        self._process = subprocess.Popen(
            [python, "-m", "bench.protection.worker", name],
            cwd=ROOT,
            env={**os.environ, **threads, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self.name = name
        self.start_cpu_seconds = float(self._answer()["cpu_seconds"])
        self.start_seconds = time.perf_counter() - start

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request; see `worker`."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise Unavailable(f"it ended with code {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def environment(name: str, cache: Path, *, requirements: Path = REQUIREMENTS) -> Path:
    """Return the interpreter of a peer's environment, made if it is missing. Raises `Unavailable`."""
    pins = requirements / f"{name}.txt"
    folder = cache / f"{name}-{digest_of([pins])[:12]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "made").exists():
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        _uv("pip", "install", "--quiet", "--require-hashes", "--python", str(python), "-r", str(pins))
        (folder / "made").touch()
    return python


def unpacked_model(python: Path, cache: Path) -> Path:
    """Return the folder of the spaCy model, unpacked if it is missing. Raises `Unavailable`."""
    pins = REQUIREMENTS / f"{MODEL}.txt"
    folder = cache / f"{MODEL}-{digest_of([pins])[:12]}"
    if not folder.exists():
        words = ("--no-deps", "--python-version", "3.12", "--only-binary", ":all:", "--target", str(folder))
        _uv("pip", "install", "--quiet", "--require-hashes", "--python", str(python), *words, "-r", str(pins))
    return next(folder.glob("*/_model"))


def _uv(*words: str) -> None:
    uv = find_uv()
    if uv is None:
        raise Unavailable("there is no uv")
    done = subprocess.run([uv, *words], capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise Unavailable(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"uv {words[0]} failed")
