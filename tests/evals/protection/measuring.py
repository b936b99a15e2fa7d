"""What the evaluation sets say of a screener, and how it is counted.

A span counts as found when the union of the findings of its kind that touch it overlaps it by half or more of what both
cover together (intersection over union of characters). A finding that touches no span of its kind is wrong, unless it
lies on a place that is judged neither way. `leaked` is the share of sensitive characters that nothing masks,
`overmasked` the share of the others that something masks; blanks do not count. Among codes, PINs and passwords one may
be taken for another; an evaded value counts as found whatever it is taken for.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from doorward.protection import Screener
from doorward.vocabulary.text import WildText

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")

COMPANY: Final = "Halden"
"""What the sets' messages call the company that they are written to."""

CHECKSUMMED: Final = frozenset({"CARD", "IBAN"})
CHECKSUMMED_SUBKINDS: Final = frozenset(
    {"de.steuer_id", "de.sozialversicherung", "tr.tckn", "tr.vkn", "ru.inn", "ru.snils", "gb.nhs", "ie.pps", "au.tfn"}
)
SECRETS: Final = frozenset({"ONE_TIME_CODE", "PIN", "PASSWORD", "CARD_SECURITY_CODE"})
NAMES: Final = frozenset({"PERSON", "ADDRESS"})


class Gold(msgspec.Struct, frozen=True):
    """A marked place of a message."""

    kind: str
    start: int
    end: int
    subkind: str | None = None


class Message(msgspec.Struct, frozen=True):
    """One message of a set."""

    id: str
    half: str
    channel: str
    tags: tuple[str, ...]
    text: str
    spans: tuple[Gold, ...]
    neutral: tuple[tuple[int, int], ...] = ()
    thread: str | None = None


class Guess(msgspec.Struct, frozen=True):
    """A finding, as far as it is judged."""

    kind: str
    start: int
    end: int


class Tally:
    """Counts of one kind or group: found, missed, wrong."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.found: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.evaded: Counter[str] = Counter()
        self.leaked = self.sensitive = self.masked = self.clean = 0

    def rates(self, kinds: Iterable[str] | None = None) -> dict[str, float]:
        """Return precision, recall and F2 over these kinds, or over all."""
        chosen = set(self.found) | set(self.missed) | set(self.wrong) if kinds is None else set(kinds)
        found = sum(self.found[kind] for kind in chosen)
        missed = sum(self.missed[kind] for kind in chosen)
        wrong = sum(self.wrong[kind] for kind in chosen)
        precision = found / (found + wrong) if found + wrong else 0.0
        recall = found / (found + missed) if found + missed else 0.0
        weighed = 4 * precision + recall
        return {
            "n": found + missed,
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f2": round(5 * precision * recall / weighed, 4) if weighed else 0.0,
        }


def messages(language: str, half: str, *, fresh: bool = False) -> list[Message]:
    """Return the messages of one half (`dev` or `test`) of a language's first set, or of its fresh one."""
    lines = (FOLDER / f"{'fresh-' if fresh else ''}{language}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (msgspec.convert(json.loads(line), Message) for line in lines)
    return [row for row in rows if row.half == half]


def public_facts(language: str) -> list[str]:
    """Return what the sets' company publishes itself, its name included, which a tenant of that name lists as well."""
    facts: dict[str, list[str]] = json.loads((FOLDER / "public.json").read_text(encoding="utf-8"))
    return [COMPANY, *facts[language]]


def guesses_of(screener: Screener, wanted: Sequence[Message], facts: Iterable[str]) -> list[list[Guess]]:
    """Return what the screener finds in each message; consecutive messages of a thread know of each other."""
    public = screener.public_facts(facts)
    results: list[list[Guess]] = []
    thread: str | None = None
    before: WildText | None = None
    for message in wanted:
        before = before if message.thread is not None and message.thread == thread else None
        text, thread = WildText(message.text), message.thread
        following = screener.after(before)
        screened = following.screen(text, guards=["sensitive"], public=public)
        before = following.tail(text, screened)
        results.append(
            [Guess(finding.kind, finding.start, finding.end) for finding in screened.findings if finding.end > 0]
        )
    return results


def measure(wanted: Sequence[Message], guessed: Sequence[Sequence[Guess]]) -> dict[str, Any]:
    """Return the figures of a set: by kind, and by the groups that have floors."""
    all_kinds, checked, secret = Tally(), Tally(), Tally()
    evasions: Counter[str] = Counter()
    for message, guesses in zip(wanted, guessed, strict=True):
        _count(all_kinds, message, guesses)
        _count_group(checked, message, guesses, _is_checksummed)
        _count_group(secret, message, guesses, lambda gold: gold.kind in SECRETS)
        for how in (tag for tag in message.tags if tag.startswith("evasion.")):
            for gold in message.spans:
                evasions[f"{how}.{'found' if _hit(gold, guesses, any_kind=True) else 'missed'}"] += 1
    hows = sorted({name.rsplit(".", 1)[0] for name in evasions})
    found = sum(evasions[f"{how}.found"] for how in hows)
    return {
        "messages": len(wanted),
        "all": all_kinds.rates(),
        "checksummed": checked.rates(),
        "secrets": secret.rates(),
        "names_and_addresses": all_kinds.rates(NAMES),
        "evasion_recall": round(found / max(sum(evasions.values()), 1), 4),
        "evasions": {
            how: round(evasions[f"{how}.found"] / (evasions[f"{how}.found"] + evasions[f"{how}.missed"]), 3)
            for how in hows
        },
        "leaked": round(all_kinds.leaked / max(all_kinds.sensitive, 1), 4),
        "overmasked": round(all_kinds.masked / max(all_kinds.clean, 1), 5),
        "kinds": {kind: all_kinds.rates([kind]) for kind in sorted({*all_kinds.found, *all_kinds.missed})},
    }


def _is_checksummed(gold: Gold) -> bool:
    return gold.kind in CHECKSUMMED or gold.subkind in CHECKSUMMED_SUBKINDS


def _characters(message: Message, spans: Iterable[tuple[int, int]]) -> set[int]:
    return {place for start, end in spans for place in range(start, end) if not message.text[place].isspace()}


def _count(tally: Tally, message: Message, guesses: Sequence[Guess]) -> None:
    sensitive = _characters(message, ((one.start, one.end) for one in message.spans))
    free = _characters(message, message.neutral) - sensitive
    covered = _characters(message, ((one.start, one.end) for one in guesses))
    everything = _characters(message, [(0, len(message.text))])
    tally.sensitive += len(sensitive)
    tally.leaked += len(sensitive - covered)
    tally.clean += len(everything - sensitive - free)
    tally.masked += len((everything - sensitive - free) & covered)
    for gold in message.spans:
        (tally.found if _hit(gold, guesses) else tally.missed)[gold.kind] += 1
    for guess in guesses:
        if not _excused(guess, message) and not any(_touch(guess, gold) for gold in _same(guess, message.spans)):
            tally.wrong[guess.kind] += 1


def _count_group(tally: Tally, message: Message, guesses: Sequence[Guess], belongs: Callable[[Gold], bool]) -> None:
    """Count only what belongs to a group; a finding of a group's kind at no place of its kind is wrong there."""
    kinds = CHECKSUMMED if belongs is _is_checksummed else SECRETS
    alike = [guess for guess in guesses if guess.kind in SECRETS]
    for gold in filter(belongs, message.spans):
        found = _hit(gold, alike, any_kind=True) if gold.kind in SECRETS else _hit(gold, guesses)
        (tally.found if found else tally.missed)[gold.kind] += 1
    for guess in guesses:
        wanted = [gold for gold in message.spans if gold.kind in kinds]
        if guess.kind in kinds and not _excused(guess, message) and not any(_touch(guess, gold) for gold in wanted):
            tally.wrong[guess.kind] += 1


def _same(guess: Guess, spans: Sequence[Gold]) -> list[Gold]:
    return [gold for gold in spans if gold.kind == guess.kind]


def _touch(guess: Guess, gold: Gold) -> bool:
    return guess.start < gold.end and gold.start < guess.end


def _excused(guess: Guess, message: Message) -> bool:
    return any(guess.start < end and start < guess.end for start, end in message.neutral)


def _hit(gold: Gold, guesses: Sequence[Guess], *, any_kind: bool = False) -> bool:
    touching = [one for one in guesses if (any_kind or one.kind == gold.kind) and _touch(one, gold)]
    covered = {place for one in touching for place in range(one.start, one.end)}
    truth = set(range(gold.start, gold.end))
    return bool(covered) and 2 * len(covered & truth) >= len(covered | truth)
