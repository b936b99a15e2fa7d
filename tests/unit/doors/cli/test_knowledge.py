"""`doorward knowledge`."""

from pathlib import Path

import pytest

from tests.support.sites import site
from tests.unit.doors.cli.conftest import Call


def test_articles_are_previewed_and_come_in_as_drafts(call: Call, data: Path, tmp_path: Path) -> None:
    """A preview writes nothing; then what is new comes in, once; what is refused says where, and the exit code is 3."""
    folder = tmp_path / "help"
    (folder / "cards").mkdir(parents=True)
    (folder / "cards" / "de.md").write_text("# Karten\n\nSo geht es: [mehr](article:gone).\n", encoding="utf-8")
    (folder / "notes.exe").write_bytes(b"MZ")
    words = ("knowledge", "import", str(folder), "--tenant", "acme", "--data", data, "--json")
    for preview, standing in (("--preview", "new"), ("--preview", "new"), (None, "new"), ("--preview", "unchanged")):
        done = call(*words, *((preview,) if preview else ()))
        assert done.code == 3, done.err
        assert [(one["slug"], one["language"], one["standing"]) for one in done.json["articles"]] == [
            ("cards", "de", standing)
        ]
        assert [(one["place"], one["trouble"]) for one in done.json["refused"]] == [("notes.exe", "unsupported")]
    report = call("knowledge", "report", "--tenant", "acme", "--data", data, "--json").json
    assert [(one["concern"], one["slug"], one["detail"]) for one in report] == [
        ("broken_link", "cards", "article:gone")
    ]


def test_what_cannot_be_meant_is_said(call: Call, data: Path, tmp_path: Path) -> None:
    """A column that no field has, and a language in which the company does not answer."""
    table = tmp_path / "faq.csv"
    table.write_text("Question,Answer\nWhy?,Because.\n", encoding="utf-8")
    words = ("knowledge", "import", str(table), "--tenant", "acme", "--data", data)
    assert call(*words, "--map", "colour=Question").code == 2
    assert call(*words, "--language", "xx").code == 2
    done = call(*words, "--map", "title=Question", "--map", "body=Answer")
    assert done.code == 0, done.err
    assert "1 new, 0 changed, 0 unchanged, 0 refused." in done.out


def test_questions_that_nobody_asked_are_none(call: Call, data: Path) -> None:
    """A company without conversations has no unanswered question, and is told so in words and as data."""
    words = ("knowledge", "questions", "--tenant", "acme", "--data", data)
    assert call(*words, "--json").json == []
    assert "Every question was answered." in call(*words).out


def test_links_to_other_sites_are_looked_at_if_asked(
    call: Call, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is not there is told with why, and so is one that may not be asked for; unasked, nobody looks."""
    with site() as served:
        text = f"# Sites\n\n[gone]({served.url}/gone)\n"
        (tmp_path / "sites.md").write_text(text, encoding="utf-8")
        done = call("knowledge", "import", str(tmp_path / "sites.md"), "--tenant", "acme", "--data", data)
        assert done.code == 0, done.err
        words = ("knowledge", "report", "--tenant", "acme", "--data", data, "--json")
        assert [one["concern"] for one in call(*words).json] == []
        (found,) = call(*words, "--web").json
        assert (found["concern"], found["why"]) == ("broken_web_link", "address"), "a port of its own, on no named host"
        assert served.asked == []
        monkeypatch.setenv("DOORWARD_LINKS__ALLOWED_HOSTS", "127.0.0.1")
        (found,) = call(*words, "--web").json
        assert (found["concern"], found["why"]) == ("broken_web_link", "missing")
        assert served.asked == [("HEAD", "/gone"), ("GET", "/gone")], "one look: whoever refuses a HEAD is asked anew"
