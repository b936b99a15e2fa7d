"""The own sets: thirty intents in five languages at once, and the language of short texts."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from doorward.doors.cli.evals.lab import Lab, Measured, figures_of
from doorward.doors.cli.evals.public import PARALLEL
from doorward.doors.cli.evals.sources import Given, Missing, Wish, half_of, read_intents, read_parallel, read_rows
from doorward.understanding.intents import Phrase

SHORT: Final = 40
"""Characters below which a text is a short one."""


def judge_own(lab: Lab, given: Given) -> list[Measured]:
    """Judge one half of the own needs by heads that the company's phrases taught."""
    asked = own_texts(given)
    if given.phrases is None:
        raise Missing("--phrases names no folder, and no installed company has phrases")
    judgement = lab.judge(read_intents(given.phrases), asked)
    counts = {
        language: sum(one.language == language and one.intent is not None for one in asked) for language in _all(asked)
    }
    by_language = [
        Measured(name=f"own.{language}", value=value, texts=counts[language])
        for language, value in judgement.languages.items()
    ]
    return by_language + figures_of(judgement, "own")


def own_texts(given: Given) -> list[Phrase]:
    """Return the chosen half of the own needs, each in all its languages."""
    wishes = half_of(read_rows(given.own_file("intents.jsonl"), Wish), given.half)
    return [Phrase(text, wish.intent, language) for wish in wishes for language, text in wish.texts.items()]


def _all(phrases: Iterable[Phrase]) -> list[str]:
    return sorted({one.language for one in phrases})


def judge_language(lab: Lab, given: Given) -> list[Measured]:
    """Judge whether the language is found from a text alone, among all installed ones; of own texts, the short ones."""
    sets: dict[str, list[tuple[str, str]]] = {}
    missing = []
    try:
        sets["xsid"] = [
            (row.text, language)
            for language in PARALLEL
            for row in read_parallel(given.public("xsid", f"{language}.valid.conll"))
        ]
    except Missing as error:
        missing.append(str(error))
    try:
        sets["own"] = [(one.text, one.language) for one in own_texts(given) if len(one.text) < SHORT]
    except Missing as error:
        missing.append(str(error))
    if not sets:
        raise Missing("; ".join(missing))
    return [one for name, texts in sets.items() for one in _languages_found(lab, f"language.{name}", texts)]


def _languages_found(lab: Lab, name: str, texts: list[tuple[str, str]]) -> list[Measured]:
    readings = lab.read([Phrase(text, None) for text, _ in texts])
    right: dict[str, list[bool]] = defaultdict(list)
    for (_, language), reading in zip(texts, readings, strict=True):
        right[language].append(reading.language == language)
    return [
        Measured(name=f"{name}.{language}", value=sum(some) / len(some), texts=len(some))
        for language, some in sorted(right.items())
    ]
