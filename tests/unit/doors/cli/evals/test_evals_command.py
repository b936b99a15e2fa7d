"""`doorward evals nlu`: what is told, what is never told, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from doorward.doors.cli.commands import evals
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.evals import thresholds
from tests.unit.doors.cli.evals.made_up import SECRET, Watched, write, write_own, write_phrases, write_public


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(evals.command, ["nlu", *(str(word) for word in words)], standalone_mode=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all sets."""
    folder = tmp_path_factory.mktemp("sets")
    write_public(folder / "public")
    write_own(folder / "own")
    write_phrases(folder / "phrases")
    return folder


@pytest.fixture
def bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of thresholds that the command takes, beside heads that were taught already."""
    file = tmp_path / "bounds.toml"
    monkeypatch.setattr(evals, "read_thresholds", lambda: thresholds.read_thresholds(file))
    monkeypatch.setattr(evals, "make_lab", lambda _settings, **_: Watched())
    return file


def test_a_report_has_figures_and_bounds(folder: Path, bounds: Path) -> None:
    """And names what is missing; it ends well where all floors are kept."""
    bounds.write_text('version = 7\n[measures]\n"language.xsid.en" = { floor = 0.0, aim = 0.01 }')
    done = run("--data", folder / "public", "--only", "language", "--only", "own", "--json")
    assert done.exception is None
    assert done.return_value == Code.OK
    told: dict[str, Any] = json.loads(done.stdout)
    assert (told["thresholds"], told["half"], told["missed"]) == (7, "dev", [])
    assert [one["name"] for one in told["left_out"]] == ["own"]
    (english,) = [one for one in told["figures"] if one["name"] == "language.xsid.en"]
    assert (english["floor"], english["aim"], english["kept"], english["texts"]) == (0.0, 0.01, True, 12)
    assert {one["kept"] for one in told["figures"] if one["name"] != "language.xsid.en"} == {None}


def test_a_missed_floor_is_an_exit_code(folder: Path, bounds: Path) -> None:
    """Unless nobody wants to know."""
    bounds.write_text('version = 1\n[measures]\n"language.xsid.en" = { floor = 1.5, aim = 2.0 }')
    words = ("--data", folder / "public", "--only", "language")
    done = run(*words)
    assert done.return_value == Code.FAILED
    assert "Floors missed: language.xsid.en" in done.stdout
    assert run(*words, "--no-check").return_value == Code.OK


def test_the_test_half_is_counted_and_never_shown(folder: Path, bounds: Path) -> None:
    """Neither in words nor in JSON, on neither stream."""
    bounds.write_text("version = 1\n[measures]")
    words = ("--data", folder, "--own", folder / "own", "--phrases", folder / "phrases", "--half", "test")
    for more in ((), ("--json",)):
        done = run(*words, *more)
        assert done.exception is None
        assert "own.accuracy" in done.stdout
        assert "retrieval.near_misses_answered" in done.stdout
        assert SECRET not in done.output
        assert SECRET not in done.stderr


def test_the_same_files_give_the_same_report(folder: Path) -> None:
    """To the last digit, with everything real."""
    first, second = (run("--data", folder / "public", "--only", "hwu64", "--json").stdout for _ in range(2))
    assert first == second
    assert {one["name"] for one in json.loads(first)["figures"]} == {"hwu64.accuracy", "hwu64.in_first_three"}


def test_an_empty_folder_is_nothing_to_judge(tmp_path: Path) -> None:
    """Every set is named, and no floor is missed by what is not there."""
    done = run("--data", tmp_path)
    assert done.return_value == Code.OK
    assert "Nothing was judged" in done.stdout
    assert "left out: hwu64 (hwu64/train.jsonl.gz is not there)" in done.stdout


def test_a_bad_file_ends_it_with_its_place(tmp_path: Path) -> None:
    """Rather than with a figure of the rest."""
    write(tmp_path / "hwu64/train.jsonl.gz", b'{"text": "a", "label": "b"}\n{"text": 5}\n')
    write(tmp_path / "hwu64/valid.jsonl.gz", b"")
    done = run("--data", tmp_path, "--only", "hwu64")
    assert isinstance(done.exception, Stop)
    assert done.exception.code == Code.USAGE
    assert 'hwu64/train.jsonl.gz: line 2: it has no "text"' in str(done.exception)
