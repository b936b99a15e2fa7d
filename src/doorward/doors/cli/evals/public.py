"""Public sets of intents. Their test splits stay unseen: what is judged here are their development splits."""

from collections.abc import Iterable
from typing import Final

from doorward.doors.cli.evals.lab import Lab, Measured, figures_of
from doorward.doors.cli.evals.sources import Given, Parallel, bad, read_parallel, read_texts, read_value
from doorward.understanding.intents import Guess, Phrase, judge
from doorward.understanding.intents.phrases import NONE

ENGLISH: Final = "en"
PARALLEL: Final = ("en", "de", "tr", "id")
FOLDS: Final = 5


def judge_banking77(lab: Lab, given: Given) -> list[Measured]:
    """Judge Banking77 (I. Casanueva et al. 2020) with all, ten and five phrases an intent, by the few-shot dev split.

    That split is cut out of the official training list, so its texts are taken from that list before it teaches.
    """
    asked = read_texts(given.public("banking77", "fewshot_valid.jsonl.gz"), language=ENGLISH)
    found = []
    for name, file in (("full", "official_train"), ("10_shot", "fewshot_train_10"), ("5_shot", "fewshot_train_5")):
        known = read_texts(given.public("banking77", f"{file}.jsonl.gz"), language=ENGLISH)
        judgement = lab.judge(without_texts(known, asked), asked)
        found += figures_of(judgement, "banking77", accuracy=name)[:1]
    return found


def judge_clinc150(lab: Lab, given: Given) -> list[Measured]:
    """Judge CLINC150 (S. Larson et al. 2019), taught without a single stranger."""
    path = given.public("clinc150", "data_full_without_test.json.gz")
    rows = read_value(path, dict[str, list[tuple[str, str]]])
    missing = {"train", "val", "oos_val", "oos_train"} - set(rows)
    if missing:
        raise bad(path, f"it has no '{min(missing)}'")
    parts = {
        name: [Phrase(text, None if label in NONE else label, ENGLISH) for text, label in part]
        for name, part in rows.items()
    }
    judgement = lab.judge(parts["train"], parts["val"] + parts["oos_val"] + parts["oos_train"])
    return figures_of(judgement, "clinc150")


def judge_banking77_oos(lab: Lab, given: Given) -> list[Measured]:
    """Judge BANKING77-OOS (J. Zhang et al. 2022): the near strangers want other things of the same bank."""
    known, asked, near, far = (
        read_texts(given.public("banking77_oos", f"{name}.jsonl.gz"), language=ENGLISH)
        for name in ("train", "valid", "id-oos_valid", "ood-oos_valid")
    )
    heads = lab.learn(known)
    found = []
    for name, strangers in (("near", near), ("far", far)):
        texts = asked + strangers
        figures = figures_of(judge(heads, texts, lab.guess(heads, texts)), f"banking77_oos.{name}")
        found += [one for one in figures if name == "near" or one.name.endswith(("auroc", "strangers_found"))]
    return found


def judge_hwu64(lab: Lab, given: Given) -> list[Measured]:
    """Judge HWU64 (X. Liu et al. 2019)."""
    known, asked = (
        read_texts(given.public("hwu64", f"{name}.jsonl.gz"), language=ENGLISH) for name in ("train", "valid")
    )
    return figures_of(lab.judge(known, asked), "hwu64")


def judge_xsid(lab: Lab, given: Given) -> list[Measured]:
    """Judge xSID (R. van der Goot et al. 2021): taught in English alone, and in all its languages.

    Texts of one id say the same in every language. So the folds are of ids: nothing is asked that was taught in
    another language; nor is a text that another id has taught.
    """
    rows = {language: read_parallel(given.public("xsid", f"{language}.valid.conll")) for language in PARALLEL}
    found = []
    for name, taught in (("from_english", (ENGLISH,)), ("translated", PARALLEL)):
        asked: list[Phrase] = []
        guesses: list[Guess] = []
        for fold in range(FOLDS):
            known = [one for language in taught for one in _phrases(rows[language], language, fold, held=False)]
            held = [one for language in PARALLEL for one in _phrases(rows[language], language, fold, held=True)]
            heads, held = lab.learn(known), without_texts(held, known)
            asked += held
            guesses += lab.guess(heads, held)
        judgement = judge(heads, asked, guesses)
        counts = {language: sum(one.language == language for one in asked) for language in PARALLEL}
        found += [
            Measured(name=f"xsid.{name}.{language}", value=value, texts=counts[language])
            for language, value in judgement.languages.items()
        ]
    return found


def _phrases(rows: Iterable[Parallel], language: str, fold: int, *, held: bool) -> list[Phrase]:
    return [Phrase(row.text, row.intent, language) for row in rows if (fold_of(row.id) == fold) is held]


def fold_of(row: str) -> int:
    """Return the fold of an id, the same in every language."""
    return sum(row.encode()) % FOLDS


def without_texts(phrases: Iterable[Phrase], others: Iterable[Phrase]) -> list[Phrase]:
    """Return the phrases whose text, but for case and spaces, none of the others has."""
    taken = {_plain(one.text) for one in others}
    return [one for one in phrases if _plain(one.text) not in taken]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
