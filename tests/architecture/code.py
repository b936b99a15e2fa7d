"""The source as trees, read once, for tests that hold the whole of it to the house's law."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "src" / "doorward"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file of ours: its path from the repository's root, and what is in it."""

    path: Path

    @property
    def name(self) -> str:
        """Return the path as the ratchet and messages write it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        """Return the package below `doorward` that the file belongs to, or an empty text outside the product."""
        parts = self.path.relative_to(ROOT).parts
        return parts[2].removesuffix(".py") if parts[:2] == ("src", "doorward") else ""

    @cached_property
    def text(self) -> str:
        """Return the file's text."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Return the parsed file."""
        return ast.parse(self.text)

    def functions(self) -> Iterator[tuple[str, Function]]:
        """Yield every function with its qualified name (`Class.method`), nested ones included."""
        yield from _functions_in(self.tree, "")

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def at(self, node: ast.AST) -> str:
        """Return `path:line`, for messages."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


def _functions_in(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not isinstance(child, ast.ClassDef):
                yield prefix + child.name, child
            yield from _functions_in(child, f"{prefix}{child.name}.")
        else:
            yield from _functions_in(child, prefix)


@cache
def product() -> tuple[Source, ...]:
    """Return every file of the product but the tests and cases that lie beside plugins."""
    files = sorted(PRODUCT.rglob("*.py"))
    return tuple(Source(file) for file in files if "tests" not in file.relative_to(PRODUCT).parts)


@cache
def everything() -> tuple[Source, ...]:
    """Return every Python file of the repository: product, plugins' tests, tests, tools."""
    folders = (ROOT / "src", ROOT / "tests", ROOT / "tools")
    files = [ROOT / "run.py", ROOT / "conftest.py", *(file for folder in folders for file in folder.rglob("*.py"))]
    return tuple(Source(file) for file in sorted(files) if "node_modules" not in file.parts)
