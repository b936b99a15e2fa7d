"""How well questions find their answers: accuracy, coverage and false answers, per language; and fitting the weights.

    python bench/answering.py --clinc FILE --xsid FOLDER --banking77 FILE [--hwu64 FILE --fit] [--out result.json]

Figures are of what can be compared in any language, without the wording of whole articles (`doorward evals nlu` has the
whole). Questions come from the company plugin's `cases/questions.<language>.jsonl`, things elsewhere from
`elsewhere.*.jsonl`, and from public sets that are given by path and never shipped: CLINC150 (rows of domains that are
not a bank's), xSID (requests to a voice assistant, per language), Banking77 and HWU64 (two thirds of their intents
serve as a knowledge base, with six examples of an intent as its questions; the other intents are near misses).

Every set is split by the CRC-32 of the text. `--fit` fits the weights on the even half; figures are of the odd half.
"""

import argparse
import gzip
import json
import random
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from doorward.answering import Article, ArticleRepository, KnowledgeIndex, KnowledgeService
from doorward.answering.scoring import NONE_OF_MEANING, NONE_OF_WORDS, WEIGHTS, WEIGHTS_OF_WORDS
from doorward.answering.service import article_id_of
from doorward.kit.clock import SystemClock
from doorward.kit.plugins import FoundPlugin, discover
from doorward.understanding import Reader
from doorward.vocabulary.company import ArticleSection, ArticleSeed
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import MaskedText

ANSWER, CLARIFY = 0.5, 0.25
FALSE_ANSWERS = 0.01  # of messages about something else, which the constant for 'none of these' is chosen to allow
EXAMPLES = 6
WORDS = slice(3, 5)  # the columns that are left without embedding
SCOPE = system_scope(TenantId("bench"), "bench")
Set = tuple[Any, Any]
"""Evidence (messages, sections, 5) and the right section of each message, -1 for none."""


def plugin_of(kind: str, name: str) -> FoundPlugin:
    """Return a plugin by its id."""
    return next(plugin for plugin in discover(kind) if plugin.manifest.id == name)


def build_reader() -> Reader:
    """Return the house's reader."""
    packs = [plugin.build(None) for plugin in discover("language")]
    return Reader(packs, plugin_of("model", "sentence_encoder").build(None))


def build_index(seeds: Iterable[ArticleSeed], reader: Reader) -> KnowledgeIndex:
    """Return an index without a database."""
    service = KnowledgeService(ArticleRepository(), reader)
    articles, passages, now = [], {}, SystemClock().now()
    for seed in seeds:
        content = {name: getattr(seed, name) for name in seed.__struct_fields__}
        article_id = article_id_of(SCOPE, seed)
        articles.append(Article(id=article_id, revision=1, state="published", updated_at=now, **content))
        passages[article_id] = service.prepare(seed).passages
    return KnowledgeIndex(articles, passages.items(), revision=1)


def evidence(index: KnowledgeIndex, reader: Reader, texts: Sequence[str], *, language: str) -> Any:
    """Return the evidence of every text for every section of a language."""
    rows = []
    for text in texts:
        found = index.view(language).evidence(reader.read(MaskedText(text), languages=(language,)))
        assert found.question is not None
        assert found.gist is not None
        assert found.body is not None
        rows.append(np.stack([found.question, found.gist, found.body, found.stems, found.beginnings], axis=1))
    return np.array(rows)


def halves(texts: Sequence[str], data: Set) -> tuple[Set, Set]:
    """Return the even half, for fitting, and the odd half, for figures."""
    odd = np.array([zlib.crc32(text.encode()) & 1 for text in texts], dtype=bool)
    return (data[0][~odd], data[1][~odd]), (data[0][odd], data[1][odd])


def company_sets(reader: Reader, name: str, outside: dict[str, list[str]]) -> dict[str, tuple[Set, Set]]:
    """Return both halves per language of the company's questions and of what is elsewhere."""
    plugin = plugin_of("company", name)
    seeds = list(plugin.build(None).articles())
    ids = {(seed.slug, seed.language): [section.id for section in seed.sections] for seed in seeds}
    index = build_index(seeds, reader)
    found = {}
    for language in sorted({seed.language for seed in seeds}):
        sections = index.view(language).sections
        places = {(one.slug, ids[one.slug, language][one.section]): place for place, one in enumerate(sections)}
        questions = rows_of(plugin.folder / "cases" / f"questions.{language}.jsonl")
        elsewhere = [row["text"] for row in rows_of(plugin.folder / "cases" / f"elsewhere.{language}.jsonl")]
        elsewhere += outside.get(language, [])
        texts = [row["text"] for row in questions] + elsewhere
        right = [places[row["article"], row["section"]] for row in questions] + [-1] * len(elsewhere)
        found[language] = halves(texts, (evidence(index, reader, texts, language=language), np.array(right)))
    return found


def intent_set(reader: Reader, path: str, far: Sequence[str], *, seed: int) -> Set:
    """Return a set whose knowledge is two thirds of a file's intents; the other third and `far` are elsewhere."""
    chance = random.Random(seed)
    by_intent: dict[str, list[str]] = defaultdict(list)
    rows = rows_of(Path(path))
    for row in chance.sample(rows, len(rows)):
        by_intent[row["label"]].append(row["text"])
    intents = chance.sample(sorted(by_intent), len(by_intent))
    known, others = intents[: len(intents) * 2 // 3], intents[len(intents) * 2 // 3 :]
    index = build_index([intent_article(label, by_intent[label]) for label in known], reader)
    asked = [(text, place) for place, label in enumerate(known) for text in by_intent[label][EXAMPLES:]]
    asked = chance.sample(asked, 800)
    near = chance.sample([text for label in others for text in by_intent[label]], 200)
    none = near + chance.sample(list(far), min(200, len(far)))
    texts = [text for text, _ in asked] + none
    return evidence(index, reader, texts, language="en"), np.array([place for _, place in asked] + [-1] * len(none))


def intent_article(label: str, examples: Sequence[str]) -> ArticleSeed:
    """Return an intent as an article of one section."""
    name = label.replace("_", " ")
    section = ArticleSection(heading=name, body=name, questions=tuple(examples[:EXAMPLES]))
    slug = re.sub("[^a-z0-9]+", "-", label.lower()).strip("-")
    return ArticleSeed(slug=slug, language="en", title=name, summary="", keywords=(), sections=(section,))


def chances_of(data: Any, weights: Any, none: float) -> Any:
    """Return the likelihoods as `answering.scoring` has them, with a last column for 'none of these'."""
    utilities = np.concatenate([data @ weights, np.full((len(data), 1), none)], axis=1)
    raised = np.exp(utilities - utilities.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def figures(data: Set, weights: Any, none: float) -> dict[str, float]:
    """Return the figures of one set: shares of messages, and of answers that are right."""
    chances = chances_of(data[0], weights, none)[:, :-1]
    right, inside = data[1], data[1] >= 0
    order, best = np.argsort(-chances, axis=1), chances.max(axis=1)
    correct = order[:, 0] == right
    answered = best >= ANSWER
    result = {
        "questions": inside.sum(),
        "top1": correct[inside].mean(),
        "top3": (order[:, :3] == right[:, None]).any(axis=1)[inside].mean(),
        "answered": answered[inside].mean(),
        "answers_right": correct[inside & answered].mean() if (inside & answered).any() else 0,
        "asked_back": ((best >= CLARIFY) & ~answered)[inside].mean(),
        "elsewhere": (~inside).sum(),
        "false_answers": answered[~inside].mean(),
        "false_questions": ((best >= CLARIFY) & ~answered)[~inside].mean(),
    }
    return {name: round(float(value), 3) for name, value in result.items()}


def fit(sets: Sequence[tuple[Set, float]]) -> Any:
    """Return the weights of highest likelihood over weighted sets (Newton's method, slight shrinkage)."""
    width = sets[0][0][0].shape[2]
    theta = np.append(np.zeros(width), 2.0)
    shrink = np.append(np.full(width, 0.5), 1e-6)
    for _ in range(100):
        slope, bend = -shrink * theta, -np.diag(shrink)
        for (data, right), share in sets:
            count, sections, _ = data.shape
            chances = chances_of(data, theta[:-1], theta[-1])
            columns = np.zeros((count, sections + 1, width + 1))
            columns[:, :-1, :-1], columns[:, -1, -1] = data, 1
            mean = np.einsum("mn,mnk->mk", chances, columns)
            slope += share * (columns[np.arange(count), np.where(right < 0, sections, right)] - mean).sum(axis=0)
            bend -= share * (np.einsum("mn,mnk,mnl->kl", chances, columns, columns, optimize=True) - mean.T @ mean)
        step = np.linalg.solve(bend, slope)
        theta -= step * min(1.0, 5 / np.abs(step).max())
        if np.abs(step).max() < 1e-6:
            break
    return theta[:-1].round(1)


def allow(sets: Sequence[Set], weights: Any) -> float:
    """Return the smallest constant (in tenths) with which at most FALSE_ANSWERS of what is elsewhere is answered.

    The constant of highest likelihood would mirror how much of these sets is elsewhere: far more than in real traffic.
    """
    outside = [data[right < 0] for data, right in sets]
    for none in np.arange(1.0, 20.0, 0.1):
        best = np.concatenate([chances_of(data, weights, none)[:, :-1].max(axis=1) for data in outside])
        if (best >= ANSWER).mean() <= FALSE_ANSWERS:
            return round(float(none), 1)
    raise SystemExit("no constant is enough")


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file, gzipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in content.decode("utf-8").splitlines()]


def outside_texts(clinc: Path, xsid: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Return texts about something else per language, and CLINC150's own out-of-scope rows."""
    with gzip.open(clinc, "rt", encoding="utf-8") as file:
        rows = json.load(file)
    domains = json.loads((clinc.parent / "domains.json").read_text(encoding="utf-8"))
    bank = {*domains["banking"], *domains["credit_cards"]}
    far = [text for text, _ in rows["oos_train"] + rows["oos_val"]]
    texts = {"en": random.Random(1).sample([text for text, label in rows["val"] if label not in bank], 300) + far}
    for path in sorted(xsid.glob("*.valid.conll")):
        lines = path.read_text(encoding="utf-8").splitlines()
        own = [line.partition("=")[2].strip() for line in lines if line.startswith("# text =")]
        texts[path.name[:2]] = [*texts.get(path.name[:2], ()), *own[:150]]
    return texts, far


def main() -> None:
    """Measure, after fitting if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("clinc", "xsid", "banking77"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--hwu64")
    parser.add_argument("--company", default="halden")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    reader = build_reader()
    outside, far = outside_texts(Path(options.clinc), Path(options.xsid))
    languages = company_sets(reader, options.company, outside)
    weights, none, words, none_of_words = WEIGHTS, NONE_OF_MEANING, WEIGHTS_OF_WORDS, NONE_OF_WORDS
    if options.fit:
        tuning = [even for even, _ in languages.values()]
        public = [(intent_set(reader, options.hwu64, far, seed=seed), 0.1) for seed in (0, 1) if options.hwu64]
        weights, words = fit([(even, 1.0) for even in tuning] + public), fit([(bare(even), 1.0) for even in tuning])
        none, none_of_words = allow(tuning, weights), allow([bare(even) for even in tuning], words)
        print("weights", weights, none, "of words", words, none_of_words, file=sys.stderr)
    result = {name: figures(odd, weights, none) for name, (_, odd) in languages.items()}
    result |= {f"{name} by words": figures(bare(odd), words, none_of_words) for name, (_, odd) in languages.items()}
    result["banking77"] = figures(intent_set(reader, options.banking77, far, seed=7), weights, none)
    print(json.dumps(result, indent=1))
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def bare(data: Set) -> Set:
    """Return a set's evidence without embedding."""
    return data[0][:, :, WORDS], data[1]


if __name__ == "__main__":
    main()
