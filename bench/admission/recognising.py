"""How campaigns are recognised: the house beside words alone and embeddings alone, at several shares; what it costs."""

import copy
import random
import time
import tracemalloc
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from doorward.admission.campaigns import Likeness, Recogniser
from doorward.admission.campaigns.terms import Terms
from doorward.admission.campaigns.usual import Usual, vector_of
from doorward.doors.cli.commands.evals import make_lab
from doorward.doors.cli.evals import Given
from doorward.doors.cli.evals.campaigns import Setting, judge_campaigns
from doorward.doors.cli.evals.campaigns.judging import SECRET, Make
from doorward.doors.cli.evals.campaigns.playing import START, Look
from doorward.doors.cli.evals.sources import installed_phrases
from doorward.kit.settings import Settings
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.reading import Reading

OWN = Path(__file__).parents[2] / "tests/evals/campaigns"
WINDOW = 512
FALSE = 0.01
SHOWN = (
    "verbatim.messages",
    "spintax.messages",
    "paraphrase.messages",
    "camouflage.messages",
    "assistant.messages",
    "own_words.recognised",
    "crowd_flagged",
    "ordinary_flagged",
    "ordinary_flagged_beside",
)


class Nearest:
    """A peer: flags what is as like one of the last messages as one in a hundred usual ones is like another."""

    def __init__(self, usual: Sequence[Reading]) -> None:
        self.last: deque[Any] = deque(maxlen=WINDOW)
        self.bar = float("inf")
        scores = []
        for reading in usual[-2 * WINDOW :]:
            what = self.what(reading)
            scores.append(self.likeness(what))
            self.last.append(what)
        self.bar = float(np.quantile(scores[WINDOW:], 1 - FALSE))

    def what(self, reading: Reading) -> Any:
        raise NotImplementedError

    def likeness(self, what: Any) -> float:
        raise NotImplementedError

    def look(self, reading: Reading, message_id: MessageId, at: datetime) -> Likeness:
        what = self.what(reading)
        flagged = self.likeness(what) > self.bar
        self.last.append(what)
        # A peer has no groups: all that it flags is one.
        return Likeness(score=float(flagged), kind="campaign" if flagged else "none", campaign_id="all")


class Shingles(Nearest):
    """Resemblance of sets of runs of four letters, as MinHash estimates it, reckoned exactly."""

    def what(self, reading: Reading) -> Any:
        text = " ".join(reading.words)
        return frozenset(text[place : place + 4] for place in range(max(1, len(text) - 3)))

    def likeness(self, what: Any) -> float:
        return max((len(what & one) / max(1, len(what | one)) for one in self.last), default=0.0)


class Embeddings(Nearest):
    """Cosine of centred embeddings to the fifth nearest of the last messages."""

    def __init__(self, usual: Sequence[Reading]) -> None:
        self.centring = Usual(usual, Terms(SECRET))
        super().__init__(usual)

    def what(self, reading: Reading) -> Any:
        vector = vector_of(reading)
        return self.centring.centred(vector) if vector is not None else np.zeros(len(self.centring.centre), np.float32)

    def likeness(self, what: Any) -> float:
        if len(self.last) < 5:
            return 0.0
        return float(np.partition(np.array(self.last) @ what, -5)[-5])


def beginning_with(peer: type[Nearest]) -> Make:
    """Each play begins with what the peer has learnt once of what is usual."""
    made: list[Nearest] = []

    def make(usual: Sequence[Reading]) -> Look:
        if not made:
            made.append(peer(usual))
        one = copy.copy(made[0])
        one.last = made[0].last.copy()
        return one.look

    return make


def recognising(messages: int) -> dict[str, Any]:
    """What is recognised on the half `dev`, by whom and at which share; and cost and memory of many messages."""
    lab = make_lab(Settings(), tell=lambda _doing: None)
    given = Given(data=OWN, own=OWN, phrases=installed_phrases())
    result: dict[str, Any] = {"who": {}, "shares": {}}
    for name, make in (
        ("runs of letters", beginning_with(Shingles)),
        ("embeddings", beginning_with(Embeddings)),
        ("house", None),
    ):
        result["who"][name] = shown(judge_campaigns(lab, given, setting=Setting(plays=1), make=make))
    for share in (0.1, 0.25, 0.8):
        result["shares"][str(share)] = shown(judge_campaigns(lab, given, setting=Setting(plays=1, share=share)))
    phrases = [reading for reading in lab._read.values() if reading.embedding][:2000]
    return result | {"cost": cost(phrases, lab.reader.encoder_id, messages)}


def shown(found: Sequence[Any]) -> dict[str, float]:
    figures = {one.name.removeprefix("campaigns."): round(one.value, 4) for one in found}
    return {name: figures[name] for name in SHOWN}


def cost(usual: Sequence[Reading], encoder_id: str, messages: int) -> dict[str, Any]:
    """Processor time a message, and memory after many different ones whose words nobody used before."""
    drawn = random.Random(1)
    vectors = np.random.default_rng(1)
    tracemalloc.start()
    one = Recogniser(usual, secret=SECRET, encoder_id=encoder_id)
    begun = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    width = len(usual[0].embedding) // 4
    times = []
    for number in range(messages):
        words = tuple(f"{drawn.getrandbits(40):x}" for _ in range(18))
        vector = vectors.normal(size=width)
        reading = Reading(
            language="en",
            language_score=1.0,
            words=words,
            stems=words,
            embedding=(vector / np.linalg.norm(vector)).astype("<f4").tobytes(),
        )
        before = time.process_time()
        one.look(reading, message_id=MessageId(str(number)), at=START + number * timedelta(seconds=1))
        times.append(time.process_time() - before)
    kept = Counter(
        terms=len(one._recent.tallies), runs=len(one._recent._runs), told=len(one._told), groups=len(one._groups.all())
    )
    return {
        "messages": messages,
        "begun_mb": round(begun / 1e6, 1),
        "kept": dict(kept),
        "ms_p50": round(float(np.median(times)) * 1000, 3),
        "ms_p99": round(float(np.quantile(times, 0.99)) * 1000, 3),
    }
