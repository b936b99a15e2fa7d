"""The command line as a whole: help, exit codes, and every trouble as a sentence."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from doorward.decision import PolicyInvalid
from doorward.doors.cli.ending import MEANINGS, Code, Stop, end, explain
from doorward.doors.cli.program import COMMANDS, doorward
from doorward.kit.crypto import SealBroken
from doorward.kit.db import Database, DatabaseUnusable, StoreLocked
from doorward.kit.i18n import PackUnreadable
from doorward.kit.keys import KeyDestroyed, KeyStoreMissing
from doorward.kit.plugins import PluginBroken
from doorward.kit.settings import SettingsInvalid
from doorward.kit.tx import Closed, CommitFailed, Unreachable
from doorward.vocabulary.errors import Conflict, Misconfigured, StorageFull, StoreInUse, Unavailable
from tests.unit.doors.cli.conftest import Call

NAMES = [name for names in COMMANDS.values() for name in names]
SECRET = "4111111111111111"


def unreachable() -> Unreachable:
    """Return what a read raises when the database file cannot be opened."""
    error = Unreachable("the database could not be read")
    error.__cause__ = sqlite3.DatabaseError("file is not a database")
    return error


TROUBLES = [
    (SettingsInvalid("there is no setting 'x'"), Code.MISCONFIGURED),
    (KeyStoreMissing("there is no root key in x"), Code.MISCONFIGURED),
    (DatabaseUnusable("the address is none"), Code.MISCONFIGURED),
    (PluginBroken("x: plugin.toml is missing"), Code.MISCONFIGURED),
    (PackUnreadable("x/messages.po: not a PO file"), Code.MISCONFIGURED),
    (PolicyInvalid("rule 'x': there is no fact 'y'"), Code.MISCONFIGURED),
    (ModuleNotFoundError("No module named 'hyperscan'", name="hyperscan"), Code.MISCONFIGURED),
    (Misconfigured("listening without TLS"), Code.MISCONFIGURED),
    (StoreLocked("another process"), Code.BUSY),
    (StoreInUse("another process"), Code.BUSY),
    (SealBroken("another key"), Code.FAILED),
    (KeyDestroyed("the party's key is gone"), Code.MISCONFIGURED),
    (CommitFailed(full=True), Code.UNAVAILABLE),
    (CommitFailed(full=False), Code.UNAVAILABLE),
    (unreachable(), Code.UNAVAILABLE),
    (StorageFull("the message could not be stored"), Code.UNAVAILABLE),
    (Unavailable("the encoder is away"), Code.UNAVAILABLE),
    (Conflict("the user name is taken"), Code.FAILED),
    (Closed("stopping"), Code.INTERRUPTED),
    (Stop("There is nothing."), Code.FAILED),
    (OSError(28, "No space left on device", "/x"), Code.UNAVAILABLE),
    (sqlite3.DatabaseError("database disk image is malformed"), Code.UNAVAILABLE),
    (ValueError(f"card {SECRET}"), Code.BUG),
]


def leaf_commands(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    children = ((name, command.get_command(context, name)) for name in command.list_commands(context))
    return [leaf for name, child in children if child for leaf in leaf_commands(child, (*path, name))]


LEAVES = leaf_commands(doorward)


def test_the_help_names_every_command(call: Call) -> None:
    """`doorward --help` shows what there is and what the exit codes mean."""
    done = call("--help")
    assert done.code == 0
    assert [name for name in NAMES if name not in done.out] == []


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_every_command_explains_itself(path: tuple[str, ...], command: click.Command) -> None:
    """Each command says what it does, shows how it is called, and explains every option."""
    assert command.help
    assert command.epilog
    assert f"doorward {' '.join(path)}" in command.epilog
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_every_command_that_prints_facts_prints_json(path: tuple[str, ...], command: click.Command) -> None:
    """What can be read can be read by programs."""
    others = {"demo", "serve", "worker", "contact", "screen", "new", "key"}
    if path[0] in others or path[-1] in {
        "set",
        "password",
        "disable",
        "role",
        "revoke",
        "add-host",
        "suspend",
        "end-key",
        "predict",  # its results are JSON Lines already
    }:
        return
    assert "as_json" in {parameter.name for parameter in command.params}


@pytest.mark.parametrize(("trouble", "code"), TROUBLES, ids=[type(trouble).__name__ for trouble, _ in TROUBLES])
def test_a_trouble_is_a_sentence(trouble: Exception, code: Code, capsys: pytest.CaptureFixture[str]) -> None:
    """Every known trouble ends with its code and words that begin and end like a sentence."""
    assert end(trouble) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip().endswith(".")
    assert "Traceback" not in err


def test_a_mistake_of_ours_shows_no_data() -> None:
    """An exception that nobody expected is told by its kind and place, never by its words: they may quote anything."""
    code, sentence = explain(ValueError(f"card {SECRET}"))
    assert code is Code.BUG
    assert SECRET not in sentence
    assert "ValueError" in sentence


def test_every_code_has_a_meaning() -> None:
    """No exit code is left unexplained."""
    assert set(MEANINGS) == set(Code)


@pytest.mark.parametrize("words", [("nonsense",), ("tenant", "add"), ("tenant", "list", "--bogus"), ("new", "x", "y")])
def test_a_misspelt_command_is_code_2(call: Call, words: tuple[str, ...]) -> None:
    """What is not understood is said with the way to the help."""
    done = call(*words)
    assert done.code == 2
    assert "--help" in done.err


def test_ctrl_c_is_not_a_crash(capsys: pytest.CaptureFixture[str]) -> None:
    """Stopping says so, with the code that shells expect."""
    assert end(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_a_second_process_is_refused_with_a_sentence(call: Call, data: Path) -> None:
    """On SQLite, what writes waits for nobody: it says who is in the way and that nothing was changed."""
    held = Database.open(f"sqlite:///{data / 'doorward.db'}")
    try:
        done = call("serve", "--data", data)
    finally:
        held.close()
    assert done.code == Code.BUSY
    assert "Another Doorward process" in done.err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("serve", "--host", "192.0.2.1"), Code.MISCONFIGURED, "TLS"),
        (("worker",), Code.MISCONFIGURED, "PostgreSQL"),
        (("serve", "--database", "mysql://x/y"), Code.MISCONFIGURED, "not supported"),
        (("serve", "--database", "postgresql://nobody@127.0.0.1:1/x"), Code.UNAVAILABLE, "does not answer"),
    ],
)
def test_what_cannot_be_served_is_said(
    call: Call, data: Path, words: tuple[str, ...], code: Code, sentence: str
) -> None:
    """A network address without TLS, a worker without PostgreSQL, a database that is none or is away."""
    done = call(*words, "--data", data)
    assert done.code == code
    assert sentence in done.err
    assert "Traceback" not in done.err


def start(*words: str, folder: Path) -> subprocess.Popen[str]:
    """Start `python -m doorward` as a process of its own."""
    environment = {**os.environ, "DOORWARD_PROTECTION__MATCHER": "re", "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.Popen(
        [sys.executable, "-m", "doorward", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_served_house_is_a_started_one(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first request is answered, what a crash left is taken up and jobs run: mails, sealing, sweeps."""
    seen: list[str] = []
    monkeypatch.setattr("doorward.bootstrap.House.start", lambda _house: seen.append("started"))
    monkeypatch.setattr("doorward.doors.cli.commands.serve.serve", lambda _house: seen.append("serving"))
    assert call("serve", "--data", data).code == 0
    assert seen == ["started", "serving"]


@pytest.mark.slow
def test_a_served_house_stops_cleanly(data: Path, tmp_path: Path) -> None:
    """`doorward serve` says where it listens; Ctrl-C ends it with code 0, and its audit is whole."""
    with start("serve", "--port", "0", "--data", str(data), folder=tmp_path) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        with start("audit", "verify", "--data", str(data), folder=tmp_path) as audit:
            audit.communicate(timeout=60)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert "http://127.0.0.1:" in line, line + err
    assert (audit.returncode, process.returncode) == (0, 0)
    assert err.strip().splitlines()[-1].startswith("Stopped.")
    assert "Traceback" not in err


def test_a_reader_that_leaves_early_is_no_trouble(tmp_path: Path) -> None:
    """`doorward plugins --json | head -1` prints no complaint."""
    with start("plugins", "--json", folder=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
