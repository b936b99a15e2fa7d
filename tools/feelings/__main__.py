"""Train the head that hears how somebody feels and write its weights with their card.

    python3 run.py feelings

Messages of `tools/feelings/material` teach it, and what the house's other trainings know of ordinary messages; the same
every time. Nothing of the evaluation set is read. It takes some minutes.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorward.kit.plugins import discover
from doorward.plugins.models.sentence_encoder.plugin import SentenceEncoder
from doorward.understanding import Reader
from doorward.understanding.feelings.hearing import EMOTIONS, VULNERABLE
from tools.feelings.training import fit
from tools.heads.writing import write_weights
from tools.secrets.material import LANGUAGES, without_secrets

FOLDER: Final = Path(__file__).parent / "material"
TARGET: Final = Path(__file__).parents[2] / "src/doorward/understanding/feelings/weights"
LABELS: Final = (*EMOTIONS, VULNERABLE)
NONE: Final = "none"
WORTH_OF_OTHERS: Final = 0.3
"""What an ordinary message of the other trainings counts, of which there are many and some of which are cross."""

WORTH_OF_OWN: Final = 2.0
"""What a message of the feeling itself counts against all that are not of it."""

THRESHOLDS: Final = {
    "distress": 0.3,
    "bereavement": 0.6,
    "self_harm": 0.25,
    "anger": 0.45,
    "confusion": 0.3,
    "vulnerable": 0.45,
}
"""Chosen on the half of the evaluation set that may be looked at; low where missing it is worse than mistaking it."""


class Material(NamedTuple):
    """A message of the material: its language, what it sounds like, and what it says."""

    language: str
    label: str
    text: str


def read_material(folder: Path = FOLDER) -> list[Material]:
    """Return the messages of all languages. Raises `ValueError` for a line without a known label."""
    found = []
    for language in LANGUAGES:
        for line in (folder / f"{language}.txt").read_text(encoding="utf-8").splitlines():
            label, _, text = line.partition("|")
            if label not in {*LABELS, NONE} or not text:
                raise ValueError(f"{language}: no label in front of '{line}'")
            found.append(Material(language, label, text))
    return found


def embed(reader: Reader, texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the embeddings of texts as their readings have them, with a column of ones behind."""
    rows = [np.frombuffer(one.embedding, "<f4") for one in reader.read_all(texts, languages=LANGUAGES)]
    width = max(map(len, rows))
    return np.array([[*(row if len(row) else np.zeros(width)), 1.0] for row in rows], np.float64)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", type=Path, default=TARGET, help="where to write the weights")
    options = parser.parse_args(arguments)
    encoder = SentenceEncoder()
    reader = Reader(tuple(plugin.build(None) for plugin in discover("language")), encoder)
    own = read_material()
    others = [marked.text for marked in without_secrets(1)]
    rows = embed(reader, [*(one.text for one in own), *others])
    labels = np.array([*(one.label for one in own), *([NONE] * len(others))])
    worth = np.array([1.0] * len(own) + [WORTH_OF_OTHERS] * len(others))
    weights = np.array(
        [fit(rows, labels == label, np.where(labels == label, WORTH_OF_OWN, worth)) for label in THRESHOLDS]
    )
    facts = {
        "made_by": "tools/feelings",
        "encoder": encoder.id,
        "thresholds": THRESHOLDS,
        "messages": {language: sum(one.language == language for one in own) for language in LANGUAGES},
        "others": len(others),
    }
    write_weights(weights, facts, options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
