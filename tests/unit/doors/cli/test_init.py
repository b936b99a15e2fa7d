"""`doorward init`: everything for real use, once, or nothing at all."""

import stat
from pathlib import Path

import pytest

from tests.unit.doors.cli.conftest import PASSWORD, Call


def mode(path: Path) -> int:
    """The access rights of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_it_makes_everything_that_real_use_needs(call: Call, tmp_path: Path) -> None:
    """Keys, tables, a tenant with a widget key, and an administrator whose password is shown once."""
    done = call("init", "--company", "Acme Ltd.", "--generate", "--json")
    assert done.code == 0, done.err
    assert done.json["tenant"]["slug"] == "acme-ltd"
    assert done.json["tenant"]["widget_key"].startswith("wk_")
    assert len(done.json["password"]) >= 20
    staff = call("staff", "list", "--json").json
    assert [(one["username"], one["role"]) for one in staff] == [("admin", "administrator")]
    assert call("db", "status").code == 0
    assert done.json["password"] not in call("staff", "list").out


def test_nobody_else_can_read_what_it_makes(call: Call, tmp_path: Path) -> None:
    """Folders are 0700, files 0600."""
    call("init", "--company", "Acme", "--generate")
    folder = tmp_path / "doorward-data"
    assert {mode(path) for path in (folder, *folder.rglob("*")) if path.is_dir()} == {0o700}
    secret = [folder / "doorward.db", folder / "keys" / "root.key", folder / "keys" / "keys.db"]
    assert {mode(path) for path in secret} == {0o600}


def test_it_refuses_to_run_twice(call: Call, data: Path) -> None:
    """What is there is left as it is."""
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    done = call("init", "--company", "Other", "--generate", "--data", data)
    assert done.code == 1
    assert "already" in done.err
    assert {path: path.read_bytes() for path in before} == before


def test_new_keys_are_never_made_for_an_old_database(call: Call, data: Path) -> None:
    """A database whose keys are missing needs its own keys back, and the sentence says how."""
    (data / "keys" / "root.key").rename(data / "elsewhere")
    done = call("init", "--company", "Acme", "--generate", "--data", data)
    assert done.code == 4
    assert "doorward key restore" in done.err
    assert not (data / "keys" / "root.key").exists()


def test_keys_without_their_database_are_left_alone(call: Call, data: Path) -> None:
    """Keys may belong to a database that is about to be restored."""
    (data / "doorward.db").unlink()
    done = call("init", "--company", "Acme", "--generate", "--data", data)
    assert done.code == 4
    assert not (data / "doorward.db").exists()


@pytest.mark.parametrize("words", [("--slug", "Not A Slug"), ("--host", "no host!"), ("--admin", "x")])
def test_a_failure_leaves_nothing_behind(call: Call, tmp_path: Path, words: tuple[str, str]) -> None:
    """Whatever is refused in the middle, the next try begins from nothing."""
    done = call("init", "--company", "Acme", "--generate", *words)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert not (tmp_path / "doorward-data").exists()
    assert call("init", "--company", "Acme", "--generate").code == 0


def test_a_poor_password_is_refused_before_anything_is_made(call: Call, tmp_path: Path) -> None:
    """A password that is tried first by everybody makes nothing."""
    (tmp_path / "poor").write_text("password1234", encoding="utf-8")
    done = call("init", "--company", "Acme", "--password-file", tmp_path / "poor")
    assert done.code == 1
    assert "password" in done.err.lower()
    assert not (tmp_path / "doorward-data").exists()


def test_it_says_what_it_needs_when_nobody_can_be_asked(call: Call, tmp_path: Path) -> None:
    """Without a terminal the company's name and the password come from options, and the sentences name them."""
    assert "--company" in call("init").err
    assert "--generate" in call("init", "--company", "Acme").err
    assert not (tmp_path / "doorward-data").exists()


def test_the_given_password_is_not_printed(call: Call, tmp_path: Path) -> None:
    """A password that somebody chose is nowhere in the output."""
    (tmp_path / "mine").write_text(PASSWORD, encoding="utf-8")
    done = call("init", "--company", "Acme", "--password-file", tmp_path / "mine")
    assert done.code == 0
    assert PASSWORD not in done.out + done.err
