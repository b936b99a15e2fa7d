"""What is measured: each engine as a function from a text to how much it found.

This runs in the engine's own environment, so everything is imported when it is asked for. A peer gets its defaults:
what a reader of its first page of documentation would run.
"""
# ruff: noqa: PLC0415

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

Screen = Callable[[str], int]


def doorward(matcher: Literal["hyperscan", "re"], *, names: bool) -> Screen:
    """Return our guards; they mask as well, which no peer here is asked to do."""
    from doorward.kit.plugins import discover
    from doorward.protection import Screener
    from doorward.vocabulary.text import WildText

    detectors = [plugin.build(None) for plugin in discover("detector")]
    packs = [plugin.build(None) for plugin in discover("language")]
    detectors = [detector for detector in detectors if names or "PERSON" not in detector.kinds]
    folder = Path(os.environ["BENCH_PATTERNS"])
    screener = Screener(detectors, packs, matcher=matcher, cache_folder=folder)
    return lambda text: len(screener.screen(WildText(text)).findings)


def presidio(*, names: bool) -> Screen:
    """Return Presidio's analyzer with a spaCy model, or with none: patterns only."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # the shipped list: nothing is fetched
    engine = SpacyNlpEngine()
    engine.nlp = {"en": spacy.load(os.environ["BENCH_MODEL"]) if names else spacy.blank("en")}
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    if not names:
        analyzer.registry.remove_recognizer("SpacyRecognizer")
    return lambda text: len(analyzer.analyze(text, language="en"))


def datafog() -> Screen:
    """Return datafog's expressions."""
    import datafog as peer

    return lambda text: len(peer.scan(text).entities)


def scrubadub() -> Screen:
    """Return scrubadub with its default detectors."""
    import scrubadub as peer

    scrubber: Any = peer.Scrubber()
    return lambda text: len(list(scrubber.iter_filth(text)))


ENGINES: Final[dict[str, Callable[[], Screen]]] = {
    "doorward": lambda: doorward("hyperscan", names=False),
    "doorward-names": lambda: doorward("hyperscan", names=True),
    "doorward-re": lambda: doorward("re", names=False),
    "presidio-patterns": lambda: presidio(names=False),
    "presidio": lambda: presidio(names=True),
    "datafog": datafog,
    "scrubadub": scrubadub,
}
"""By the name that reports use. The first ones are ours."""

OURS: Final = tuple(name for name in ENGINES if name.startswith("doorward"))
ENVIRONMENTS: Final = {
    "presidio-patterns": "presidio",
    "presidio": "presidio",
    "datafog": "datafog",
    "scrubadub": "scrubadub",
}
"""Which of the peers' requirements an engine needs."""

if __name__ == "__main__":
    sys.exit("This is a module of `python3 run.py bench protection`.")
