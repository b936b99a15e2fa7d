"""`doorward import`, as an operator calls it."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.exports import (
    AGENT,
    CANARIES,
    MAIL,
    csv_export,
    lines_of,
    zendesk_export,
    zendesk_ticket,
)
from tests.unit.doors.cli.conftest import Call


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    """Return rows of the installation's database."""
    with sqlite3.connect(data / "doorward.db") as database:
        return database.execute(query).fetchall()


def test_an_export_is_imported_once(call: Call, data: Path, tmp_path: Path) -> None:
    """The command tells what it took and left out, with places; a second run takes nothing more."""
    source = zendesk_export(tmp_path / "export")
    done = call("import", source, "--format", "zendesk", "--data", data)
    assert done.code == 3, done.err
    assert "Took 2 customers, 3 conversations, 9 messages, 3 notes, 6 labels, 0 fields and 1 files" in done.out
    assert "tickets.json, record 2, byte " in done.err
    assert "file_missing" in done.err
    reports = list((data / "imports").iterdir())
    assert [report.suffix for report in reports] == [".jsonl"]
    told = [json.loads(line) for line in reports[0].read_bytes().splitlines()]
    assert told[0]["taken"]["conversations"] == 3
    assert {line["reason"] for line in told[1:]} == {"field", "file_missing"}
    again = call("import", source, "--format", "zendesk", "--data", data, "--json")
    assert again.json["taken"]["again"] == 3
    assert "conversations" not in again.json["taken"]
    assert rows(data, "SELECT count(*) FROM record_card WHERE channel = 'import'") == [(3,)]


def test_a_preview_shows_and_writes_nothing(call: Call, data: Path, tmp_path: Path) -> None:
    """What would come in is shown masked, with what becomes of statuses and agents; the database stays as it was."""
    tickets = [zendesk_ticket(1), zendesk_ticket(2, status="Quarantined"), {"id": 3}, "garbage"]
    source = zendesk_export(tmp_path / "export", tickets=tickets)
    before = rows(data, "SELECT count(*) FROM record_audit")
    done = call("import", source, "--format", "zendesk", "--data", data, "--preview", "--first", "1")
    assert done.code == 0, done.err
    assert "quarantined" in done.out
    assert AGENT in done.out
    assert "nobody" in done.out
    assert "not_a_conversation 1" in done.out
    assert "My card is [CARD" in done.out
    assert [value for value in CANARIES if value in done.out] == []
    found = call("import", source, "--format", "zendesk", "--data", data, "--preview", "--json").json
    assert {row["name"]: (row["target"], row["known"]) for row in found["statuses"]} == {
        "closed": ("resolved", True),
        "quarantined": ("open", False),
    }
    assert rows(data, "SELECT count(*) FROM record_card") == [(0,)]
    assert rows(data, "SELECT count(*) FROM record_audit") == before


def test_a_table_needs_its_mapping(call: Call, data: Path, tmp_path: Path) -> None:
    """Columns, encoding, separator, times and authors come from the mapping; bad rows are told with their numbers."""
    table, mapping = csv_export(tmp_path / "export")
    done = call("import", table, "--format", "csv", "--data", data)
    assert done.code == 1
    assert "[columns]" in done.err
    report = tmp_path / "report.jsonl"
    done = call("import", table, "--format", "csv", "--mapping", mapping, "--data", data, "--report", report)
    assert done.code == 3, done.err
    told = [json.loads(line) for line in report.read_bytes().splitlines()[1:]]
    assert [(line["record"], line["reason"]) for line in told] == [(4, "wrong_columns"), (5, "wrong_columns")]
    said = rows(data, "SELECT kind, text, at FROM record_entry WHERE text IS NOT NULL ORDER BY at")
    assert [row[0] for row in said] == ["message.customer", "message.agent", "message.customer"]
    assert said[0][1].startswith('Wo ist "mein" Gerät?\nKarte [CARD')
    assert said[0][2] == 1_709_283_600_000_000  # 10:00 an hour east of Greenwich, in microseconds
    cards = rows(data, "SELECT state, labels, attributes FROM record_card ORDER BY opened_at")
    assert [json.loads(card[1]) for card in cards] == [["eilig", "post"], []]
    assert json.loads(cards[0][2]) == {"contract": "V-1"}
    assert [card[0] for card in cards] == ["resolved", "resolved"]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("origin = 1", "Expected `str`"),
        ("[columns", "cannot be read"),
        ("colour = 'red'", "unknown field"),
        ("[columns]\nconversation = 'No'\ntext = 'Text'", "there is no column 'No'"),
    ],
)
def test_a_bad_mapping_is_told(call: Call, data: Path, tmp_path: Path, mapping: str, words: str) -> None:
    """Whoever writes the mapping is told where it cannot be read; nothing is begun."""
    table, path = csv_export(tmp_path / "export")
    path.write_text(mapping, encoding="utf-8")
    done = call("import", table, "--format", "csv", "--mapping", path, "--data", data)
    assert done.code == 1
    assert words in done.err
    assert rows(data, "SELECT count(*) FROM record_card") == [(0,)]


def test_rubbish_costs_itself(call: Call, data: Path, tmp_path: Path) -> None:
    """Of an export that is half garbage the other half comes in, and each bad record is told with its place."""
    folder = zendesk_export(tmp_path / "export")
    good = [zendesk_ticket(number, comments=[], subject=f"Hi {number}") for number in range(1, 6)]
    bad = [
        b'{"id": 90, "subject": "cut o',
        b"\xff\xfe\x00 no json at all",
        json.dumps({"id": 91, "subject": "x", "created_at": "yesterday", "status": 7}).encode(),
        json.dumps({"id": None, "subject": "nobody"}).encode(),
        json.dumps([1, 2]).encode(),
        json.dumps({"id": 92, "subject": "", "created_at": "2024-01-01T00:00:00Z", "comments": "none"}).encode(),
        b'{"id": 93, "subject": ' + b"[" * 5000,
    ]
    mixed = b"".join(line + b"\n" + bad.pop(0) + b"\n" for line in lines_of(good).splitlines())
    (folder / "tickets.json").write_bytes(mixed + b"\n".join(bad))
    (folder / "users.json").write_bytes(b'[{"id": 501, "email": "' + MAIL.encode() + b'"}, {"email": 3}, ')
    done = call("import", folder, "--format", "zendesk", "--data", data, "--json")
    assert done.code == 3, done.err
    assert done.json["taken"]["conversations"] == 5
    left = done.json["taken"]["left"]
    assert left["not_json"] >= 2
    assert left["without_id"] == 2
    assert left["without_time"] == 1
    assert left["without_words"] == 1
    assert all(one["file"] in {"tickets.json", "users.json"} for one in done.json["first_left_out"])


def started(source: Path, data: Path, *more: str) -> "subprocess.Popen[str]":
    """Start an import in a process of its own."""
    words = ["import", str(source), "--format", "zendesk", "--data", str(data), *more]
    return subprocess.Popen(
        [sys.executable, "-m", "doorward", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_a_killed_run_goes_on(call: Call, data: Path, tmp_path: Path) -> None:
    """After kill -9 the same command refuses, `--resume` goes on, and everything is there exactly once."""
    count = 150
    tickets = [zendesk_ticket(number) for number in range(1, count + 1)]
    source = zendesk_export(tmp_path / "export", tickets=tickets)
    running = started(source, data)
    manifest: list[Path] = []
    done = threading.Event()
    while running.poll() is None and not done.wait(0.02):
        manifest = list((data / "imports").glob("*/manifest.jsonl"))
        if manifest and manifest[0].read_bytes().count(b'"conversations"') >= 2:
            running.send_signal(signal.SIGKILL)
            done.set()
    running.communicate(timeout=60)
    assert running.returncode == -signal.SIGKILL
    taken = rows(data, "SELECT count(*) FROM record_card")[0][0]
    assert 0 < taken < count
    refused = call("import", source, "--format", "zendesk", "--data", data)
    assert refused.code == 1
    assert "--resume" in refused.err
    resumed = call("import", source, "--format", "zendesk", "--data", data, "--resume", "--json")
    assert resumed.code == 3, resumed.err
    told = resumed.json["taken"]
    assert told["conversations"] + told.get("again", 0) == count
    assert rows(data, "SELECT count(*) FROM record_card") == [(count,)]
    spoken = "SELECT count(*) FROM record_entry WHERE kind IN ('message.customer', 'message.agent', 'note.written')"
    assert rows(data, spoken) == [(4 * count,)]
    assert [path.suffix for path in (data / "imports").iterdir()] == [".jsonl"]
