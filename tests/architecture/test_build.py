"""What a fresh clone relies on: locks that pin everything and name no host, and a start that needs only Python."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("base", "dev", "uv", "node")
RUNNERS = [ROOT / "run.py", *sorted((ROOT / "tools").glob("*.py"))]


def pins_of(lock: str) -> dict[str, set[str]]:
    """Name to versions of a hash-pinned lock; more than one version when they differ by platform."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", read(f"requirements/{lock}.txt"), flags=re.MULTILINE):
        pins.setdefault(name, set()).add(version)
    return pins


def read(path: str) -> str:
    """A file of the repository as text."""
    return (ROOT / path).read_text(encoding="utf-8")


def names_of(requirements: list[str]) -> set[str]:
    """The package names of requirement lines, extras and versions removed."""
    return {re.split(r"[\[<>=;\s]", line, maxsplit=1)[0].lower() for line in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    """A lock installs from whichever index a machine is given."""
    assert "://" not in read(f"requirements/{lock}.txt")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_a_hash(lock: str) -> None:
    """No package can be replaced by another one of the same name and version."""
    entries = re.split(r"^(?=\S)", read(f"requirements/{lock}.txt"), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.splitlines()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []


def test_every_declared_dependency_is_locked() -> None:
    """pyproject.toml asks for nothing that the locks do not pin."""
    project = tomllib.loads(read("pyproject.toml"))
    groups = project["dependency-groups"]
    assert names_of([*project["project"]["dependencies"], *groups["build"]]) <= set(pins_of("base"))
    assert names_of(groups["dev"]) <= set(pins_of("dev"))


def test_the_tests_run_on_what_is_shipped() -> None:
    """The developer's lock is the product's lock and more, never other versions."""
    base, dev = pins_of("base"), pins_of("dev")
    assert {name: dev.get(name) for name in base} == base


def test_the_front_end_lock_names_no_address_and_pins_by_hash() -> None:
    """package-lock.json holds for every mirror, and each package in it has its integrity."""
    text = read("package-lock.json")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert "://" not in text
    assert packages
    # A package bundled inside another one is covered by that one's integrity.
    assert [name for name, it in packages.items() if not it.get("inBundle") and "integrity" not in it] == []


def test_tailwind_stays_where_every_platform_has_its_parts() -> None:
    """4.3.3 is the last version whose native parts are served for every platform; a range would drift past it."""
    wanted = json.loads(read("package.json"))["devDependencies"]
    assert (wanted["tailwindcss"], wanted["@tailwindcss/cli"]) == ("4.3.3", "4.3.3")


def test_npm_runs_no_scripts_and_writes_no_hosts() -> None:
    """The settings that keep foreign code from running at install time and hosts out of the lock are in force."""
    settings = set(read(".npmrc").split())
    assert {"omit-lockfile-registry-resolved=true", "ignore-scripts=true", "audit=false", "fund=false"} <= settings


@pytest.mark.parametrize("file", RUNNERS, ids=lambda file: file.name)
def test_run_py_needs_nothing_but_python(file: Path) -> None:
    """run.py and its parts import the standard library and each other only."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or ".").partition(".")[0])
    assert found <= {*sys.stdlib_module_names, "tools"}


def test_an_old_python_gets_a_sentence() -> None:
    """A Python that is too old is told so in words, not by a traceback."""
    ast.parse(read("run.py"), feature_version=(3, 8))  # what it must be able to read before it can say anything
    pretend = "import sys; sys.version_info = (3, 9, 0, 'final', 0); exec(open('run.py').read())"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Doorward needs Python 3.11 or newer")
    assert "Traceback" not in done.stderr


def test_ci_runs_what_a_person_runs() -> None:
    """There is no second way of testing: CI calls the same command."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").splitlines()[-1] == 'exec python3 run.py test "$@"'


def test_the_longest_files_are_files() -> None:
    """What is to begin first is there, and is named once."""
    lines = [line for line in read("tests/longest.txt").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not (ROOT / line).is_file()] == []
    assert len(lines) == len(set(lines)) > 0
