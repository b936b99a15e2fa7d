"""What came of the plays, as figures."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from doorward.admission.campaigns import Recogniser
from doorward.doors.cli.evals.campaigns.playing import BEFORE, CROWD, ORDINARY, Look, Played, Row, Setting, play
from doorward.doors.cli.evals.lab import Lab, Measured
from doorward.doors.cli.evals.sources import Given, Missing, half_of, read_intents, read_rows
from doorward.understanding.intents import Phrase
from doorward.vocabulary.reading import Reading

FIRST: Final = 10
"""Messages of a campaign that come before any other can be recognised as one of many; those are not counted."""

WITHIN: Final = 200
"""Messages within which a campaign is to be recognised, ordinary ones among them."""

TOLD: Final = 6
"""Messages of a group that is told."""

OWN_WORDS: Final = ("paraphrase", "camouflage", "assistant")
"""Kinds whose writers found words of their own."""

PHRASES: Final = 4000
"""Phrases of the company that stand for what is usual."""

SECRET: Final = bytes(range(32))

Results = dict[str, dict[str, list[list[Played]]]]
"""Plays by kind and campaign."""


Make = Callable[[Sequence[Reading]], Look]
"""Something that makes of what is usual what says of each message how much it is one of many."""


def judge_campaigns(lab: Lab, given: Given, *, setting: Setting, make: Make | None = None) -> list[Measured]:
    """Judge one half of the campaigns, crowds and ordinary messages; without `make` by the house's own recogniser.

    Raises `Missing` where there is no such half, or nothing that is usual.
    """
    return figures(play_all(lab, given, setting=setting, make=make))


def play_all(lab: Lab, given: Given, *, setting: Setting, make: Make | None = None) -> Results:
    """Play one half: each campaign and crowd among ordinary messages, and these alone, as often as is set.

    What is usual are the company's own phrases, and other ones of them come before. Raises `Missing`.
    """
    rows = half_of(read_rows(given.own_file("campaigns.jsonl"), Row), given.half)
    if given.phrases is None:
        raise Missing("--phrases names no folder, and no installed company has phrases")
    usual, before = _usual(lab, given.phrases)
    readings = lab.read([Phrase(row.text, None, row.language) for row in rows])
    by_group: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for row, reading in zip(rows, readings, strict=True):
        by_group[row.kind, row.campaign].append(reading)
    ordinary = by_group.pop((ORDINARY, ""), [])
    makes = make if make is not None else lambda known: house_look(lab, known)
    results: Results = defaultdict(lambda: defaultdict(list))
    for (kind, campaign), own in [*sorted(by_group.items()), ((ORDINARY, ""), [])]:
        lab.tell(f"playing {kind} {campaign}")
        for number in range(setting.plays):
            drawn = Setting(rate=setting.rate, share=setting.share, seed=setting.seed + number)
            look = makes(usual)
            results[kind][campaign].append(
                play(look, own, ordinary, before=before[number * BEFORE :][:BEFORE], setting=drawn)
            )
    return results


def house_look(lab: Lab, usual: Sequence[Reading]) -> Look:
    """Return the house's own recogniser, new."""
    recogniser = Recogniser(usual, secret=SECRET, encoder_id=lab.reader.encoder_id)
    return lambda reading, message_id, at: recogniser.look(reading, message_id=message_id, at=at)


def _usual(lab: Lab, folder: Path) -> tuple[list[Reading], list[Reading]]:
    """Return readings of phrases that are usual, and of other ones that come before."""
    phrases = read_intents(folder)
    random = np.random.default_rng(0)
    drawn = random.permutation(len(phrases))[: PHRASES + 8 * BEFORE]
    readings = lab.read([phrases[place]._replace(intent=None) for place in drawn])
    cut = max(len(readings) - 8 * BEFORE, len(readings) // 2)
    return readings[:cut], readings[cut:]


def figures(results: Results) -> list[Measured]:
    """Return the figures of all plays, by kind, campaign and play."""
    found: list[Measured] = []
    worded: list[list[Played]] = []
    beside: list[Played] = []
    for kind, campaigns in results.items():
        plays = [played for some in campaigns.values() for played in some]
        if kind == ORDINARY:
            found.append(_flagged("ordinary_flagged", [one for played in plays for one in played]))
            continue
        beside += [one for played in plays for one in after_first(played) if not one.own]
        if kind == CROWD:
            found.append(_flagged("crowd_flagged", [one for played in plays for one in played if one.own]))
            found.append(_share("crowds_recognised", [recognised(one, "crowd") is not None for one in plays]))
            continue
        found += _of_campaigns(kind, plays)
        worded += plays if kind in OWN_WORDS else []
    found += _of_campaigns("own_words", worded)
    for language in sorted({one.language for played in worded for one in played}):
        late = [one for played in worded for one in after_first(played) if one.own and one.language == language]
        found.append(_flagged(f"own_words.messages.{language}", late))
    return [*found, _flagged("ordinary_flagged_beside", beside)]


def _of_campaigns(name: str, plays: Sequence[Sequence[Played]]) -> list[Measured]:
    """Return how many messages are flagged, once the first have come and in all, and how many campaigns recognised."""
    places = [recognised(played, "campaign") for played in plays]
    return [
        _flagged(f"{name}.messages", [one for played in plays for one in after_first(played) if one.own]),
        _flagged(f"{name}.messages_with_the_first", [one for played in plays for one in played if one.own]),
        _share(f"{name}.recognised", [place is not None and place < WITHIN for place in places]),
    ]


def after_first(played: Sequence[Played]) -> list[Played]:
    """Return what came after the first messages of the campaign."""
    owns = [one.place for one in played if one.own]
    return [one for one in played if len(owns) > FIRST and one.place > owns[FIRST - 1]]


def recognised(played: Sequence[Played], kind: str) -> int | None:
    """Return the place at which a group of this kind had six messages, more than half of them the campaign's own."""
    owns: dict[str, list[bool]] = defaultdict(list)
    for one in played:
        if one.likeness.kind == kind:
            some = owns[one.likeness.campaign_id]
            some.append(one.own)
            if len(some) >= TOLD and 2 * sum(some) > len(some):
                return one.place
    return None


def _flagged(name: str, some: Sequence[Played]) -> Measured:
    return _share(name, [one.likeness.is_flagged for one in some])


def _share(name: str, some: Sequence[bool]) -> Measured:
    return Measured(name=f"campaigns.{name}", value=sum(some) / max(1, len(some)), texts=len(some))
