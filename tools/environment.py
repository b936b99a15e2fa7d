"""The environment: .venv as requirements/*.txt describe it, made with uv, or with pip where uv cannot be had."""

import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.terminal import ROOT, Stop, Word, alone, answer_of, digest_of, run, say, timed

VENV: Final = ROOT / ".venv"
PROGRAMS: Final = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON: Final = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
TOOLS: Final = VENV / "tools"
STAMP: Final = VENV / "doorward-stamp.json"
REQUIREMENTS: Final = ROOT / "requirements"

# Fast twins of pure-Python code. They have no wheels for some machines; the rest of the house stands without them.
ACCELERATORS: Final = ("ahocorasick-rs", "google-re2", "hyperscan", "pystemmer")
# How pip and uv say that a package has nothing ready-made for this machine.
MISSING: Final = re.compile(
    r"No matching distribution found for ({0})|({0})\S* (?:\S+ )*has no (?:usable )?wheels".format(
        "|".join(ACCELERATORS)
    )
)


def ensure_environment(wish: str) -> None:
    """Bring .venv to the lock `wish`: `base` (what the product needs) or `dev` (that and the tools for tests).

    A fresh stamp means no work at all. Raises Stop with what to do when packages cannot be installed.
    """
    with alone():
        stamp = read_stamp()
        if stamp.get(wish) == lock_digest(wish):
            return
        # A developer's environment stays one: the base lock alone would remove the tools.
        lock = "dev" if "dev" in stamp else wish
        with timed("environment", f"installing requirements/{lock}.txt into .venv"):
            if stamp.get("python") != python_name():
                shutil.rmtree(VENV, ignore_errors=True)
            STAMP.unlink(missing_ok=True)  # what an interrupted installation leaves must not pass for a finished one
            install(lock)
        satisfied = {name: lock_digest(name) for name in ("base", lock)}
        STAMP.write_text(json.dumps({"python": python_name(), **satisfied}), encoding="utf-8")


def read_stamp() -> dict[str, str]:
    """What .venv was last brought to, or an empty answer when it is missing or broken."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and PYTHON.exists() else {}


def python_name() -> str:
    """The interpreter that .venv is made from and whose change means making it anew."""
    return f"{sys.base_prefix} {sys.version}"


def lock_digest(lock: str) -> str:
    """What .venv's state for this lock depends on: the pins, how our own package is built, and where it lies."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = [project["build-system"], project["project"], project["tool"]["hatch"]]
    return digest_of([REQUIREMENTS / f"{lock}.txt"], salt=f"{ROOT} {own}")


def install(lock: str) -> None:
    """Install the lock and our own package, with uv when it can be had, else with pip."""
    uv = find_uv()
    ways: list[Callable[[Path], None]] = [lambda pins: install_with_uv(uv, pins)] if uv else []
    ways.append(install_with_pip)
    for number, way in enumerate(ways, start=1):
        try:
            install_tolerantly(way, REQUIREMENTS / f"{lock}.txt")
        except Stop as trouble:
            if number == len(ways):
                hint = "Is the package index reachable? A mirror can be named in PIP_INDEX_URL or UV_DEFAULT_INDEX."
                raise Stop(f"The packages could not be installed. {hint}", output=trouble.output) from trouble
            say("environment", "uv did not succeed; trying pip")
        else:
            return


def install_tolerantly(way: Callable[[Path], None], pins: Path) -> None:
    """Install all pins, or all but the accelerators when one of those is what stands in the way."""
    try:
        way(pins)
    except Stop as trouble:
        if not MISSING.search(trouble.output):
            raise
        VENV.mkdir(exist_ok=True)
        reduced = VENV / "requirements-without-accelerators.txt"
        reduced.write_text(without_accelerators(pins.read_text(encoding="utf-8")), encoding="utf-8")
        say("environment", f"no ready-made {', '.join(ACCELERATORS)} for this machine: pure Python takes their place")
        way(reduced)


def without_accelerators(pins: str) -> str:
    """The lock's text less the accelerators' entries (an entry is one line and its indented continuation lines)."""
    entries = re.split(r"^(?=\S)", pins, flags=re.MULTILINE)
    return "".join(entry for entry in entries if not entry.startswith(tuple(f"{name}==" for name in ACCELERATORS)))


def find_uv() -> Path | None:
    """The uv of this machine, else the pinned one brought into .venv/tools, else None (pip will do)."""
    found = shutil.which("uv")
    if found:
        return Path(found)
    tool = TOOLS / "uv" / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if tool.exists():
        return tool
    say("environment", "fetching uv, the installer")
    try:
        fetch_tool("uv")
    except Stop:
        return None
    return tool if tool.exists() else None


def fetch_tool(name: str) -> None:
    """Install requirements/NAME.txt into a folder of its own below .venv/tools, with whichever pip there is."""
    python: Word = base_python()
    if answer_of([python, "-m", "pip", "--version"]) is None:
        make_venv_with_pip()
        python = PYTHON
    words = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    target: list[Word] = ["--upgrade", "--target", TOOLS / name, "-r", REQUIREMENTS / f"{name}.txt"]
    # A person's own settings against pip outside an environment do not concern a folder of ours.
    settings = {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0"}
    run([python, "-m", "pip", "install", *words, *target], environment=settings)


def base_python() -> str:
    """The interpreter behind this one: itself, unless this runs inside an environment."""
    return str(getattr(sys, "_base_executable", sys.executable))


def make_venv_with_pip() -> None:
    """Make .venv the slow way, with pip inside. Raises Stop when this Python lacks the parts for it."""
    if answer_of([PYTHON, "-m", "pip", "--version"]) is not None:
        return
    try:
        run([base_python(), "-m", "venv", VENV])
    except Stop as trouble:
        sentence = "This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv"
        raise Stop(sentence, output=trouble.output) from trouble


def install_with_uv(uv: Path, pins: Path) -> None:
    """Make .venv hold exactly the pins and our own package, in place."""
    settings = index_for_uv()
    if not PYTHON.exists():
        run([uv, "venv", "--quiet", "--allow-existing", "--python", base_python(), VENV], environment=settings)
    target: list[Word] = ["--python", PYTHON]
    run(
        [uv, "pip", "sync", *target, "--require-hashes", "--only-binary", ":all:", pins],
        show=r"^Downloading",
        environment=settings,
    )
    run([uv, "pip", "install", *target, "--offline", "--no-deps", "--no-build-isolation", "--editable", "."])


def index_for_uv() -> dict[str, str]:
    """The package index that pip is set to, in uv's words: uv does not read pip's settings."""
    if os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL"):
        return {}
    asked = [base_python(), "-m", "pip", "config", "get", "global.index-url"]
    index = os.environ.get("PIP_INDEX_URL") or answer_of(asked)
    return {"UV_DEFAULT_INDEX": index} if index else {}


def install_with_pip(pins: Path) -> None:
    """The same with nothing but Python's own means: slower."""
    make_venv_with_pip()
    pip: list[Word] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", pins], show=r"Downloading .* MB")
    run([*pip, "--no-deps", "--no-build-isolation", "--no-index", "--editable", "."])
