"""Train the head that hears whether a message demands something of the company, and write its weights with their card.

    python3 run.py campaigns

Messages of `tools/campaigns/material` teach it, and phrases of the demo company's intents what is ordinary; the same
every time. Nothing of the evaluation set is read. It takes a minute or two.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorward.kit.plugins import discover
from doorward.plugins.models.sentence_encoder.plugin import SentenceEncoder
from doorward.understanding import Reader
from tools.feelings.training import fit
from tools.heads.writing import write_weights

FOLDER: Final = Path(__file__).parent / "material"
ROOT: Final = Path(__file__).parents[2]
TARGET: Final = ROOT / "src/doorward/admission/campaigns/weights"
PHRASES: Final = ROOT / "src/doorward/plugins/companies/halden/intents"
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")
DEMAND, MATTER = "demand", "matter"

ORDINARY: Final = 3000
WORTH_OF_ORDINARY: Final = 0.02
"""Phrases that stand for ordinary messages, and what each counts: there are many, and most are short."""

MIXED: Final = 300
WORTH_OF_MIXED: Final = 0.3
"""Demands that stand beside an ordinary request, and pairs of requests without any, and what each counts."""

RIDGE: Final = 1 / 3


class Material(NamedTuple):
    """A message of the material: its language, whether it demands, and what it says."""

    language: str
    label: str
    text: str


def read_material(folder: Path = FOLDER) -> list[Material]:
    """Return the messages of all languages. Raises `ValueError` for a line without a known label."""
    found = []
    for language in LANGUAGES:
        for line in (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines():
            label, _, text = line.partition("|")
            if label not in {DEMAND, MATTER} or not text:
                raise ValueError(f"{language}: no label in front of '{line}'")
            found.append(Material(language, label, text))
    return found


def ordinary_phrases(random: np.random.Generator) -> list[str]:
    """Return phrases of the demo company's intents, drawn at random."""
    lines = [line for file in sorted(PHRASES.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    return [json.loads(lines[place])["text"] for place in random.choice(len(lines), ORDINARY, replace=False)]


def embed(reader: Reader, texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the embeddings of texts as their readings have them."""
    rows = [np.frombuffer(one.embedding, "<f4") for one in reader.read_all(texts, languages=LANGUAGES)]
    width = max(map(len, rows))
    return np.array([row if len(row) else np.zeros(width) for row in rows], np.float64)


def mixed(first: NDArray[np.float64], second: NDArray[np.float64], part: float) -> NDArray[np.float64]:
    """Return unit vectors of messages that say two things: a sentence encoder puts them about between both."""
    rows = part * first + (1 - part) * second
    lengths: NDArray[np.float64] = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(lengths, 1e-6)


def train(own: Sequence[Material], rows: NDArray[np.float64], ordinary: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights, the bias last."""
    random = np.random.default_rng(5)
    demands = np.array([one.label == DEMAND for one in own])

    def drawn(some: NDArray[np.float64]) -> NDArray[np.float64]:
        return some[random.choice(len(some), MIXED)]

    hidden = mixed(drawn(rows[demands]), drawn(ordinary), 0.55)
    pairs = mixed(drawn(ordinary), drawn(ordinary), 0.5)
    everything = np.concatenate([rows, ordinary, hidden, pairs])
    labels = np.concatenate([demands, np.zeros(len(ordinary), bool), np.ones(MIXED, bool), np.zeros(MIXED, bool)])
    worth = np.concatenate(
        [np.ones(len(rows)), np.full(len(ordinary), WORTH_OF_ORDINARY), np.full(2 * MIXED, WORTH_OF_MIXED)]
    )
    return fit(np.c_[everything, np.ones(len(everything))], labels, worth, ridge=RIDGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", type=Path, default=TARGET, help="where to write the weights")
    options = parser.parse_args(arguments)
    encoder = SentenceEncoder()
    reader = Reader(tuple(plugin.build(None) for plugin in discover("language")), encoder)
    own = read_material()
    ordinary = ordinary_phrases(np.random.default_rng(7))
    weights = train(own, embed(reader, [one.text for one in own]), embed(reader, ordinary))
    facts = {
        "made_by": "tools/campaigns",
        "encoder": encoder.id,
        "messages": {language: sum(one.language == language for one in own) for language in LANGUAGES},
        "ordinary": len(ordinary),
    }
    write_weights(weights, facts, options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
