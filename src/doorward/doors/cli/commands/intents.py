"""`doorward intents`: teach, use and judge what customers want, from files alone."""

from pathlib import Path
from typing import Any, Final

import rich_click as click

from doorward.bootstrap import make_reader
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.intents import Lines, learn_from, predict_lines, read_labelled, show_judgement, show_suggestions
from doorward.doors.cli.lines import INPUT, OUTPUT
from doorward.doors.cli.options import EXISTING_FILE, examples, with_config, with_json
from doorward.doors.cli.output import hint, print_json, progress, say
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings
from doorward.understanding import Reader
from doorward.understanding.intents import (
    FALSE_REJECT,
    Description,
    Heads,
    ModelUnusable,
    judge,
    read_model,
    suggest,
    write_model,
)

FOLDER: Final = click.Path(file_okay=False, path_type=Path)
SHARE: Final = click.FloatRange(0.0, 0.5)


@click.group()
def command() -> None:
    """Teach what customers want from phrases, and see how well it is understood."""


def _open_model(folder: Path, reader: Reader) -> tuple[Heads, Description]:
    try:
        return read_model(folder, encoder=reader.encoder_id)
    except ModelUnusable as error:
        raise Stop(f"The model in {folder} cannot be used: {error}.", code=Code.MISCONFIGURED) from error


@command.command(
    epilog=examples(
        "doorward intents train --data phrases.jsonl --out model",
        "doorward intents train --data phrases.jsonl --out model --false-reject 0.1 --json",
    )
)
@click.option("--data", "source", type=EXISTING_FILE, required=True, metavar="IN", help="Phrases, JSON Lines.")
@click.option("--out", type=FOLDER, required=True, metavar="DIR", help="Where the model goes.")
@click.option(
    "--false-reject",
    type=SHARE,
    default=FALSE_REJECT,
    show_default=True,
    help="The share of messages in scope that may be turned away.",
)
@with_json
@with_config
def train(settings: Settings, *, source: Path, out: Path, false_reject: float, as_json: bool) -> None:
    """Learn intents from phrases: {"text", "intent"} a line, "language" beside it where you know it.

    A null intent marks what customers write and none of the intents means: such phrases make the model better at saying
    so. The threshold for that is set so that few messages in scope are turned away; what unseen phrases would have
    fared like is told at the end. The same phrases give the same model.
    """
    reader = make_reader(settings, clock=SystemClock())
    phrases = read_labelled(source)
    with progress("learning") as tell:
        learnt = learn_from(reader, phrases, false_reject=false_reject, tell=lambda stage: tell(0, doing=stage))
    description = write_model(
        out, learnt.trained.heads, encoder=reader.encoder_id, languages=learnt.languages, phrases=len(phrases)
    )
    if as_json:
        print_json(
            {"model": description, "unseen": learnt.unseen, "harmful": learnt.harmful, "seconds": learnt.seconds}
        )
        return
    say(f"{description.version}: {len(phrases)} phrases, {len(learnt.trained.heads.intents)} intents, in {out}")
    show_judgement(learnt.unseen, harmful=learnt.harmful)
    hint(f"It took {learnt.seconds:.1f} s. Try it: doorward intents predict --model {out} IN.jsonl --out OUT.jsonl")


@command.command(epilog=examples("doorward intents predict --model model messages.jsonl --out intents.jsonl"))
@click.option("--model", type=FOLDER, required=True, metavar="DIR", help="The trained model.")
@click.argument("source", metavar="IN", type=INPUT)
@click.option("--out", type=OUTPUT, required=True, metavar="OUT", help="Where the results go; - is standard output.")
@click.option("--no-reject", is_flag=True, help="Name the nearest intent even where none fits.")
@with_config
def predict(settings: Settings, *, model: Path, source: Path, out: Path, no_reject: bool) -> int:
    """Say what messages want. Lines are {"id", "text"}; a result is {"id", "intent": {"name", "score"}}.

    The intent is null when none fits. The score is the probability that it is right. A bad line gives {"id", "error"},
    the others go on, and the exit code is 3.
    """
    reader = make_reader(settings, clock=SystemClock())
    heads, description = _open_model(model, reader)
    with progress("reading"):
        lines = Lines(reader, heads, languages=description.languages, reject=not no_reject)
        good, bad = predict_lines(lines, source, out)
    hint(f"{good} messages" + (f", {bad} bad lines" if bad else ""))
    return Code.BAD_LINES if bad else Code.OK


@command.command(epilog=examples("doorward intents evaluate --model model --data held-back.jsonl"))
@click.option("--model", type=FOLDER, required=True, metavar="DIR", help="The trained model.")
@click.option("--data", "source", type=EXISTING_FILE, required=True, metavar="IN", help="Phrases with their intents.")
@with_json
@with_config
def evaluate(settings: Settings, *, model: Path, source: Path, as_json: bool) -> None:
    """Judge a model by phrases that it was not trained with; null intents judge how it tells strangers."""
    reader = make_reader(settings, clock=SystemClock())
    heads, description = _open_model(model, reader)
    phrases = read_labelled(source)
    with progress("reading"):
        readings = reader.read_all(
            [phrase.text for phrase in phrases],
            languages=description.languages,
            hints=[phrase.language for phrase in phrases],
        )
    judgement = judge(heads, phrases, [heads.guess(reading) for reading in readings])
    if as_json:
        print_json(judgement)
    else:
        show_judgement(judgement)


@command.command("suggest", epilog=examples("doorward intents suggest --model model unanswered.jsonl"))
@click.option("--model", type=FOLDER, required=True, metavar="DIR", help="The trained model.")
@click.argument("source", metavar="IN", type=EXISTING_FILE)
@click.option("--least", type=click.IntRange(2), default=3, show_default=True, help="Messages that make a suggestion.")
@with_json
@with_config
def suggest_intents(settings: Settings, *, model: Path, source: Path, least: int, as_json: bool) -> None:
    """Gather messages that the model turns away into heaps that mean alike: new intents, or phrases that one lacks."""
    reader = make_reader(settings, clock=SystemClock())
    heads, description = _open_model(model, reader)
    messages = read_labelled(source, labelled=False)
    texts = [message.text for message in messages]
    with progress("reading"):
        readings: Any = reader.read_all(
            texts, languages=description.languages, hints=[one.language for one in messages]
        )
    found = suggest(heads, texts, readings, least=least)
    if as_json:
        print_json(found)
    else:
        show_suggestions(found)
