"""What a drill reads with `detector = "real"`: the house's own recogniser, and what a company's customers write."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from doorward.admission.drill import Reading
from doorward.bootstrap import make_reader
from doorward.doors.cli.evals import Missing
from doorward.doors.cli.evals.sources import read_intents
from doorward.flow.flood.likeness import PHRASES
from doorward.flow.flood.rehearsing import CampaignDetector, Text
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings
from doorward.vocabulary.errors import Malformed

SAID: Final = 800
"""Different messages that customers write in one language; reading one costs some three milliseconds."""


def read_for_drill(
    folder: Path | None, settings: Settings, *, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> Reading:
    """Return detector and customers' words. What is usual are a part of the phrases; customers write other ones.

    Raises `Malformed` where there are no phrases.
    """
    if folder is None:
        raise Malformed("a real detector needs to know what is usual: --phrases names no folder of phrases")
    try:
        found = {(phrase.language, phrase.text) for phrase in read_intents(folder)}
    except Missing as missing:
        raise Malformed(f"a real detector needs to know what is usual: {missing}") from None
    # In the order of a hash: drawn by chance, and always the same.
    drawn = sorted(found, key=lambda one: hashlib.sha256("\0".join(one).encode()).digest())
    cut = min(PHRASES, len(drawn) // 2)
    return Reading(
        detector=CampaignDetector(make_reader(settings, clock=SystemClock()), drawn[:cut], tell=tell),
        words=_words(drawn[cut:]),
    )


def _words(texts: list[Text]) -> dict[str, list[str]]:
    words: dict[str, list[str]] = defaultdict(list)
    for language, text in texts:
        if len(words[language]) < SAID:
            # Braces mean a choice in a drill, and nothing in what customers write.
            words[language].append(text.replace("{", "(").replace("}", ")"))
    return dict(words)
