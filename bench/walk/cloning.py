"""From a clean clone to the first answer: what somebody waits for who sees this repository for the first time."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bench.walk.founding import scratch
from bench.walk.programs import Program
from bench.walk.visitors import browser, conversation, widget_key
from tools.environment import PROGRAMS, base_python
from tools.terminal import ROOT

COMPANY = "halden"
QUESTION = "How long does it take until my new card arrives?"
PART_SECONDS = 900.0
"""Longest that any part may take; a slow network needs minutes for the packages."""

PARTS = {
    "environment": r"^environment +done in",
    "front_end": r"^front end +done in",
    "seeding_and_start": r"Doorward runs: (http://\S+)",
}
"""The parts of `run.py demo`, and how its output says that each is over."""

FOREIGN = ("DOORWARD_", "PYTHON", "VIRTUAL_ENV", "XDG_", "UV_CACHE", "PIP_CACHE")
"""Settings that somebody new has not made. Those about where packages come from are kept."""

SETTINGS_FILES = {
    "PIP_CONFIG_FILE": (".config/pip/pip.conf", ".pip/pip.conf"),
    "UV_CONFIG_FILE": (".config/uv/uv.toml",),
    "NPM_CONFIG_USERCONFIG": (".npmrc",),
}
"""Where the installers look in the home folder for the package index, and the setting that names such a file."""


def clone_to_answer(branch: str) -> dict[str, Any]:
    """Clone a committed state of this repository, start its demo, ask a question; return the seconds of each part.

    `branch` is a branch, a tag or `HEAD`; what is not committed is not measured. It is done twice, each time with a new
    clone and an empty home folder: `cold` with empty package caches, `warm` with what the first has left in them. The
    figures of each are JSON: `seconds` of the parts, `total` seconds from the clone's beginning to the answer, and
    `stop`, how the demo ended after Ctrl-C. Packages come from where this computer's settings say.

    Raises `subprocess.CalledProcessError` when there is no such branch, `RuntimeError` with the end of the output when
    a part fails or does not end, `httpx.HTTPError` and `TimeoutError` when the chat does not answer.
    """
    folder = scratch()
    try:
        return {name: _measure(branch, folder / name, caches=folder / "caches") for name in ("cold", "warm")}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(branch: str, folder: Path, *, caches: Path) -> dict[str, Any]:
    home, clone = folder / "home", folder / "doorward"
    home.mkdir(parents=True, mode=0o700)
    begun = time.perf_counter()
    _clone(branch, clone)
    past = [begun, time.perf_counter()]
    words = [base_python(), "run.py", "demo", "--port", "0", "--no-traffic", "--no-browser"]
    environment = strangers_environment(os.environ, home=home, caches=caches)
    with Program(words, folder=clone, log=folder / "demo.log", environment=environment) as demo:
        for pattern in PARTS.values():
            found = demo.wait_for(pattern, seconds=PART_SECONDS)
            past.append(time.perf_counter())
        asyncio.run(_ask(found[1]))
        past.append(time.perf_counter())
        ended = demo.end(signal.SIGINT)
    names = ("clone", *PARTS, "first_answer")
    return {
        "seconds": {name: round(past[place + 1] - past[place], 2) for place, name in enumerate(names)},
        "total": round(past[-1] - begun, 2),
        "stop": msgspec.to_builtins(ended) | {"clean": ended.exit_code == 0 and ended.nothing_left},
    }


def _clone(branch: str, target: Path) -> None:
    def git(*words: str | Path) -> str:
        return subprocess.run(["git", *words], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    commit = git("-C", ROOT, "rev-parse", "--verify", f"{branch}^{{commit}}")
    # Past git's shortcut for clones on the same disk, which shares files.
    git("clone", "--quiet", "--no-local", ROOT, target)
    git("-C", target, "checkout", "--quiet", "--detach", commit)


def strangers_environment(present: Mapping[str, str], *, home: Path, caches: Path) -> dict[str, str]:
    """Return the environment variables of somebody with an empty home folder and with package caches in `caches`.

    Everything about the package index is as in `present`, be it a variable or a settings file in the present home.
    """
    kept = {name: value for name, value in present.items() if not name.startswith(FOREIGN)}
    settings = {
        name: str(Path.home() / file)
        for name, files in SETTINGS_FILES.items()
        for file in reversed(files)
        if name not in present and (Path.home() / file).is_file()
    }
    folders = [folder for folder in present.get("PATH", os.defpath).split(os.pathsep) if Path(folder) != PROGRAMS]
    return {
        **kept,
        **settings,
        "HOME": str(home),
        "PATH": os.pathsep.join(folders),
        "UV_CACHE_DIR": str(caches / "uv"),
        "PIP_CACHE_DIR": str(caches / "pip"),
        "NPM_CONFIG_CACHE": str(caches / "npm"),
    }


async def _ask(url: str) -> None:
    async with browser(url) as client, conversation(client, await widget_key(client, COMPANY)) as talk:
        exchange = await talk.say(QUESTION)
    if exchange is None or not exchange.answer.get("sources"):
        raise RuntimeError("the first question was not answered from the knowledge")
