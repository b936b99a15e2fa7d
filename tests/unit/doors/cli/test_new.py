"""`doorward new`: what it writes works at once, is found, and passes its own tests and everybody's."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from doorward.doors.cli.commands.new import command
from doorward.doors.cli.ending import Stop
from doorward.doors.cli.scaffolding import make_plugin
from doorward.kit.plugins import KINDS

ROOT = Path(__file__).parents[4]
MADE = {kind: "xx_sample" for kind in KINDS if kind not in {"language", "procedure"}} | {"language": "fr"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which one plugin of every kind was just made."""
    folder = tmp_path_factory.mktemp("copy")
    left_out = shutil.ignore_patterns("__pycache__", "static", "history", "traffic", "*.md")
    shutil.copytree(ROOT / "src" / "doorward", folder / "src" / "doorward", ignore=left_out)
    for read_me in (ROOT / "src" / "doorward" / "plugins").rglob("README.md"):
        shutil.copy(read_me, folder / read_me.relative_to(ROOT))
    for name in ("tests/contract", "tests/support"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for file in ("pyproject.toml", "conftest.py", "tests/__init__.py", "tests/conftest.py"):
        shutil.copy(ROOT / file, folder / file)
    for kind, name in MADE.items():
        make_plugin(kind, name, house=folder / "src" / "doorward" / "plugins")
    return folder


def run_in(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, with the copy's own package."""
    environment = {"PYTHONPATH": f"{folder / 'src'}:{folder}", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_new_plugins_pass_their_own_tests(copy: Path) -> None:
    """Whoever makes a plugin begins with green tests of its own, whatever its kind."""
    folders = [copy / "src" / "doorward" / "plugins" / KINDS[kind] / name / "tests" for kind, name in MADE.items()]
    done = run_in(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *map(str, folders))
    assert done.returncode == 0, done.stdout[-3000:]
    assert [folder for folder in folders if not any(folder.glob("test_*.py"))] == []


def test_new_plugins_are_found(copy: Path) -> None:
    """Nothing has to be changed elsewhere: lying in its place is enough."""
    done = run_in(copy, "-m", "doorward", "plugins", "--json")
    assert done.returncode == 0, done.stderr
    found = {(one["kind"], one["id"]) for one in json.loads(done.stdout) if one["quality"] == "experimental"}
    assert found >= set(MADE.items())


@pytest.mark.slow
def test_new_plugins_keep_what_every_plugin_promises(copy: Path) -> None:
    """The contract tests take the new plugins up by themselves and find nothing wrong with them."""
    chosen = "xx_sample or fr] or fr- or -fr"
    done = run_in(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", chosen, "tests/contract"
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


def test_new_plugins_are_well_written(copy: Path) -> None:
    """What is written passes the linter and has the form that the formatter gives."""
    folders = [f"src/doorward/plugins/{KINDS[kind]}/{name}" for kind, name in MADE.items()]
    for words in (("check", "--no-cache"), ("format", "--check", "--no-cache")):
        done = run_in(copy, "-m", "ruff", *words, *folders)
        assert done.returncode == 0, done.stdout


def test_new_plugins_keep_the_import_contract(copy: Path) -> None:
    """A plugin made within the checkout breaks no rule of who may import whom, its tests included."""
    done = run_in(copy, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize("name", ["Upper", "with space", "../up", "a__b", "_a", "class", "x" * 41, "ünï", ""])
def test_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    """A name that cannot be a Python package is refused with a sentence, and nothing is written."""
    with pytest.raises(Stop, match="cannot be a plugin's name"):
        make_plugin("detector", name, house=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "sentence"), [("french", "two letters"), ("zz", "no language"), ("en", "already")])
def test_a_language_that_cannot_be_is_refused(tmp_path: Path, name: str, sentence: str) -> None:
    """A language is named by a code that exists, and that nobody has yet."""
    with pytest.raises(Stop, match=sentence):
        make_plugin("language", name, house=tmp_path)


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    """A second plugin of the same name is refused."""
    make_plugin("policy", "mine", house=tmp_path)
    mark = tmp_path / "policies" / "mine" / "plugin.py"
    mark.write_text("mine", encoding="utf-8")
    with pytest.raises(Stop, match="already"):
        make_plugin("policy", "mine", house=tmp_path)
    assert mark.read_text(encoding="utf-8") == "mine"


def test_a_new_language_has_its_own_plurals(tmp_path: Path) -> None:
    """A language with other plural categories than English (CLDR) gets an entry for each of its own."""
    make_plugin("language", "ar", house=tmp_path)
    make_plugin("language", "ja", house=tmp_path)
    arabic = (tmp_path / "languages" / "ar" / "messages" / "desk.po").read_text(encoding="utf-8")
    japanese = (tmp_path / "languages" / "ja" / "messages" / "desk.po").read_text(encoding="utf-8")
    assert arabic.count('|few"') == arabic.count('|other"') > 0
    assert '|one"' not in japanese
    assert '"Language: ar\\n"' in arabic
    assert 'direction="rtl"' in (tmp_path / "languages" / "ar" / "plugin.py").read_text(encoding="utf-8")


def test_the_command_names_what_it_wrote(tmp_path: Path) -> None:
    """Every file is named on standard output, one a line, so that an editor can open them."""
    done = CliRunner().invoke(command, ["channel", "letters", "--into", str(tmp_path)])
    assert done.exit_code == 0
    assert all(Path(line).is_file() for line in done.stdout.splitlines())
    assert str(tmp_path / "channels" / "letters" / "plugin.py") in done.stdout.splitlines()
