"""How much memory a process takes that reads and understands, and what it never loads."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATUS = Path("/proc/self/status")

LARGEST = 300.0
"""Millions of bytes: 15 % more than was measured when this was written. The floor is 350, with a company's model."""

HEAVY = ("sklearn", "scipy", "dbos", "openai", "litestar", "playwright")
"""Libraries that only those need who train, follow long journeys, ask a language model or serve pages."""

# A library as large as the demo company's: 61 articles in five languages, 17,000 questions, in made-up words.
_SERVE = """
import json, sys
import numpy as np
from pathlib import Path
from doorward.answering.articles import Article, Passage
from doorward.answering.index import KnowledgeIndex
from doorward.kit.clock import SystemClock
from doorward.kit.plugins import discover
from doorward.kit.process import return_memory
from doorward.understanding import Reader, Understander
from doorward.vocabulary.company import ArticleSection
from doorward.vocabulary.text import MaskedText

LANGUAGES = ("en", "de", "tr", "id", "ru")
ARTICLES, SECTIONS, QUESTIONS = 61, 5, 12
chance = np.random.default_rng(0)
now = SystemClock().now()

def words(language, count):
    return tuple(f"{language}{int(number):x}word" for number in chance.zipf(1.3, size=count) % 5000)

def passages(language):
    for section in range(SECTIONS):
        for place, kind in enumerate(["heading", "body", *["question"] * QUESTIONS]):
            said = words(language, 60 if kind == "body" else 9)
            vector = chance.normal(size=512)
            yield Passage(section=section, place=place, kind=kind, text_hash="", words=said, stems=said,
                          embedding=(vector / np.linalg.norm(vector)).astype("<f4").tobytes())

def article(number, language):
    sections = tuple(
        ArticleSection(heading=f"{language} {number} {section}", body="A body of some words. " * 20, id=str(section),
                       questions=tuple(" ".join(words(language, 9)) for _ in range(QUESTIONS)))
        for section in range(SECTIONS)
    )
    return Article(id=f"{number}{language}", slug=f"a{number}", language=language, title="", summary="", keywords=(),
                   sections=sections, revision=1, state="published", updated_at=now)

packs = [plugin.build(None) for plugin in discover("language")]
encoder = next(plugin for plugin in discover("model") if plugin.manifest.id == "sentence_encoder").build(None)
reader, understander = Reader(packs, encoder), Understander(packs)
reader.warm()
articles = [article(number, language) for number in range(ARTICLES) for language in LANGUAGES]
index = KnowledgeIndex(articles, ((one.id, list(passages(one.language))) for one in articles), revision=1)
del articles
return_memory()
for text in ("My card is gone", "Wo ist meine Karte?", "Kartım nerede?", "Kartu saya hilang", "Где моя карта?"):
    masked = MaskedText(text)
    reading = reader.read(masked, languages=LANGUAGES)
    assert understander.understand(reading, masked, nearest=index.search).candidates is not None
kept = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
print(json.dumps({
    "megabytes": int(kept.split()[1]) * 1024 / 1e6,
    "bytes_a_passage": index.size / (ARTICLES * len(LANGUAGES) * SECTIONS * (QUESTIONS + 2)),
    "loaded": [name for name in sys.argv[1:] if name in sys.modules],
}))
"""


@pytest.fixture(scope="module")
def serving() -> dict[str, Any]:
    """What a process of its own found that read and understood a message in each language."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-c", _SERVE, *HEAVY],
        cwd=ROOT,
        env={**os.environ, **one_thread, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(not STATUS.exists(), reason="this system does not tell how much memory a process has")
def test_a_process_that_understands_stays_small(serving: dict[str, Any]) -> None:
    """With the encoder, the model of languages, all packs, and the knowledge of a bank."""
    assert serving["megabytes"] <= LARGEST


def test_knowledge_takes_little_a_passage(serving: dict[str, Any]) -> None:
    """A vector of 2,048 bytes, and half as much for its words and what is learnt of all languages together."""
    assert serving["bytes_a_passage"] <= 3000


def test_what_only_others_need_is_not_loaded(serving: dict[str, Any]) -> None:
    """Neither the trainer nor the web, the journal of long journeys, or a language model's client."""
    assert serving["loaded"] == []
