"""Calling commands as a shell would, in this process."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher

from doorward.doors.cli.program import run
from doorward.identity import Passwords, open_identity
from doorward.plugins.models.sentence_encoder import plugin as sentence_encoder

PASSWORD = "vellum-orbit-42-gravel"

loaded_once = cache(sentence_encoder._load)
"""Reads the encoder's weights, which never change, once for all commands: each would inflate them anew."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return what it printed, as JSON."""
        return msgspec.json.decode(self.out)


Call = Callable[..., Done]


def quick_passwords() -> Passwords:
    """Return passwords whose hash costs next to nothing: for tests alone."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run `doorward` with words, in an empty folder and with the quick pattern engine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOORWARD_PROTECTION__MATCHER", "re")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sentence_encoder, "_load", loaded_once)
    monkeypatch.setattr("doorward.doors.cli.opening.open_identity", partial(open_identity, passwords=quick_passwords()))

    def doorward(*words: str | Path) -> Done:
        capfd.readouterr()
        code = run([str(word) for word in words])
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return doorward


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that `doorward init` has made, to be copied."""
    folder = tmp_path_factory.mktemp("initialised")
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    words = ["init", "--company", "Acme", "--data", str(folder / "data"), "--password-file", str(password), "--json"]
    assert run(words) == 0
    return folder / "data"


@pytest.fixture
def data(initialised: Path, tmp_path: Path) -> Path:
    """A fresh copy of an initialised data folder."""
    folder = tmp_path / "data"
    shutil.copytree(initialised, folder)
    return folder
