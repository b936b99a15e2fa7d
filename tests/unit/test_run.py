"""run.py and its parts, without installing anything."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from tools import browser, checks, environment, frontend, terminal

PINS = """\
alembic==1.0 \\
    --hash=sha256:aa
google-re2==1.1 ; platform_machine == 'x86_64' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
hyperscan==0.9 \\
    --hash=sha256:dd
numpy==2.0 \\
    --hash=sha256:ee
"""
NO_WHEEL = (
    "ERROR: No matching distribution found for google-re2==1.1",
    "Because hyperscan==0.9 has no usable wheels and you require hyperscan==0.9, ...",
    "Because hyperscan{platform_machine == 'x86_64'}==0.9 has no usable wheels and you require ...",
)


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment folder of the test's own, empty as yet."""
    python = tmp_path / "bin" / "python"
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "PYTHON", python)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp.json")
    return tmp_path


@pytest.fixture
def installed(venv: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The locks that were installed, in order; all that really appears is an interpreter."""
    locks: list[str] = []

    def install(lock: str) -> None:
        environment.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        environment.PYTHON.touch()
        locks.append(lock)

    monkeypatch.setattr(environment, "install", install)
    return locks


def test_a_second_start_installs_nothing(installed: list[str]) -> None:
    """An environment that matches its lock is left alone."""
    environment.ensure_environment("base")
    environment.ensure_environment("base")
    assert installed == ["base"]


def test_a_changed_lock_is_installed(installed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A new pin reaches the environment at the next command."""
    environment.ensure_environment("base")
    monkeypatch.setattr(environment, "lock_digest", lambda lock: f"{lock} of tomorrow")
    environment.ensure_environment("base")
    assert installed == ["base", "base"]


def test_the_demo_keeps_a_developers_tools(installed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment with the tools for tests serves the demo as it is, and keeps them when the lock changes."""
    environment.ensure_environment("dev")
    environment.ensure_environment("base")
    assert installed == ["dev"]
    monkeypatch.setattr(environment, "lock_digest", lambda lock: f"{lock} of tomorrow")
    environment.ensure_environment("base")
    assert installed == ["dev", "dev"]


def test_an_interrupted_installation_is_not_taken_for_a_finished_one(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier stamp promised is forgotten before anything is changed."""

    def interrupted(_lock: str) -> None:
        raise KeyboardInterrupt

    environment.ensure_environment("base")
    with monkeypatch.context() as patch:
        patch.setattr(environment, "lock_digest", lambda lock: f"{lock} of tomorrow")
        patch.setattr(environment, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            environment.ensure_environment("base")
    environment.ensure_environment("base")
    assert installed == ["base", "base"]


def test_another_python_makes_the_environment_anew(venv: Path, installed: list[str]) -> None:
    """Packages built for one interpreter are never offered to another."""
    environment.ensure_environment("base")
    stamp = json.loads(environment.STAMP.read_text(encoding="utf-8"))
    environment.STAMP.write_text(json.dumps({"python": "an older one", "dev": stamp["base"]}), encoding="utf-8")
    leftover = venv / "lib"
    leftover.mkdir()
    environment.ensure_environment("base")
    assert installed == ["base", "dev"]
    assert not leftover.exists()


def test_accelerators_leave_the_lock_whole() -> None:
    """Taking the accelerators out takes their hashes with them and nothing else."""
    kept = "alembic==1.0 \\\n    --hash=sha256:aa\nnumpy==2.0 \\\n    --hash=sha256:ee\n"
    assert environment.without_accelerators(PINS) == kept


@pytest.mark.parametrize("words", NO_WHEEL)
def test_a_machine_without_accelerators_gets_the_rest(venv: Path, words: str) -> None:
    """Where an accelerator has no wheel, everything else is installed."""
    tried: list[str] = []

    def way(pins: Path) -> None:
        tried.append(pins.read_text(encoding="utf-8"))
        if len(tried) == 1:
            raise terminal.Stop("did not work", output=words)

    pins = venv / "base.txt"
    pins.write_text(PINS, encoding="utf-8")
    environment.install_tolerantly(way, pins)
    assert tried == [PINS, environment.without_accelerators(PINS)]


def test_another_trouble_is_not_blamed_on_the_accelerators(venv: Path) -> None:
    """A network that fails while an accelerator is being fetched does not quietly cost the accelerators."""

    def way(_pins: Path) -> None:
        raise terminal.Stop("did not work", output="Collecting hyperscan==0.9\nERROR: connection reset")

    pins = venv / "base.txt"
    pins.write_text(PINS, encoding="utf-8")
    with pytest.raises(terminal.Stop, match="did not work"):
        environment.install_tolerantly(way, pins)


def test_words_for_pytest_arrive_untouched() -> None:
    """Options of pytest are not mistaken for options of run.py."""
    arguments = run.parse(["test", "-k", "name and not other", "--port", "tests/unit"])
    assert arguments.rest == ["-k", "name and not other", "--port", "tests/unit"]
    assert arguments.action is run.test


def test_the_demo_receives_its_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said to run.py is said to the installed command, which then takes this process's place."""
    said: list[list[str]] = []
    monkeypatch.setattr(run, "ensure_environment", lambda _lock: None)
    monkeypatch.setattr(run, "ensure_assets", lambda: None)
    monkeypatch.setattr(run, "become", said.append)
    monkeypatch.setattr(subprocess, "call", lambda _words: 0)
    assert run.main(["demo", "--fresh", "--port", "8080", "--no-traffic", "--no-browser"]) == 0
    assert said == [
        [str(environment.PROGRAMS / "doorward"), "demo", "--fresh", "--no-traffic", "--no-browser", "--port", "8080"]
    ]


def test_an_expected_trouble_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Trouble ends with words and an exit code, not with a traceback."""

    def fail() -> None:
        raise terminal.Stop("The disk is full.", output="what npm said\n", code=7)

    monkeypatch.setattr(run, "ensure_assets", fail)
    assert run.main(["assets"]) == 7
    assert capsys.readouterr().err == "what npm said\nrun.py: The disk is full.\n"


def test_interrupting_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C while something is prepared leaves one line."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "ensure_assets", interrupt)
    assert run.main(["assets"]) == 130
    assert capsys.readouterr().err == "run.py: stopped.\n"


def test_an_unknown_measurement_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped measurement is answered with the list."""
    assert run.main(["bench", "no-such-thing"]) == 2
    assert "There are:" in capsys.readouterr().err


def test_a_program_that_fails_keeps_its_output() -> None:
    """The verdict on a failed check carries what the check had to say."""
    complain = (sys.executable, "-c", "import sys; print('line 3 is wrong'); sys.exit(1)")
    verdict = checks.Check("lint", complain).judge()
    assert not verdict.passed
    assert "line 3 is wrong" in verdict.output


def test_a_program_that_is_missing_is_a_failed_check() -> None:
    """A check that cannot be run has not passed."""
    assert not checks.Check("lint", ("doorward-no-such-program",)).judge().passed


def test_the_closing_line_of_the_tests_is_kept(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Output passes through whole, and its last line can be repeated at the very end."""
    source, sink = os.pipe()
    os.write(sink, b"....\n==== 4 passed in 1s ====\n\n")
    os.close(sink)
    try:
        assert checks.echo(source) == b"==== 4 passed in 1s ===="
    finally:
        os.close(source)
    assert capfdbinary.readouterr().out == b"....\n==== 4 passed in 1s ====\n\n"


def test_a_digest_follows_names_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Staleness is seen when a file changes or is renamed, and not when files are listed in another order."""
    monkeypatch.setattr(terminal, "ROOT", tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    first = terminal.digest_of([one, two])
    assert terminal.digest_of([two, one]) == first
    two.write_bytes(b"3")
    assert terminal.digest_of([one, two]) != first
    two.write_bytes(b"2")
    assert terminal.digest_of([one, two.rename(tmp_path / "three")]) != first


def test_the_front_end_is_not_its_own_source() -> None:
    """What was built does not count among the sources, or every build would ask for the next."""
    sources = frontend.front_end_sources()
    assert terminal.ROOT / "ui" / "build.mjs" in sources
    assert terminal.ROOT / "package-lock.json" in sources
    assert [source for source in sources if frontend.STATIC in source.parents] == []


def test_a_build_is_swapped_in_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that fails leaves the last good one in place; one that succeeds replaces every file of it."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "old.js").touch()
    node = frontend.Node(program=Path("node"), npm=("npm",))
    fails = True

    def build(command: list[terminal.Word], **_settings: object) -> str:
        target = Path(command[-1])
        target.mkdir()
        (target / "new.js").touch()
        if fails:
            raise terminal.Stop("syntax error")
        return ""

    monkeypatch.setattr(frontend, "run", build)
    with pytest.raises(terminal.Stop):
        frontend.build_into(folder, node=node, stamp="s")
    assert [file.name for file in folder.iterdir()] == ["old.js"]
    fails = False
    frontend.build_into(folder, node=node, stamp="s")
    assert sorted(file.name for file in folder.iterdir()) == [".stamp", "new.js"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["static"]


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A machine on which no Chromium can be found or installed; call it with the value of CI."""

    def machine(continuous: str) -> None:
        def refuse() -> None:
            raise terminal.Stop("no network")

        monkeypatch.setattr(browser, "find_chromium", lambda: None)
        monkeypatch.setattr(browser, "install_chromium", refuse)
        monkeypatch.setenv("CI", continuous)

    return machine


def test_ci_never_goes_without_a_browser(no_browser: Callable[[str], None]) -> None:
    """Under CI=true a missing Chromium is a failure with the command that mends it."""
    no_browser("true")
    with pytest.raises(terminal.Stop, match=r"Run: .*chromium"):
        browser.ensure_chromium()


def test_a_person_without_a_browser_is_told_loudly(
    no_browser: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Elsewhere the tests go on, and nobody can miss that the journeys did not run."""
    no_browser("")
    assert browser.ensure_chromium() is None
    assert "THE BROWSER JOURNEYS ARE NOT RUN" in capsys.readouterr().out


def test_a_named_browser_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DOORWARD_CHROMIUM that names nothing is a mistake to hear about, not to work around."""
    monkeypatch.setenv("DOORWARD_CHROMIUM", "/no/such/chromium")
    with pytest.raises(terminal.Stop, match="not a file"):
        browser.find_chromium()


def test_a_browser_without_windows_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are several, the one that costs least is used; where there is one, that."""
    monkeypatch.delenv("DOORWARD_CHROMIUM", raising=False)
    monkeypatch.setattr("tools.browser.shutil.which", lambda name: f"/usr/bin/{name}")
    assert browser.find_chromium() == "/usr/bin/chromium-headless-shell"
    monkeypatch.setattr("tools.browser.shutil.which", lambda name: "/usr/bin/chromium" if name == "chromium" else None)
    assert browser.find_chromium() == "/usr/bin/chromium"


@pytest.mark.parametrize(
    ("ci", "found", "installed"),
    [("true", "chromium", True), ("true", "chromium-headless-shell", False), ("", "chromium", False)],
)
def test_ci_alone_gets_the_leaner_browser(
    ci: str,
    found: str,
    installed: bool,  # noqa: FBT001 - a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nobody's machine is changed, a full browser is not left in place of the one that costs a third."""
    monkeypatch.delenv("DOORWARD_CHROMIUM", raising=False)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(browser, "find_chromium", lambda: f"/usr/bin/{found}")
    monkeypatch.setattr(browser, "may_install", lambda: True)
    monkeypatch.setattr(browser, "install_chromium", lambda: "/usr/bin/lean")
    assert browser.ensure_chromium() == ("/usr/bin/lean" if installed else f"/usr/bin/{found}")
