"""Whether both matchers say the same: masked text and findings of all detectors, on texts made to be difficult."""

from pathlib import Path
from typing import Literal

from doorward.kit.plugins import discover
from doorward.protection import Screener
from doorward.vocabulary.text import WildText
from tests.support.screening import generated_texts


def disagreements(count: int, folder: Path) -> int:
    """Return of how many of `count` texts the twins give other masked texts or findings."""
    packs = [plugin.build(None) for plugin in discover("language")]
    detectors = [plugin.build(None) for plugin in discover("detector")]

    def screener(matcher: Literal["hyperscan", "re"]) -> Screener:
        return Screener(detectors, packs, matcher=matcher, cache_folder=folder)

    fast, plain = screener("hyperscan"), screener("re")
    return sum(fast.screen(WildText(text)) != plain.screen(WildText(text)) for text in generated_texts(count, seed=7))
