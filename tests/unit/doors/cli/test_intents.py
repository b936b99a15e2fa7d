"""`doorward intents`: from a file of phrases to what messages want."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from doorward.doors.cli.commands.intents import command
from doorward.doors.cli.ending import Code, Stop
from tests.support.intents import wishes


def run(*words: object) -> Result:
    """Run a command of the group."""
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a trained model."""
    folder = tmp_path_factory.mktemp("intents")
    (folder / "phrases.jsonl").write_text(
        "\n".join(
            json.dumps({"text": one.text, "intent": one.intent, "language": one.language})
            for one in wishes(strangers=True)
        )
    )
    done = run("train", "--data", folder / "phrases.jsonl", "--out", folder / "model", "--json")
    assert done.exception is None, done.output
    told = json.loads(done.stdout)
    assert told["model"]["phrases"] == len(wishes(strangers=True))
    assert set(told["unseen"]) >= {"accuracy", "confusions", "intents", "threshold"}
    return folder / "model"


def predicted(model: Path, folder: Path, *lines: str, options: tuple[str, ...] = ()) -> tuple[object, list[object]]:
    """Return exit code and results of lines."""
    (folder / "in.jsonl").write_text("\n".join(lines))
    done = run("predict", "--model", model, folder / "in.jsonl", "--out", folder / "out.jsonl", *options)
    assert done.exception is None, done.output
    return done.return_value, [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def test_messages_get_their_intents(model: Path, tmp_path: Path) -> None:
    """One result a line, in order; nothing fits a stranger."""
    code, results = predicted(
        model,
        tmp_path,
        '{"id": "a", "text": "meine Lampe ist kaputt"}',
        '{"id": 2, "text": "what is the capital of Peru"}',
    )
    assert code == Code.OK
    assert results[0] == {"id": "a", "intent": {"name": "lamp.broken", "score": pytest.approx(0.5, abs=0.5)}}
    assert results[1] == {"id": 2, "intent": None}


def test_without_rejection_the_nearest_is_named(model: Path, tmp_path: Path) -> None:
    """But for what has no words at all."""
    lines = ('{"id": 1, "text": "what is the capital of Peru"}', '{"id": 2, "text": "..."}')
    _, results = predicted(model, tmp_path, *lines, options=("--no-reject",))
    assert [bool(one["intent"]) for one in results] == [True, False]  # type: ignore[index]


def test_a_bad_line_does_not_stop_the_others(model: Path, tmp_path: Path) -> None:
    """It gets its error in its place, and the exit code tells."""
    code, results = predicted(
        model, tmp_path, '{"id": 1, "text": "lamp broken"}', "oops", '{"id": 3}', "", '{"id": 4, "text": "open today?"}'
    )
    assert code == Code.BAD_LINES
    assert [sorted(one) for one in results] == [  # type: ignore[call-overload]
        ["id", "intent"],
        ["error", "id"],
        ["error", "id"],
        ["id", "intent"],
    ]


def test_a_model_is_judged_and_suggests(model: Path, tmp_path: Path) -> None:
    """By other phrases; and heaps of messages are shown."""
    (tmp_path / "held.jsonl").write_text('{"text": "lamp is broken", "intent": "lamp.broken", "language": "en"}\n')
    told = json.loads(run("evaluate", "--model", model, "--data", tmp_path / "held.jsonl", "--json").stdout)
    assert told["accuracy"] == 1
    assert told["languages"] == {"en": 1.0}
    (tmp_path / "asked.jsonl").write_text('{"text": "what is the capital of Peru"}\n' * 3)
    done = run("suggest", "--model", model, tmp_path / "asked.jsonl")
    assert "3 messages" in done.stdout


def test_what_cannot_be_used_is_a_sentence(model: Path, tmp_path: Path) -> None:
    """Bad phrases, no model: exit codes, and nothing written."""
    (tmp_path / "bad.jsonl").write_text('{"text": "a", "intent": "b"}\nnope\n')
    done = run("train", "--data", tmp_path / "bad.jsonl", "--out", tmp_path / "model")
    assert isinstance(done.exception, Stop)
    assert "line 2" in str(done.exception)
    assert not (tmp_path / "model").exists()
    (tmp_path / "in.jsonl").write_text('{"text": "a"}')
    done = run("predict", "--model", tmp_path / "none", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert isinstance(done.exception, Stop)
    assert done.exception.code == Code.MISCONFIGURED
