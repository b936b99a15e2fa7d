"""`doorward screen` over archives, as an operator calls it."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.doors.cli.archive_report import Reporter
from doorward.doors.cli.archive_report.charts import lying_bars, standing_bars
from doorward.flow.archives import REASONS, Refusal, Tally
from doorward.flow.archives.tally import Excerpt
from tests.support.archives import CARD, lines_of_tickets
from tests.support.screening import all_packs
from tests.unit.doors.cli.conftest import Call

PACKS = {pack.code: pack for pack in all_packs()}
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"


def tally() -> Tally:
    """Return counts with something of everything, and names that want to be markup."""
    counts = Tally(records=10, clean=5, refused=1, replaced=2, texts=30)
    counts.kinds = {"CARD": 4, "INSTRUCTION": 1, "NEW_KIND": 1}
    counts.families = {"CARD": "sensitive", "INSTRUCTION": "threat", "NEW_KIND": "guard"}
    counts.fields = {HOSTILE: {"CARD": 4}, "text": {"INSTRUCTION": 1, "NEW_KIND": 1}}
    counts.slices = {0: 3, 49: 3}
    for number, reason in enumerate(REASONS):
        counts.refuse(Refusal(record=number, offset=number, reason=reason, name=HOSTILE, field=HOSTILE))
    counts.quote("CARD", Excerpt(record=1, field=HOSTILE, text=f"{HOSTILE} [CARD·1111]"))
    return counts


def test_an_archive_is_masked_and_reported(call: Call, tmp_path: Path) -> None:
    """One command gives the copy, the findings and the page; a bad line is left out, told, and makes the code 3."""
    source = tmp_path / "tickets.jsonl"
    source.write_bytes(lines_of_tickets(9) + b"broken\n")
    outs = {name: tmp_path / name for name in ("masked.jsonl", "findings.jsonl", "report.html")}
    done = call(
        *("screen", source, "--masked", outs["masked.jsonl"], "--findings", outs["findings.jsonl"]),
        *("--report", outs["report.html"], "--language", "de", "--workers", "1"),
    )
    assert done.code == 3, done.err
    assert "not_json 1" in done.err
    assert "screening: 100 %" in done.err
    masked = [json.loads(line) for line in outs["masked.jsonl"].read_bytes().splitlines()]
    assert [one["text"] for one in masked[:2]] == ["card [CARD·1111]", "hello"]
    assert len(masked) == 9
    assert json.loads(outs["findings.jsonl"].read_bytes().splitlines()[-1])["error"] == "not_json"
    page = outs["report.html"].read_text(encoding="utf-8")
    assert 'lang="de"' in page
    assert "Zahlungskartennummer" in page
    assert all(CARD not in path.read_text(encoding="utf-8") for path in outs.values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", *sorted(outs), "tickets.jsonl"]


def test_a_table_is_masked_by_its_columns(call: Call, tmp_path: Path) -> None:
    """Columns that are kept are copied as they are; the format is told by the name."""
    source = tmp_path / "a.csv"
    source.write_text(f"id;pin;text\n{CARD};1234;{CARD}\n", encoding="utf-8")
    done = call("screen", source, "--masked", tmp_path / "b.csv", "--keep", "id", "--workers", "1")
    assert done.code == 0, done.err
    assert (tmp_path / "b.csv").read_text(encoding="utf-8") == f"id;pin;text\n{CARD};[PIN];[CARD·1111]\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["a.csv", "--masked", "b.csv", "--field", "body"], "no column 'body'"),
        (["a.csv", "--masked", "b.csv", "--out", "c.jsonl"], "Lines go to --out"),
        (["-", "--masked", "b.csv"], "Lines go to --out"),
        (["a.csv"], "Say where results go"),
        (["a.csv", "--out", "-", "--form", "csv"], "That is an archive"),
        (["folder", "--out", "-"], "That is an archive"),
        (["folder", "--masked", "b", "--form", "csv"], "A folder is an archive of mails"),
        (["unknown", "--masked", "b"], "Say it with --form"),
        (["a.txt", "--masked", "b.txt", "--keep", "x"], "Only CSV and JSONL have fields"),
        (["folder", "--masked", "b", "--encoding", "koi8-r"], "Only CSV and text can be"),
        (["a.csv", "--masked", "b.csv", "--separator", "ab"], "one plain sign"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_meant_is_refused_in_words(words: list[str], sentence: str, call: Call, tmp_path: Path) -> None:
    """Before anything is read or written."""
    for name in ("a.csv", "a.txt", "unknown"):
        (tmp_path / name).write_text("id,text\n1,x\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    before = sorted(path.name for path in tmp_path.iterdir())
    done = call("screen", *words)
    assert done.code == 2
    assert sentence in done.err
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "cache") == before


def test_an_archive_is_never_overwritten(call: Call, tmp_path: Path) -> None:
    """An output in the archive's place is refused with the code for refusals."""
    source = tmp_path / "a.jsonl"
    source.write_bytes(lines_of_tickets(1))
    done = call("screen", source, "--masked", source, "--workers", "1")
    assert done.code == 1
    assert source.read_bytes() == lines_of_tickets(1)


@pytest.mark.parametrize("language", sorted(PACKS))
def test_a_report_is_whole_in_every_language(language: str) -> None:
    """All its words are there, and what came out of the archive is text, never markup."""
    page = Reporter(PACKS, language).write(tally(), size=12_345_678, now=NOW)
    assert f'lang="{language}"' in page
    assert not re.search(r"\[archive\.|…\}|None", page)
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert "NEW_KIND" in page


def test_a_report_loads_nothing() -> None:
    """One file: no address, no script, and a policy that would stop them; its one style is the one that is allowed."""
    page = Reporter(PACKS, "en").write(tally(), size=1, now=NOW)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert not re.search(r"<(script|link|img|iframe|object|form)\b|https?://|\bon\w+=|style=", page)
    assert "prefers-color-scheme: dark" in style[1]


def test_every_chart_has_its_table() -> None:
    """What is drawn can be read too."""
    page = Reporter(PACKS, "en").write(tally(), size=1, now=NOW)
    sections = re.findall(r"<section>.*?</section>", page, re.DOTALL)
    drawn = [section for section in sections if "<svg" in section]
    assert len(drawn) == 4
    assert all("<table>" in section for section in drawn)


def test_an_empty_archive_has_a_report_too() -> None:
    """Nothing found and nothing left out is said in words."""
    page = Reporter(PACKS, "en").write(Tally(), size=0, now=NOW)
    assert "Nothing was found." in page
    assert "Nothing was left out." in page


def test_bars_are_as_long_as_their_counts() -> None:
    """The largest fills the room, the others are parts of it, none leaves the drawing."""
    bars = lying_bars({"a": 10, "b" * 100: 5})
    assert bars.bars[0].length == 2 * bars.bars[1].length
    assert len(bars.bars[1].label) < 40
    columns = standing_bars({0: 4, 49: 2})
    assert (columns.columns[0].height, columns.columns[0].y) == (columns.height, 0)
    assert columns.columns[49].x + columns.columns[49].width <= columns.width
