"""Campaigns are played and counted as the command says, whatever recognises them."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from doorward.admission.campaigns import Likeness
from doorward.doors.cli.commands import evals
from doorward.doors.cli.ending import Code
from doorward.doors.cli.evals import thresholds
from doorward.doors.cli.evals.campaigns.judging import figures
from doorward.doors.cli.evals.campaigns.playing import START, Played, Setting, play
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.reading import Reading
from tests.unit.doors.cli.evals.made_up import SECRET, Watched, write_phrases

NONE = Likeness(score=0.0, kind="none")
FLAGGED = Likeness(score=0.9, kind="campaign", campaign_id="one")


def texts(word: str, count: int) -> list[Reading]:
    """Return readings that say one word and which they are."""
    return [
        Reading(language="en", language_score=1.0, words=(word, str(n)), stems=(word, str(n))) for n in range(count)
    ]


def looks_for(word: str) -> Callable[[Reading, MessageId, datetime], Likeness]:
    """Return what flags every message with a word."""

    def look(reading: Reading, _message_id: MessageId, _at: datetime) -> Likeness:
        return FLAGGED if word in reading.words else NONE

    return look


def played(own: Sequence[Reading], ordinary: Sequence[Reading], word: str, *, share: float = 0.5) -> list[Played]:
    """Return a play that is judged by a word."""
    return play(looks_for(word), own, ordinary, before=texts("before", 5), setting=Setting(share=share))


def test_as_many_ordinary_messages_come_as_the_share_leaves() -> None:
    """In an order that the seed decides, each at its own time, after what came before."""
    seen: list[tuple[str, datetime]] = []

    def look(reading: Reading, message_id: MessageId, at: datetime) -> Likeness:
        seen.append((reading.words[0], at))
        return NONE

    own, ordinary = texts("own", 20), texts("ordinary", 100)
    first = play(look, own, ordinary, before=texts("before", 5), setting=Setting(share=0.25))
    assert [word for word, _ in seen[:5]] == ["before"] * 5
    assert [word for word, _ in seen].count("ordinary") == 60
    assert [at for _, at in seen] == sorted({at for _, at in seen})
    assert seen[0][1] > START
    assert [one.own for one in first].count(True) == 20
    again = play(look, own, ordinary, before=texts("before", 5), setting=Setting(share=0.25))
    assert [one.own for one in again] == [one.own for one in first]
    other = play(look, own, ordinary, before=texts("before", 5), setting=Setting(share=0.25, seed=1))
    assert [one.own for one in other] != [one.own for one in first]


def figures_of(word: str) -> dict[str, float]:
    """Return the figures of a campaign, a crowd and an ordinary day, judged by a word."""
    ordinary = texts("ordinary", 60)
    plays = {
        "paraphrase": {"fee": [played(texts("fee", 40), ordinary, word)]},
        "outage": {"cards": [played(texts("cards", 40), ordinary, word)]},
        "ordinary": {"": [played([], ordinary, word)]},
    }
    return {one.name.removeprefix("campaigns."): one.value for one in figures(plays)}


def test_who_flags_the_campaign_alone_is_perfect() -> None:
    """Every message of it, from the first on, and nobody else."""
    found = figures_of("fee")
    assert (found["paraphrase.messages"], found["paraphrase.messages_with_the_first"]) == (1, 1)
    assert (found["paraphrase.recognised"], found["own_words.recognised"]) == (1, 1)
    assert found["own_words.messages.en"] == 1
    assert (found["crowd_flagged"], found["ordinary_flagged"], found["ordinary_flagged_beside"]) == (0, 0, 0)
    assert found["crowds_recognised"] == 0


def test_who_flags_the_crowd_or_everybody_else_is_told() -> None:
    """Each is a figure of its own, so that no average hides it."""
    assert figures_of("cards")["crowd_flagged"] == 1
    assert figures_of("cards")["paraphrase.messages"] == 0
    assert figures_of("cards")["paraphrase.recognised"] == 0
    wronged = figures_of("ordinary")
    assert (wronged["ordinary_flagged"], wronged["ordinary_flagged_beside"]) == (1, 1)
    assert wronged["paraphrase.recognised"] == 0


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(evals.command, ["campaigns", *(str(word) for word in words)], standalone_mode=False)


@pytest.fixture
def bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of thresholds that the command takes, beside a lab with the real reader."""
    file = tmp_path / "bounds.toml"
    monkeypatch.setattr(evals, "read_thresholds", lambda: thresholds.read_thresholds(file))
    monkeypatch.setattr(evals, "make_lab", lambda _settings, **_: Watched())
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a small set and phrases."""
    rows = [
        {"id": f"{half}-{kind}-{n}", "half": half, "campaign": campaign, "kind": kind, "language": "en", "text": text}
        for half in ("dev", "test")
        for kind, campaign, said in (("verbatim", "fee", "Drop the fee for all of us now"), ("ordinary", "", "My lamp"))
        for n in range(12)
        for text in [f"{said} {SECRET if half == 'test' else ''} {n}"]
    ]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "campaigns.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    write_phrases(tmp_path / "phrases")
    return tmp_path


def test_a_report_has_figures_and_bounds_and_never_a_text(folder: Path, bounds: Path) -> None:
    """A missed floor is an exit code; both halves can be counted."""
    bounds.write_text('version = 7\n[measures]\n"campaigns.verbatim.messages" = { floor = 1.5, aim = 2.0 }')
    for half in ("dev", "test"):
        done = run("--own", folder / "own", "--phrases", folder / "phrases", "--half", half, "--plays", 1, "--json")
        assert done.exception is None
        assert done.return_value == Code.FAILED
        told: dict[str, Any] = json.loads(done.stdout)
        assert (told["thresholds"], told["half"], told["missed"]) == (7, half, ["campaigns.verbatim.messages"])
        assert {one["texts"] for one in told["figures"] if one["name"] == "campaigns.ordinary_flagged"} == {12}
        assert "lamp" not in done.output
        assert SECRET not in done.output


def test_a_set_that_is_not_there_is_named(folder: Path, bounds: Path) -> None:
    """And nothing is missed."""
    bounds.write_text("version = 1\n[measures]")
    done = run("--own", folder, "--phrases", folder / "phrases")
    assert done.return_value == Code.OK
    assert "left out: campaigns" in done.stdout
