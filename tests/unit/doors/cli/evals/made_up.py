"""Made-up sets: a shop's wishes in the shape of every public and own set, small enough to be learnt in a moment."""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from doorward.doors.cli.evals.lab import Lab
from doorward.understanding.intents import Guess, Heads, Phrase
from doorward.vocabulary.company import ArticleSeed
from tests.support.intents import STRANGERS, WISHES, learnt
from tests.support.knowledge import SHOP
from tests.support.words import LANGUAGES, reader, understander

SECRET = "the-words-of-the-test-half"


class Shop:
    """A company that has articles and nothing else."""

    def articles(self) -> Iterable[ArticleSeed]:
        """Return the shop's articles."""
        return SHOP


class Bakery:
    """Another company, which knows nothing of lamps and whose articles answer the same words."""

    def articles(self) -> Iterable[ArticleSeed]:
        """Return one article."""
        (lead, *_) = SHOP[0].sections
        return (msgspec.structs.replace(SHOP[0], slug="bread", sections=(lead, *SHOP[0].sections)),)


class Watched(Lab):
    """A lab with the real reader and heads that were taught once, which remembers what taught and what was asked.

    Real teaching is tested where it happens, and once from here, by the command.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(reader(), understander(), companies=(Bakery(), Shop()), answer_threshold=0.5)  # type: ignore[arg-type]  # because it has articles alone
        self.lessons: list[list[Phrase]] = []
        self.exams: list[list[Phrase]] = []

    def learn(self, phrases: Sequence[Phrase]) -> Heads:
        """Remember the phrases, and return the shop's heads."""
        self.lessons.append(list(phrases))
        return learnt().heads

    def guess(self, heads: Heads, phrases: Sequence[Phrase]) -> list[Guess]:
        """Remember the texts."""
        self.exams.append(list(phrases))
        return super().guess(heads, phrases)


def labelled(*, known: bool = True, language: str = "en") -> list[dict[str, Any]]:
    """Return the wishes in a language: those that teach, or the last one of each intent."""
    found = []
    for intent, lines in WISHES.items():
        texts = next(texts for code, *texts in lines if code == language)
        found += [{"text": text, "label": intent} for text in (texts[:-1] if known else texts[-1:])]
    return found


def strangers() -> list[dict[str, Any]]:
    """Return what is none of the intents."""
    return [{"text": text, "label": "oos"} for text in STRANGERS]


def write_lines(path: Path, rows: Iterable[Any]) -> None:
    """Write JSON Lines, gzip if the name says so."""
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    write(path, content)


def write(path: Path, content: bytes) -> None:
    """Write a file and the folders above it, gzip if its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def write_public(folder: Path) -> Path:
    """Write every public set and return the folder."""
    known, asked = labelled(), labelled(known=False)
    write_lines(folder / "banking77/fewshot_valid.jsonl.gz", asked)
    for name in ("official_train", "fewshot_train_10", "fewshot_train_5"):
        write_lines(folder / f"banking77/{name}.jsonl.gz", [*known, *asked])
    write_lines(folder / "banking77_oos/train.jsonl.gz", known)
    write_lines(folder / "banking77_oos/valid.jsonl.gz", asked)
    write_lines(folder / "banking77_oos/id-oos_valid.jsonl.gz", strangers())
    write_lines(folder / "banking77_oos/ood-oos_valid.jsonl.gz", strangers())
    write_lines(folder / "hwu64/train.jsonl.gz", known)
    write_lines(folder / "hwu64/valid.jsonl.gz", asked)
    write(folder / "clinc150/data_full_without_test.json.gz", json.dumps(clinc150()).encode())
    for language in ("en", "de", "tr", "id"):
        write(folder / f"xsid/{language}.valid.conll", conll(language).encode())
    write_lines(folder / "tau2_banking_documents/documents.jsonl.gz", documents())
    return folder


def clinc150() -> dict[str, list[list[str]]]:
    """Return the parts of a made-up CLINC150."""
    parts = {
        "train": labelled(),
        "val": labelled(known=False),
        "oos_val": strangers()[:2],
        "oos_train": strangers()[2:],
    }
    return {name: [[row["text"], row["label"]] for row in rows] for name, rows in parts.items()}


def conll(language: str) -> str:
    """Return ten texts with ids; every language says the same ten things, in words of its own."""
    texts = [
        (text, intent) for intent, lines in WISHES.items() for code, *texts in lines if code == "en" for text in texts
    ]
    blocks = [
        f"# id = {number}\n# text = {text} {'' if language == 'en' else language + str(number)}\n# intent = {intent}\n"
        f"1\t{text}\t{intent}\tO\n"
        for number, (text, intent) in enumerate(texts, start=1)
    ]
    return "\n".join(blocks)


def documents() -> list[Mapping[str, str]]:
    """Return four documents."""
    return [
        {
            "id": f"doc_{seed.slug}_{seed.language}_(1)",
            "title": seed.title,
            "content": f"{seed.summary}\n\n## {seed.sections[-1].heading}\n\n"
            f"{seed.sections[-1].body} Whoever wants to know more may ask us about {seed.title} at any time of day.",
        }
        for seed in SHOP
    ]


def write_own(folder: Path) -> Path:
    """Write the own sets and return the folder; the test half says things that must never be shown."""
    wishes = [
        {"row": f"{half}-{number}", "half": half, "intent": row["label"], "texts": texts_of(row["text"], half)}
        for half in ("dev", "test")
        for number, row in enumerate(labelled(known=False))
    ]
    wishes += [
        {"row": f"{half}-none", "half": half, "intent": None, "texts": texts_of("who won", half), "kind": "far"}
        for half in ("dev", "test")
    ]
    write_lines(folder / "intents.jsonl", wishes)
    questions = [
        {"row": f"{half}-{text}", "half": half, "language": language, "text": said(text, half), "topic": topic}
        for half in ("dev", "test")
        for text, topic, language in (
            ("When do I get my refund?", "returns", "en"),
            ("Haben Sie am Sonntag geöffnet?", "opening-hours", "de"),
            ("How do I clean a carpet?", "carpets", "en"),
        )
    ]
    write_lines(folder / "questions.jsonl", questions)
    near = [
        {"row": half, "half": half, "language": "en", "text": said("Who founded the shop?", half)}
        for half in ("dev", "test")
    ]
    write_lines(folder / "unanswerable.jsonl", near)
    return folder


def texts_of(text: str, half: str) -> dict[str, str]:
    """Return a text in all languages."""
    return {language: said(text, half) for language in LANGUAGES}


def said(text: str, half: str) -> str:
    """Return a text as a half says it."""
    return f"{text} {SECRET}" if half == "test" else text


def write_phrases(folder: Path) -> Path:
    """Write a file an intent, and one of what is none of them."""
    for intent in WISHES:
        rows = [
            {"text": row["text"], "language": language, "intent": "a name that the file's own name outdoes"}
            for language in ("en", "de", "tr")
            for row in labelled(language=language)
            if row["label"] == intent
        ]
        write_lines(folder / f"{intent}.jsonl", rows)
    write_lines(folder / "none.jsonl", [{"text": row["text"], "language": "en"} for row in strangers()])
    return folder
