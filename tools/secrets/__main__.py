"""Train the judge of secrets and write its weights with their card.

    python3 run.py secrets [--questions official_train.jsonl.gz]

The messages of `tools/secrets/material` are read as the detector reads them, in a few variations; the same every time.
`--questions` takes further messages without any secret, one JSON object with a `text` a line: Banking77's training
questions (CC-BY-4.0) were used for the weights that are shipped. It takes some minutes.
"""

import argparse
import hashlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

from doorward.kit.plugins import discover
from doorward.plugins.detectors.secret_code.learned.features import BUCKETS
from doorward.plugins.detectors.secret_code.learned.model import LABELS, Thresholds
from tools.secrets.examples import Example, Reader
from tools.secrets.material import LANGUAGES, Marked, from_cases, questions, read_material, without_secrets
from tools.secrets.training import EPOCHS, Weights, train
from tools.secrets.varying import varied

TARGET: Final = Path(__file__).parents[2] / "src/doorward/plugins/detectors/secret_code/weights"
HIDDEN: Final = 0.25
"""Share of words that are hidden, so that what they are for and their neighbours must do."""

WORTH_OF_OTHERS: Final = 0.3
"""What an example of the messages that hold no secret counts, of which there are many."""

COPIES: Final = 3
THRESHOLDS: Final = Thresholds(figures=-0.5, signs=-0.5, typed=1.0, unnamed=1.5)
_SMALLEST: Final = 0.004
"""Weights that are not worth keeping."""

_LARGEST: Final = 32_000


def examples(reader: Reader, messages: Sequence[Marked], *, copies: int, seed: int) -> list[Example]:
    """Return the examples of messages, each read in so many variations."""
    random = Random(seed)
    others = [marked for marked in messages if not marked.places]
    return [
        example
        for number, marked in enumerate(messages)
        for _ in range(copies)
        for example in reader.examples(varied(marked, others, random), seed + number, HIDDEN, random)
        if example.label >= 0
    ]


def gathered(reader: Reader, options: argparse.Namespace) -> tuple[list[Example], dict[str, int]]:
    """Return all examples, and how many messages of each source they are from."""
    data: list[Example] = []
    counts = {}
    for language in LANGUAGES:
        material = read_material(language)
        counts[language] = len(material)
        data += examples(reader, material, copies=COPIES, seed=len(data))
        print(f"{language}: {len(material)} messages", flush=True)
    cases = list(from_cases())
    counts["cases"] = len(cases)
    data += examples(reader, [marked for marked, own in cases if own], copies=COPIES, seed=len(data))
    others = [marked for marked, own in cases if not own]
    others += [*without_secrets(), *(questions(options.questions) if options.questions else ())]
    counts["without_secrets"] = len(others)
    for number, marked in enumerate(others):
        found = reader.examples(_plain(marked), len(data) + number, HIDDEN, Random(number))
        if not any(example.ruled for example in found):
            data += [example._replace(worth=WORTH_OF_OTHERS) for example in found]
    return data, counts


def _plain(marked: Marked) -> Marked:
    """Return a message of which nothing is marked."""
    return marked._replace(places=())


def write(weights: Weights, facts: Mapping[str, Any], target: Path = TARGET) -> None:
    """Write weights and card."""
    places = np.flatnonzero(np.abs(weights).max(axis=1) > _SMALLEST)
    scale = np.float32(np.abs(weights).max() / _LARGEST)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        places=places.astype(np.uint32),
        values=np.round(weights[places] / scale).astype(np.int16),
        scale=scale,
    )
    target.mkdir(exist_ok=True)
    (target / "weights.npz").write_bytes(buffer.getvalue())
    card = {"sha256": hashlib.sha256(buffer.getvalue()).hexdigest(), **THRESHOLDS._asdict(), **facts}
    (target / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, help="messages that hold no secret")
    parser.add_argument("--target", type=Path, default=TARGET, help="where to write the weights")
    options = parser.parse_args(arguments)
    packs = tuple(plugin.build(None) for plugin in discover("language"))
    reader = Reader(packs)
    data, counts = gathered(reader, options)
    weights = train(data)
    facts = {
        "made_by": "tools/secrets",
        "messages": counts,
        "examples": len(data),
        "epochs": EPOCHS,
        "buckets": BUCKETS,
        "labels": list(LABELS),
        "score": "sum of the int16 values of a suspect's features, less that for nothing, times scale; exact",
        "sources": {"Banking77, official training questions": "CC-BY-4.0"} if options.questions else {},
    }
    write(weights, facts, options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
