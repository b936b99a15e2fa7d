"""The documentation says what the code does, names everything there is, and leads nowhere that does not exist."""

import re
import tomllib
from pathlib import Path

import pytest

from doorward.kit.plugins import KINDS, discover_all
from doorward.kit.settings import Settings, leaves
from doorward.kit.tenant_settings import TenantSettings
from tests.architecture.code import PRODUCT, ROOT
from tools.reference.pages import FOLDER, KIND_SENTENCES, error_classes, pages

WRITTEN = pages()
OURS = sorted(
    file
    for folder in (ROOT, ROOT / "docs", PRODUCT / "plugins", ROOT / "ui")
    for file in (folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"))
    if "articles" not in file.parts and "node_modules" not in file.parts
)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")


def read(path: str) -> str:
    """A file of the repository as text."""
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_the_reference_is_what_the_code_says(name: str) -> None:
    """Writing the page anew changes nothing. (python3 run.py docs writes it.)"""
    assert (FOLDER / name).read_text(encoding="utf-8") == WRITTEN[name]


def test_every_setting_is_documented() -> None:
    """Each setting of the installation and of a tenant has a description and a line on the page."""
    every = [leaf for tree in (Settings, TenantSettings) for leaf in leaves(tree)]
    assert [leaf.name for leaf in every if not leaf.description.endswith((".", ")"))] == []
    assert [leaf.name for leaf in every if f"| `{leaf.name}` |" not in WRITTEN["settings.md"]] == []


def test_every_error_is_documented() -> None:
    """Each error has a contract, a code of its own and a sentence for people."""
    every = list(error_classes())
    assert [kind.__name__ for kind in every if not kind.__doc__] == []
    assert len({kind.code for kind in every}) == len(every)
    lines = {
        line.split("|")[1].strip(" `"): line for line in WRITTEN["errors.md"].splitlines() if line.startswith("| `")
    }
    assert [kind.code for kind in every if not lines[kind.code].rsplit("|", 2)[1].strip()] == []


def test_every_kind_of_plugin_is_documented() -> None:
    """Each kind has its sentence, and each plugin its line and its README."""
    assert set(KIND_SENTENCES) == set(KINDS)
    found = discover_all()
    assert [plugin.package for plugin in found if f"| `{plugin.manifest.id}` |" not in WRITTEN["plugins.md"]] == []
    assert [plugin.package for plugin in found if not (plugin.folder / "README.md").exists()] == []


def test_the_architecture_page_names_every_package() -> None:
    """Whoever reads the one page has heard of every room and floor."""
    page = read("ARCHITECTURE.md")
    packages = [folder.name for folder in PRODUCT.iterdir() if (folder / "__init__.py").exists()]
    doors = [f"doors/{folder.name}" for folder in (PRODUCT / "doors").iterdir() if (folder / "__init__.py").exists()]
    assert len(packages) > 10
    assert [name for name in (*packages, *doors) if not re.search(rf"\b{re.escape(name)}\b", page)] == []


def test_every_package_says_what_it_is() -> None:
    """Each package of the product begins with a sentence about itself."""
    packages = [file for file in PRODUCT.rglob("__init__.py") if "tests" not in file.parts]
    silent = [file for file in packages if not file.read_text(encoding="utf-8").lstrip().startswith('"""')]
    assert [str(file.relative_to(ROOT)) for file in silent] == []


@pytest.mark.parametrize("page", OURS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file or folder of the repository."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_decisions_are_numbered_without_gaps() -> None:
    """Decision records are numbered from 1 and each has its context, decision and consequences."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [file.name[:4] for file in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for file in records:
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"# {file.name[:4]} ")
        assert "**Context.**" in text, file.name
        assert "**Decision.**" in text, file.name
        assert "**Consequences.**" in text, file.name


def test_the_package_shows_the_read_me() -> None:
    """Whoever finds the wheel reads what whoever finds the repository reads."""
    assert tomllib.loads(read("pyproject.toml"))["project"]["readme"] == "README.md"
