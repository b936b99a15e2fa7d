"""Words on the terminal, digests, and running programs from the repository's root."""

import contextlib
import hashlib
import os
import re
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

Word = str | Path


class Stop(Exception):
    """Ends the command. The text says what is wrong and what to do; `output` is what the failed program printed."""

    def __init__(self, sentence: str, *, output: str = "", code: int = 1) -> None:
        super().__init__(sentence)
        self.output = output
        self.code = code


def say(area: str, sentence: str) -> None:
    """Print one line of progress."""
    print(f"{area:<12} {sentence}", flush=True)


@contextlib.contextmanager
def timed(area: str, doing: str) -> Iterator[None]:
    """Say what is being done and, when it worked, how long it took."""
    say(area, f"{doing} ...")
    start = time.monotonic()
    yield
    say(area, f"done in {time.monotonic() - start:.1f} s")


def digest_of(files: Iterable[Path], *, salt: str = "") -> str:
    """SHA-256 over the names and bytes of the files, in order of their names, and the salt."""
    total = hashlib.sha256(salt.encode())
    for file in sorted(files):
        total.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def run(
    command: Sequence[Word],
    *,
    show: str = "",
    environment: Mapping[str, str] | None = None,
    errors: int = subprocess.STDOUT,
) -> str:
    """Run a program in the repository's root; its output. Lines matching `show` are also printed as they come.

    Raises Stop with the output when the program fails or does not exist.
    """
    words = [str(word) for word in command]
    settings = {**os.environ, **(environment or {})}
    out, silent = subprocess.PIPE, subprocess.DEVNULL
    kept: list[str] = []
    try:
        program = subprocess.Popen(words, cwd=ROOT, env=settings, stdin=silent, stdout=out, stderr=errors)
    except OSError as trouble:
        raise Stop(f"{words[0]} cannot be started: {trouble.strerror}.") from trouble
    with program:
        for raw in program.stdout or ():
            kept.append(raw.decode(errors="replace"))
            if show and re.search(show, kept[-1]):
                say("", kept[-1].strip())
    if program.returncode != 0:
        raise Stop(f"`{' '.join(words[:6])} ...` ended with exit code {program.returncode}.", output="".join(kept))
    return "".join(kept)


def answer_of(command: Sequence[Word]) -> str | None:
    """What the program prints on its standard output, or None when it fails or does not exist."""
    try:
        return run(command, errors=subprocess.DEVNULL).strip()
    except Stop:
        return None


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold off other copies of this script while files they share are made. Without file locks (Windows): no effect."""
    try:
        import fcntl  # noqa: PLC0415 - exists on POSIX only
    except ImportError:
        yield
        return
    with Path(__file__).open(encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
