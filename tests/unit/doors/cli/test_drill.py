"""`doorward drill`, as an operator calls it, and the page that it writes."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from doorward.admission.drill import Live, Report, drill, read_scenario, shipped_scenarios
from doorward.doors.cli.drill_report import DrillReporter
from doorward.doors.cli.drill_report.charts import HEIGHT, WIDTH, course_of, ways_of
from tests.support.preparing import went
from tests.support.screening import all_packs
from tests.unit.admission.drill.small import FLOOD
from tests.unit.doors.cli.conftest import Call

PACKS = {pack.code: pack for pack in all_packs()}
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"
CROWDED = ("company.people=9", "detector=assumed:0.9/0.02")


@pytest.fixture(scope="module")
def report() -> Report:
    """A drill in which customers were lost, so that every part of the page has something to say."""
    scenario = read_scenario(f'title = "{HOSTILE}"\n{FLOOD}', CROWDED)
    return drill(scenario, name="ours", seed=0)


def test_a_drill_writes_its_report_as_json_and_as_a_page(call: Call, tmp_path: Path) -> None:
    """One command plays a company's own file, changed; both outputs say what recognised campaigns."""
    (tmp_path / "ours.toml").write_text(FLOOD, encoding="utf-8")
    words = ("drill", "flood", "--scenario", "ours.toml", "--set", "detector=assumed:0.9/0.02", "--set", "times=4")
    done = call(*words, "--seed", "3", "--json", "out.json", "--html", "out.html", "--language", "de")
    assert done.code == 0, done.err
    assert "strangers" in done.out
    assert "assumed:0.9/0.02" in done.err
    told = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (told["format"], told["scenario"], told["seed"]) == ("doorward-drill/1", "ours", 3)
    assert told["detector"] == "assumed:0.9/0.02"
    assert msgspec.convert(told, Report, strict=False).customers.contacts > 100
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert 'lang="de"' in page
    assert "angenommen und nicht gemessen" in page


def test_json_to_standard_output_is_nothing_but_json(call: Call, tmp_path: Path) -> None:
    """A program can read it; the same words give the same bytes."""
    (tmp_path / "ours.toml").write_text(FLOOD.replace("hours = 2.5", "hours = 1.2"), encoding="utf-8")
    words = ("drill", "flood", "--scenario", "ours.toml", "--json", "-")
    first, second = call(*words), call(*words)
    assert first.code == 0, first.err
    assert first.json["scenario"] == "ours"
    assert first.out == second.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--scenario", "nothing"), "There is no scenario 'nothing'"),
        (("--scenario", "missing.toml"), "cannot be read"),
        (("--scenario", "one-call", "--set", "people"), "key=value"),
        (("--scenario", "one-call", "--set", "company.people=-3"), "`$.company.people`"),
        (("--scenario", "one-call", "--set", "detector=real", "--phrases", "."), "what is usual"),
        (("--scenario", "one-call", "--json", "a", "--html", "a"), "the same file"),
    ],
)
def test_what_cannot_be_played_is_told_in_a_sentence(call: Call, words: tuple[str, ...], sentence: str) -> None:
    """With the code for what was not understood, and nothing written."""
    done = call("drill", "flood", *words)
    assert done.code == 2
    assert sentence in done.err
    assert "Traceback" not in done.err


def test_scenarios_are_listed_and_printed_to_begin_with(call: Call, tmp_path: Path) -> None:
    """What is printed is a scenario that can be played."""
    listed = call("drill", "scenarios", "--json").json
    assert [one["name"] for one in listed] == list(shipped_scenarios())
    assert "slow-drip" in call("drill", "scenarios").out
    printed = call("drill", "scenarios", "outage")
    assert read_scenario(printed.out).waves[0].side == "customers"
    assert call("drill", "scenarios", "nothing").code == 2


@pytest.mark.parametrize("language", sorted(PACKS))
def test_the_page_speaks_every_language_and_no_markup_of_a_scenario(report: Report, language: str) -> None:
    """What a scenario says stays text; nothing is loaded, nothing runs; every key has its words."""
    live = Live(
        contacts=9,
        per_second=7.5,
        accepted=5,
        refused=3,
        failed=1,
        unloaded_p95_ms=4.0,
        accepted_p95_ms=6.0,
        ratio=1.5,
    )
    page = DrillReporter(PACKS, language).write(msgspec.structs.replace(report, live=live), now=NOW)
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script|javascript:|https?://|\son\w+=", page)
    assert "default-src 'none'" in page
    assert "drill." not in re.sub(r"<code>.*?</code>", "", page)
    assert page.count("<svg") == 2
    assert page.count("<table>") >= 8


def test_a_shipped_scenario_has_its_name_in_the_readers_language(report: Report) -> None:
    """And one that a company renamed has the company's."""
    named = msgspec.structs.replace(report, scenario="outage", title="Cards stop working (no attack)")
    assert "Karten gehen nicht mehr" in DrillReporter(PACKS, "de").write(named, now=NOW)
    renamed = msgspec.structs.replace(named, title="Our worst day")
    assert "Our worst day" in DrillReporter(PACKS, "de").write(renamed, now=NOW)


def test_charts_stay_within_their_drawing(report: Report) -> None:
    """Parts of a bar are the whole; no point of a line lies outside."""
    bars = ways_of({"all": report.customers, "attack": report.attack})
    for bar in bars.bars:
        assert sum(piece.length for piece in bar.pieces) == pytest.approx(WIDTH - bar.pieces[0].x, abs=1.0)
    course = course_of(report.slices)
    for line in (course.customers, course.attackers, course.goodput):
        points = [tuple(map(float, point.split(","))) for point in line.split()]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert course_of(()).customers == ""
    assert sum(band.width for band in course.bands) <= WIDTH


def test_how_prepared_a_company_is_is_played_kept_and_printed(
    call: Call, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it has; the worst first, in words and as JSON."""
    told = (went("one-call", 0.99), went("outage", 0.6, survived=30.0))
    monkeypatch.setattr("doorward.doors.cli.preparing.played", lambda _assignment: iter(told))
    state = call("drill", "prepare", "--json", "--data", data).json
    assert [one["scenario"] for one in state["prepared"]["scenarios"]] == ["outage", "one-call"]
    assert state["prepared"]["stale"] == []
    printed = call("drill", "prepare", "--data", data).out
    assert printed.index("outage") < printed.index("one-call")
    assert "fails" in printed
    assert call("drill", "prepare", "--tenant", "nobody", "--data", data).code != 0
