"""What the `doorward intents` commands do with files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.lines import BadJson, LineTooLong, open_input, open_output, read_json, read_lines, write_line
from doorward.doors.cli.output import print_table, say
from doorward.understanding import Reader
from doorward.understanding.intents import (
    Harmful,
    Heads,
    Judgement,
    Phrase,
    PhrasesInvalid,
    Suggestion,
    read_phrases,
)
from doorward.understanding.learning import Learnt, learn

BATCH: Final = 256
"""Messages that are read together."""


def read_labelled(source: Path, *, labelled: bool = True) -> list[Phrase]:
    """Return the phrases of a file. Raises `Stop` with the place of the first bad line."""
    try:
        return read_phrases(source, labelled=labelled)
    except PhrasesInvalid as error:
        raise Stop(f"{source.name}: {error}. Nothing was changed.", code=Code.USAGE) from error


def learn_from(
    reader: Reader, phrases: Sequence[Phrase], *, false_reject: float, tell: Callable[[str], None]
) -> Learnt:
    """Return a model of phrases. Raises `Stop` when they cannot teach anything."""
    try:
        return learn(reader, phrases, false_reject=false_reject, tell=tell)
    except PhrasesInvalid as error:
        raise Stop(f"Nothing can be learnt: {error}.", code=Code.USAGE) from error


class Lines(NamedTuple):
    """What says the intents of lines."""

    reader: Reader
    heads: Heads
    languages: tuple[str, ...]
    reject: bool

    def results(self, batch: Sequence[dict[str, object]]) -> list[dict[str, object]]:
        """Return the results of good lines."""
        readings = self.reader.read_all(
            [str(line["text"]) for line in batch],
            languages=self.languages,
            hints=[str(line.get("language") or "") for line in batch],
        )
        found = []
        for line, reading in zip(batch, readings, strict=True):
            guess = self.heads.guess(reading)
            intent = None
            if guess.ranked and not (self.reject and guess.stranger):
                name, score = guess.ranked[0]
                intent = {"name": name, "score": score}
            found.append({"id": line.get("id"), "intent": intent})
        return found


def predict_lines(lines: Lines, source: Path, out: Path) -> tuple[int, int]:
    """Write a result for each line, in order; return how many were good and how many bad."""
    good = bad = 0
    waiting: list[dict[str, object]] = []
    with open_input(source) as incoming, open_output(out, source=source) as outgoing:

        def write_waiting() -> None:
            for result in lines.results(waiting):
                write_line(outgoing, result)
            waiting.clear()

        for line in read_lines(incoming):
            if not isinstance(line, LineTooLong) and not line.strip():
                continue
            message = _message(line)
            if "error" in message:
                write_waiting()
                write_line(outgoing, message)
                bad += 1
                continue
            waiting.append(message)
            good += 1
            if len(waiting) >= BATCH:
                write_waiting()
        write_waiting()
    return good, bad


def _message(line: bytes | LineTooLong) -> dict[str, object]:
    """Return a line's message, or what is wrong with it."""
    try:
        row = read_json(line)
    except BadJson as error:
        return {"id": None, "error": str(error)}
    if not isinstance(row, dict):
        return {"id": None, "error": "the line is not an object"}
    if not isinstance(row.get("text"), str):
        return {"id": row.get("id"), "error": "the line has no text"}
    return row


def show_judgement(judgement: Judgement, *, harmful: Sequence[Harmful] = ()) -> None:
    """Print a judgement in words."""
    figures = (
        ("right, of those in scope", judgement.accuracy),
        ("right one among three", judgement.in_first_three),
        ("in scope, but turned away", judgement.false_reject),
        ("kept and right", judgement.accuracy_kept),
        ("out of scope, and turned away", judgement.strangers_found),
        ("the same where 5 % in scope are turned away", judgement.strangers_found_at_5),
        ("AUROC of in scope against out of scope", judgement.stranger_auroc),
    )
    rows = [(name, f"{value:.3f}") for name, value in figures if value is not None]
    rows += [(f"right in {language}", f"{value:.3f}") for language, value in judgement.languages.items()]
    print_table(("unseen phrases", f"{judgement.phrases} + {judgement.strangers}"), rows, empty="Nothing was judged.")
    if judgement.confusions:
        pairs = [(pair.intent, pair.taken_for, pair.phrases) for pair in judgement.confusions]
        print_table(("intent", "taken for", "phrases"), pairs, empty="")
    if harmful:
        lines = [(one.text[:80], one.intent, one.taken_for, f"{one.score:.2f}") for one in harmful[:10]]
        print_table(("phrase that misleads", "its intent", "surely taken for", "score"), lines, empty="")


def show_suggestions(found: Sequence[Suggestion]) -> None:
    """Print suggestions in words."""
    if not found:
        say("No messages lie together that the model turns away.")
    for one in found:
        what = "none of the intents fits" if one.new else f"near {one.intent}: perhaps phrases that it lacks"
        say(f"{one.messages} messages, {what}")
        for example in one.examples:
            say(f"  {' '.join(example.split())[:150]}")
