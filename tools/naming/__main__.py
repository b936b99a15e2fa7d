"""Train the finder of names and addresses and write its weights with their card.

    python3 run.py naming [--each 14]

Everything is generated from `tools/naming/material`, the language packs' lists and the names of the package Faker, and
is the same every time. Names, words and signs are drawn anew in each round; what a single round learned of what it
happened to see is lost in the average. It takes a quarter of an hour and 2 GB of memory.
"""

import argparse
import hashlib
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from doorward.kit.plugins import discover
from doorward.plugins.detectors.name_address.features import BUCKETS, LABELS
from doorward.plugins.detectors.name_address.words import Known, Lists, parts_of
from doorward.plugins.models.sentence_encoder import weights as encoder
from doorward.plugins.models.sentence_encoder.pieces import Pieces
from tools.naming.filling import Filler, Marked
from tools.naming.material import LANGUAGES, neighbours, read_list, read_templates, world
from tools.naming.speaking import spoken
from tools.naming.training import EPOCHS, Example, examples, train

GROWN, SHORTEST_GROWN, CAPITAL = 0.15, 3, 0.08
"""Share of words of noise with another ending, their fewest letters less one, and share of those with a capital."""

MISTYPED = 0.03
QUOTED, SIGNS_OF_QUOTES = 0.12, ("> ", ">", ">> ", "  ", "    ", "| ")
"""Share of messages of several lines that stand in a quotation, and what stands before each of its lines."""

SIGNED = (
    "{full}\n{address_lines}",
    "{full}\n{company}\n{address_lines}\n{phone}",
    "{full}\n{company}\n{phone}",
    "{full}\n{full}\n{address_lines}",
    "{company}\n{full}\n{address_lines}\n{email}",
    "{full} {address}",
    "{initials}\n{street}\n{postcode_city}",
)
"""How people sign, and how they write on envelopes."""
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
TARGET = Path(__file__).parents[2] / "src/doorward/plugins/detectors/name_address/weights"
FREQUENT_SCORE = -10.5
"""Log probability from which a piece of the encoder's vocabulary counts as frequent."""


def known_words() -> dict[str, int]:
    """Return classes of words that belong to no language pack: names of the world, and how the encoder's vocabulary,
    which was counted over texts of sixteen languages, writes ordinary words.
    """
    classes: dict[str, int] = {}
    for people in (*world().values(), *neighbours()):
        for known, names in ((Known.GIVEN, people.given), (Known.SURNAME, people.surnames)):
            for name in names:
                for word in parts_of(name):
                    classes[word] = classes.get(word, 0) | int(known)
    pieces = Pieces(encoder.read_checked(encoder.find(encoder.PIECES), sha256=encoder.PIECES_SHA256))
    for piece, number in pieces._id.items():  # noqa: SLF001 - the vocabulary itself is wanted
        written = piece[1:]
        if len(written) > 1 and written.isalpha() and piece[0] == "\N{LOWER ONE EIGHTH BLOCK}":
            (word,) = parts_of(written) or ("",)
            lower = Known.LOWER if written.islower() else Known.UPPER
            frequent = Known.FREQUENT if written.islower() and pieces._score[number] > FREQUENT_SCORE else Known(0)  # noqa: SLF001
            classes[word] = classes.get(word, 0) | int(lower | frequent)
    return classes


def messages(language: str, each: int, seed: int) -> Iterator[Marked]:
    """Yield the training messages of a language: templates filled, some in other letters, and cues with names."""
    filler, random = Filler(language, seed), Random(f"{language}{seed}")
    for template in read_templates(language):
        times = each if "{" in template["text"] else max(each // 4, 2)
        for _ in range(times):
            yield _varied(filler.fill(template["text"], speech=template["channel"] == "speech"), random)
    before, after = read_list(language, "cue_before"), read_list(language, "cue_after")
    forms, kin = read_list(language, "form_of_address"), read_list(language, "kinship")
    places = read_list(language, "address_cue")
    where = ("{address}", "{street}", "{address_lines}", "{postcode_city}")
    for _ in range(each * 40):
        slot = random.choice(("{full}", "{full}", "{given}", "{surname}", "{initials}"))
        yield _varied(filler.fill(f"{random.choice(before)} {slot}"), random)
        yield _varied(filler.fill(f"{slot} {random.choice(after)}"), random)
        yield _varied(filler.fill(f"{random.choice(kin)} {{given}}"), random)
        address = f"{random.choice(places)} {random.choice(where)}"
        yield _varied(filler.fill(address, speech=random.random() < 0.2), random)
        yield _varied(filler.fill(f"{random.choice(forms)} {{surname}}"), random)
    for _ in range(each * 16):
        yield _varied(filler.fill(random.choice(SIGNED)), random)
    common = read_list(language, "common")
    capitals = [read_list(language, name) for name in ("capitals", "capitals", "city", "country", "company", "product")]
    endings = read_list(language, "ending")
    for _ in range(each * 200):
        words = [_grown(random.choice(common), endings, random) for _ in range(random.randrange(3, 9))]
        words[random.randrange(len(words))] = random.choice(random.choice(capitals))
        if random.random() < 0.5:
            noise = filler.noise()
            said = random.random() < 0.4
            words[random.randrange(len(words))] = spoken(noise, language, random) or noise if said else noise
        yield _varied(Marked(" ".join(words).capitalize() if random.random() < 0.5 else " ".join(words), ()), random)


def _grown(word: str, endings: Sequence[str], random: Random) -> str:
    """Return a word as it is, or with another ending: ordinary words that no list knows are the rule as well."""
    if random.random() < GROWN and len(word) > SHORTEST_GROWN:
        word = word[: len(word) - random.randrange(2)] + random.choice(endings)
    return word.capitalize() if random.random() < CAPITAL else word


def _mistyped(marked: Marked, random: Random) -> Marked:
    """Return a message with two letters of some ordinary words in each other's place."""
    letters = list(marked.text)
    held = {place for start, end, _ in marked.places for place in range(start, end)}
    for word in _LONG_WORD.finditer(marked.text):
        if random.random() < MISTYPED and word.start() not in held:
            place = word.start() + 1 + random.randrange(len(word[0]) - 2)
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return Marked("".join(letters), marked.places)


def _quoted(marked: Marked, random: Random) -> Marked:
    """Return a message with a sign of quotation before each of its lines, if it has several and chance wills it."""
    if "\n" not in marked.text or random.random() >= QUOTED:
        return marked
    before = random.choice(SIGNS_OF_QUOTES)

    def moved(place: int) -> int:
        return place + len(before) * (1 + marked.text.count("\n", 0, place))

    places = tuple((moved(start), moved(end), kind) for start, end, kind in marked.places)
    return Marked(before + marked.text.replace("\n", f"\n{before}"), places)


def _varied(marked: Marked, random: Random) -> Marked:
    """Return a message as it is, quoted or mistyped, and some in small or in large letters."""
    marked = _quoted(_mistyped(marked, random), random)
    chance = random.random()
    changed = marked.text.lower() if chance < 0.13 else marked.text.upper() if chance < 0.17 else marked.text
    return Marked(changed, marked.places) if len(changed) == len(marked.text) else marked


def write(weights: Any, classes: Mapping[str, int], *, caution: float, facts: Mapping[str, Any]) -> None:
    """Write weights and card."""
    places = np.flatnonzero(np.abs(weights).max(axis=1) > 0.02)
    scale = np.float32(np.abs(weights).max() / 127)
    words = sorted(classes)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        places=places.astype(np.uint32),
        values=np.round(weights[places] / scale).astype(np.int8),
        scale=scale,
        words=np.frombuffer("\n".join(words).encode(), np.uint8),
        classes=np.array([classes[word] for word in words], np.uint16),
    )
    TARGET.mkdir(exist_ok=True)
    (TARGET / "weights.npz").write_bytes(buffer.getvalue())
    card = {"caution": caution, "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(), **facts}
    (TARGET / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=14, help="messages made of each template")
    parser.add_argument("--rounds", type=int, default=6, help="trainings on other messages, whose weights are averaged")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES)
    parser.add_argument("--caution", type=float, default=0.6, help="what is added to the score of names")
    parser.add_argument("--caution-of-addresses", type=float, default=0.5, help="and to that of addresses")
    options = parser.parse_args()
    classes = known_words()
    packs = tuple(plugin.build(None) for plugin in discover("language"))
    lists = Lists(packs, classes)
    counts: Counter[str] = Counter()
    weights = np.zeros((BUCKETS, LABELS), np.float32)
    for seed in range(1, options.rounds + 1):
        data: list[Example] = []
        for language in options.languages:
            made = list(messages(language, options.each, seed))
            counts[language] += len(made)
            print(f"round {seed}, {language}: {len(made)} messages", flush=True)
            data += list(examples(made, lists, seed=seed + len(data)))
        weights += train(data, seed=seed, tell=lambda words: print(words, flush=True)) / np.float32(options.rounds)
    facts = {
        "rounds": options.rounds,
        "caution_of_addresses": options.caution_of_addresses,
        "made_by": "tools/naming",
        "messages": counts,
        "epochs": EPOCHS,
        "buckets": BUCKETS,
        "score": "sum of the int8 values of a token's features, times scale, plus caution; exact in whole numbers",
        "sources": {"Faker": version("faker"), encoder.DISTRIBUTION: version(encoder.DISTRIBUTION)},
    }
    write(weights, classes, caution=options.caution, facts=facts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
