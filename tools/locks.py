"""Pinning: requirements/*.txt from pyproject.toml and the *.in files, and package-lock.json."""

import json
from collections.abc import Sequence
from pathlib import Path

from tools.environment import REQUIREMENTS, find_uv, index_for_uv
from tools.frontend import find_node, path_with
from tools.terminal import ROOT, Stop, Word, run, timed


def pin_everything(*, upgrade: bool) -> None:
    """Resolve all locks anew. Pins stay where they are unless `upgrade`. The locks name no host they were made from."""
    uv = find_uv()
    if uv is None:
        raise Stop("Locking needs uv, which could not be fetched.")
    base = REQUIREMENTS / "base.txt"
    sources: list[tuple[Path, list[Word]]] = [
        (base, ["pyproject.toml", "--group", "build"]),
        (REQUIREMENTS / "dev.txt", ["pyproject.toml", "--group", "build", "--group", "dev", "--constraint", base]),
        (REQUIREMENTS / "uv.txt", [REQUIREMENTS / "uv.in"]),
        (REQUIREMENTS / "node.txt", [REQUIREMENTS / "node.in"]),
    ]
    for target, words in sources:
        with timed("lock", f"pinning {target.relative_to(ROOT)}"):
            compile_lock(uv, target, words=[*words, "--upgrade"] if upgrade else words)
    with timed("lock", "pinning package-lock.json"):
        lock_front_end()


def compile_lock(uv: Path, target: Path, *, words: Sequence[Word]) -> None:
    """Resolve for every platform, with hashes and without a word about where they came from."""
    style = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header", "--quiet"]
    run([uv, "pip", "compile", *style, *words, "--output-file", target], environment=index_for_uv())
    refuse_addresses(target)


def lock_front_end() -> None:
    """Pin package.json's dependencies and strip what npm adds about funding, the last addresses in the file."""
    node = find_node()
    run([*node.npm, "install", "--package-lock-only", "--no-progress"], environment=path_with(node))
    target = ROOT / "package-lock.json"
    pins = json.loads(target.read_text(encoding="utf-8"))
    for package in pins["packages"].values():
        package.pop("funding", None)
    target.write_text(json.dumps(pins, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    refuse_addresses(target)


def refuse_addresses(lock_file: Path) -> None:
    """Raise Stop when a lock names an address: others install from other mirrors."""
    if "://" in lock_file.read_text(encoding="utf-8"):
        raise Stop(f"{lock_file.relative_to(ROOT)} names an address; it must name none.")
