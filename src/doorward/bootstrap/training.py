"""The process of its own that trains: `python -m doorward.bootstrap.training`, a `Lesson` on its standard input.

It runs behind everything else, keeps to a limit of memory, and ends when whoever started it does.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from doorward.bootstrap.engines import make_reader
from doorward.kit.clock import SystemClock
from doorward.kit.process import begin_apart
from doorward.kit.settings import Settings
from doorward.understanding.intents import Phrase, PhrasesInvalid, write_model
from doorward.understanding.jobs import REPORT, Lesson, LessonReport
from doorward.understanding.learning import learn
from doorward.understanding.models import HarmfulPhrase
from doorward.vocabulary.errors import DoorwardError

MEMORY: Final = 6 * 1024**3
"""Bytes of address space: 50,000 phrases take a third of it; a library's threads reserve the rest and never use it."""

TOO_FEW, MODEL = 3, 4


def main() -> int:
    """Read a lesson, learn, and write model and report; return the code by which the process ends (see `TROUBLE`)."""
    lesson = msgspec.json.decode(begin_apart(memory=MEMORY), type=Lesson)
    try:
        teach(lesson, tell=_tell)
    except PhrasesInvalid:
        return TOO_FEW
    except DoorwardError:
        return MODEL
    return 0


def teach(lesson: Lesson, *, tell: Callable[[str], None]) -> None:
    """Write the model and the report of a lesson into its folder.

    Raises `PhrasesInvalid`, `Unavailable` and `Misconfigured` as `learn`, and `OSError`.
    """
    reader = make_reader(msgspec.convert(lesson.settings, Settings), clock=SystemClock())
    phrases = [
        Phrase(text, intent or None, language, phrase_id) for phrase_id, text, intent, language in lesson.phrases
    ]
    languages = tuple(code for code in lesson.languages if code in reader.languages)
    learnt = learn(reader, phrases, languages=languages, tell=tell)
    folder = Path(lesson.folder)
    write_model(
        folder,
        learnt.trained.heads,
        encoder=reader.encoder_id,
        languages=learnt.languages,
        phrases=sum(bool(phrase.id) for phrase in phrases),
    )
    harmful = tuple(
        HarmfulPhrase(id=one.id, intent=one.intent, taken_for=one.taken_for, score=one.score)
        for one in learnt.harmful
        if one.id
    )
    report = LessonReport(unseen=learnt.unseen, harmful=harmful, seconds=learnt.seconds)
    (folder / REPORT).write_bytes(msgspec.json.encode(report))


def _tell(stage: str) -> None:
    sys.stdout.write(f"{stage.partition(' ')[0]}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
