"""One process that measures one thing; its answer is JSON on standard output.

python -m bench.nlu.worker message FOLDER COUNT | training DATA | peers DATA
"""

import itertools
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final, TypeVar

from bench.nlu.founding import MODEL, language_packs, read_index, real_reader
from bench.walk.messages import texts
from doorward.kit.process import return_memory
from doorward.understanding import Understander
from doorward.understanding.intents import Phrase, judge, name_phrases, read_model, read_phrases, train
from doorward.vocabulary.text import MaskedText

WARM: Final = 200
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")
Value = TypeVar("Value")


def message(folder: Path, count: int) -> dict[str, Any]:
    """Measure messages, one after another, and what the process holds when it has seen them."""
    packs = language_packs()
    reader = real_reader(packs)
    reader.warm()
    heads, _ = read_model(folder / MODEL, encoder=reader.encoder_id)
    index = read_index(folder)
    return_memory()  # as the house does behind loading
    understander = Understander(packs)
    asked = [MaskedText(text) for text in itertools.islice(texts(), WARM + count)]
    taken: dict[str, list[float]] = {name: [] for name in ("whole", "read", "intent", "understand", "embedding")}
    for number, one in enumerate(asked):
        reading_took, reading = timed(reader.read, one, languages=LANGUAGES)
        guess_took, _ = timed(heads.guess, reading)
        search_took, _ = timed(understander.understand, reading, one, nearest=index.search)
        alone_took, _ = timed(reader._encoder.encode, [one.text])
        whole = reading_took + guess_took + search_took
        if number >= WARM:
            for name, value in zip(taken, (whole, reading_took, guess_took, search_took, alone_took), strict=True):
                taken[name].append(value)
    return {
        "messages": count,
        **{name: spread(values) for name, values in taken.items()},
        "memory_megabytes": resident(),
        "trainer_loaded": "sklearn" in sys.modules,
    }


def training(data: Path) -> dict[str, Any]:
    """Measure teaching with all of Banking77's official training phrases, from their file to the heads."""
    reader = real_reader()
    reader.warm()
    began, clock = time.process_time(), time.perf_counter()
    phrases = banking77(data, "official_train")
    readings = reader.read_all([one.text for one in phrases], languages=LANGUAGES, hints=["en"] * len(phrases))
    read = time.process_time() - began
    names = name_phrases(sorted({one.intent for one in phrases if one.intent}))
    train(phrases, readings, names=reader.read_all([one.text for one in names], languages=LANGUAGES))
    return {
        "phrases": len(phrases),
        "cpu_seconds": round(time.process_time() - began, 1),
        "wall_seconds": round(time.perf_counter() - clock, 1),
        "reading_cpu_seconds": round(read, 1),
        "memory_megabytes": resident(),
    }


def peers(data: Path) -> dict[str, Any]:
    """Measure accuracy, teaching and asking beside scikit-learn's own pipelines, of the same phrases."""
    asked = banking77(data, "fewshot_valid")
    seen = {one.text.casefold() for one in asked}
    found: dict[str, Any] = {}
    for name in ("official_train", "fewshot_train_10"):
        # The questions are cut out of the official list.
        taught = [one for one in banking77(data, name) if one.text.casefold() not in seen]
        found[name] = {
            "phrases": len(taught),
            "questions": len(asked),
            "doorward": _ours(taught, asked),
            "tfidf_svc": _pipeline(_words_and_letters, taught, asked),
            "embedding_svc": _pipeline(_embedding, taught, asked),
        }
    return found


def banking77(data: Path, name: str) -> list[Phrase]:
    """Return a list of Banking77."""
    return [one._replace(language="en") for one in read_phrases(data / "banking77" / f"{name}.jsonl.gz")]


def _ours(taught: Sequence[Phrase], asked: Sequence[Phrase]) -> dict[str, Any]:
    reader = real_reader()
    reader.warm()

    def teach() -> Any:
        readings = reader.read_all([one.text for one in taught], languages=LANGUAGES, hints=["en"] * len(taught))
        names = name_phrases(sorted({one.intent for one in taught if one.intent}))
        return train(taught, readings, names=reader.read_all([one.text for one in names], languages=LANGUAGES)).heads

    def ask(text: str) -> Any:
        return heads.guess(reader.read(MaskedText(text), languages=LANGUAGES, hint="en"))

    seconds, heads = timed(teach)
    guesses, each = [], []
    for one in asked:
        taken, guess = timed(ask, one.text)
        guesses.append(guess)
        each.append(taken)
    return {"accuracy": judge(heads, asked, guesses).accuracy, "teaching_cpu_seconds": round(seconds, 1)} | spread(each)


def _pipeline(make: Callable[[], Any], taught: Sequence[Phrase], asked: Sequence[Phrase]) -> dict[str, Any]:
    model = make()
    seconds, _ = timed(model.fit, [one.text for one in taught], [one.intent for one in taught])
    right, each = [], []
    for one in asked:
        taken, (said,) = timed(model.predict, [one.text])
        right.append(said == one.intent)
        each.append(taken)
    return {"accuracy": fmean(right), "teaching_cpu_seconds": round(seconds, 1)} | spread(each)


def _words_and_letters() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - only this part pays for it
    from sklearn.pipeline import make_pipeline, make_union  # noqa: PLC0415
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    return make_pipeline(make_union(words, letters), LinearSVC(random_state=0))


def _embedding() -> Any:
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import FunctionTransformer  # noqa: PLC0415
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    encoder = real_reader()._encoder
    return make_pipeline(FunctionTransformer(encoder.encode), LinearSVC(random_state=0))


def timed(work: Callable[..., Value], *arguments: Any, **named: Any) -> tuple[float, Value]:
    """Return the processor time of some work, and its result."""
    began = time.process_time()
    value = work(*arguments, **named)
    return time.process_time() - began, value


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Return mean and percentiles in milliseconds."""
    ordered = sorted(seconds)
    found = {"mean_ms": fmean(seconds) * 1e3}
    for percent in (50, 99):
        found[f"p{percent}_ms"] = ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] * 1e3
    return {name: round(value, 3) for name, value in found.items()}


def resident() -> float:
    """Return the memory that this process has now, in millions of bytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) * 1024 / 1e6, 1)


def main() -> None:
    """Measure what was asked for."""
    part, *words = sys.argv[1:]
    if part == "message":
        found = message(Path(words[0]), int(words[1]))
    else:
        found = {"training": training, "peers": peers}[part](Path(words[0]))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
