"""Whether a tenant's policies and own kinds can be meant: everything that is wrong, each with its place and a sentence.

Settings are checked when they are set, because a rule that means nothing protects nobody (house law 2).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from doorward.kit.i18n import REFERENCE, Translator
from doorward.kit.settings import SettingsInvalid
from doorward.kit.tenant_settings import ANY_CHANNEL, OwnKind, TenantSettings
from doorward.protection import DESK, LAST_FOUR, WITHHELD, PatternRefused, WordRefused, read_pattern, words_in

MOST_PATTERNS: Final = 100
"""Patterns of all of a tenant's kinds together; so many compile in well under a second."""

MOST_WORDS: Final = 20_000
_NAMES: Final = frozenset({"masking", "own_kinds"})


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: in which setting, of which kind, in which of its fields and line of it (from 1).

    `key` names the sentence that says why and what to do, `facts` fill its places.
    """

    setting: str
    kind: str
    field: str = ""
    line: int = 0
    key: str
    facts: Mapping[str, Any] = {}


class MaskingCheck:
    """Knows the kinds and channels that there are."""

    def __init__(self, kinds: Iterable[str], channels: Iterable[str]) -> None:
        """Take the kinds that detectors mask and the channels' ids."""
        self.kinds = tuple(sorted({*kinds} - {WITHHELD}))
        self.channels = (ANY_CHANNEL, *channels, DESK)

    @classmethod
    def over(cls, detectors: Iterable[Any], channels: Iterable[Any]) -> "MaskingCheck":
        """Return what knows the kinds that these detectors mask, and these channels."""
        kinds = (kind for one in detectors if one.family == "sensitive" for kind in one.kinds)
        return cls(kinds, (channel.id for channel in channels))

    def faults(self, settings: TenantSettings) -> tuple[Fault, ...]:
        """Return what is wrong with the settings' policies and own kinds, in order."""
        return (*self._faults_of_policies(settings), *self._faults_of_kinds(settings.own_kinds))

    def _faults_of_policies(self, settings: TenantSettings) -> Iterator[Fault]:
        own = {kind.name for kind in settings.own_kinds} - {*self.kinds}
        for kind, rules in settings.masking.items():
            if kind not in own and kind not in self.kinds:
                yield Fault(setting="masking", kind=kind, key="masking.wrong.kind", facts={"kind": kind})
            for channel, action in rules.items():
                facts = {"kind": kind, "channel": channel}
                if channel not in self.channels:
                    yield Fault(setting="masking", kind=kind, field=channel, key="masking.wrong.channel", facts=facts)
                if action == "keep_last_four" and kind not in own and kind not in LAST_FOUR:
                    yield Fault(setting="masking", kind=kind, field=channel, key="masking.wrong.last_four", facts=facts)

    def _faults_of_kinds(self, kinds: Sequence[OwnKind]) -> Iterator[Fault]:
        named = Counter(kind.name for kind in kinds)
        for kind in kinds:
            if kind.name in {*self.kinds, WITHHELD} or named[kind.name] > 1:
                yield _fault(kind, "name", 0, "masking.wrong.name_taken")
            if not kind.words and not kind.patterns:
                yield _fault(kind, "words", 0, "masking.wrong.nothing")
            for field, words in (("words", kind.words), ("context", kind.context)):
                yield from _faults_of_words(kind, field, words)
            yield from _faults_of_patterns(kind)
        if sum(len(kind.words) for kind in kinds) > MOST_WORDS:
            yield _fault(kinds[-1], "words", 0, "masking.wrong.too_many_words", most=MOST_WORDS)
        if sum(len(kind.patterns) for kind in kinds) > MOST_PATTERNS:
            yield _fault(kinds[-1], "patterns", 0, "masking.wrong.too_many_patterns", most=MOST_PATTERNS)


def _faults_of_words(kind: OwnKind, field: str, words: Sequence[str]) -> Iterator[Fault]:
    for number, phrase in enumerate(words, start=1):
        try:
            words_in(phrase)
        except WordRefused as refused:
            yield _fault(kind, field, number, f"masking.word.{refused.reason}")


def _faults_of_patterns(kind: OwnKind) -> Iterator[Fault]:
    for number, pattern in enumerate(kind.patterns, start=1):
        try:
            read_pattern(pattern)
        except PatternRefused as refused:
            facts = {"position": refused.position, **refused.facts}
            yield _fault(kind, "patterns", number, f"masking.pattern.{refused.reason}", **facts)


def _fault(kind: OwnKind, field: str, line: int, key: str, /, **facts: Any) -> Fault:
    return Fault(
        setting="own_kinds", kind=kind.name, field=field, line=line, key=key, facts={"kind": kind.name, **facts}
    )


EXAMPLES: Final[Mapping[str, str]] = {
    "digit": r"\d",
    "word": r"\w",
    "space": r"\s",
    "class": "[a-f0-9]",
    "group": "(one|two)",
    "bounds": "{2,5}",
}
"""What sentences about patterns give as examples; code is the same in every language."""


def told(fault: Fault, say: Callable[..., str]) -> str:
    """Return what is wrong in words, with its place; `say` says a key in somebody's language."""
    sentence = say(fault.key, **{**EXAMPLES, **fault.facts})
    if fault.line:
        return say("masking.in_line", line=fault.line, sentence=sentence)
    return sentence


def settings_check(make: Callable[[], tuple[MaskingCheck, Translator]]) -> Callable[[str, TenantSettings], None]:
    """Return what refuses settings with a sentence for operators; `make` is called when it is first needed.

    What is returned raises `SettingsInvalid`.
    """

    def check(name: str, settings: TenantSettings) -> None:
        if name not in _NAMES:
            return
        masking, translator = make()
        fault = next(iter(masking.faults(settings)), None)
        if fault is not None:
            place = ".".join(filter(None, (fault.setting, fault.kind, fault.field)))
            raise SettingsInvalid(f"{place}: {told(fault, partial(translator.say, REFERENCE))}")

    return check
