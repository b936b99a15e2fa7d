"""The real screener over all detectors and languages, one for each matcher, made once for the test process."""

import os
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

from doorward.kit.plugins import discover
from doorward.protection.ports import LanguagePack, Plugin
from doorward.protection.screened import Screened
from doorward.protection.screener import Screener
from doorward.vocabulary.text import WildText

MATCHERS: tuple[Literal["hyperscan", "re"], ...] = ("hyperscan", "re")

_SHAPES = (
    "4111 1111 1111 1111", "5500-0055-5555-5559", "DE89 3704 0044 0532 0130 00", "TR330006100519786457841326",
    "+49 170 1234567", "0532 123 45 67", "8 (916) 123-45-67", "0812-3456-7890", "(415) 555-2671", "anna@example.com",
    "john dot smith at gmail dot com", "max [at] web [punkt] de", "https://example.com/a?b=c", "bit.ly/abc",
    "www.example.org", "http://user@192.0.2.1/x", "203.0.113.7", "2001:db8::1", "12.03.2024 14:30", "1.200,50 EUR",
    "G-482913", "482 913", "Abc!2345", "[CARD·4242]", "<|im_start|>", "24/7", "###", "@", "://", "....", "  ", "\n",
)  # fmt: skip
_LETTERS = "abcdefghiklmnoprstuvwyzABCPINçğıöşüÇĞİÖŞÜäßéабвгдеёжклмнопрстуАВКМЭ"
_SIGNS = " .,:;!?-_/\\'\"()[]{}<>@#$%&*+=|~^`\t\n\r\0\x1a"
_ODD = (
    "\u200b\u200d\u2060\u00ad\u202e\u0301\ufe0f\u20e3\u00a0\u2013№½①ﬁſK𝟒Ａ＠．٤८한😀🅿\ud800\udfff\U000e0041\U0010ffff"
)


@cache
def all_packs() -> tuple[LanguagePack, ...]:
    """Return all language packs."""
    return tuple(plugin.build(None) for plugin in discover("language"))


@cache
def all_detectors() -> tuple[Plugin, ...]:
    """Return all detectors that take part in every installation."""
    return tuple(plugin.build(None) for plugin in discover("detector") if not plugin.manifest.opt_in)


@cache
def detector(name: str) -> Plugin:
    """Return one detector, be it an experimental one."""
    plugin: Plugin = next(one for one in discover("detector") if one.manifest.id == name).build(None)
    return plugin


def screener(matcher: Literal["hyperscan", "re"] = "hyperscan", *, also: str = "") -> Screener:
    """Return the screener as the house builds it, with the experimental detector `also` if one is named."""
    takes_part = not also or also in {plugin.id for plugin in all_detectors()}
    return _screener(matcher, "" if takes_part else also)


@cache
def _screener(matcher: Literal["hyperscan", "re"], experimental: str) -> Screener:
    """Return the one screener of this process with an experimental detector, or with none.

    Compiled patterns are kept between runs of the tests.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"doorward-test-patterns-{user}"
    taking_part = (*all_detectors(), *((detector(experimental),) if experimental else ()))
    return Screener(taking_part, all_packs(), matcher=matcher, cache_folder=folder)


def screen(text: str) -> Screened:
    """Return a text screened by the real screener."""
    return screener().screen(WildText(text))


def bare_screener(detectors: Sequence[Plugin]) -> Screener:
    """Return a screener over the detectors given, without languages, with the matcher that needs no compiling."""
    return Screener(detectors, (), matcher="re")


_OF_DIALOGUES = frozenset(
    [
        "all_of_them",
        "cancel",
        "complaint_request",
        "correction",
        "day_ago",
        "day_ahead",
        "day_unit",
        "done_act",
        "feeling_anger",
        "feeling_bereavement",
        "feeling_confusion",
        "feeling_distress",
        "feeling_self_harm",
        "feeling_vulnerable",
        "negation",
        "not_a_request",
        "ordinal_choice",
        "other_one",
        "plain_word",
        "question_word",
        "relative_day",
        "reservation",
        "summary_word",
    ]
)
"""Lexicons that procedures, feelings and model's words are judged by: no detector looks for their words."""


def generated_texts(count: int, *, seed: int = 20261122) -> list[str]:
    """Return texts put together from words that detectors look for, shapes, and characters that are hard on them."""
    random = Random(seed)
    lexicons = [phrases for pack in all_packs() for name, phrases in pack.lexicon.items() if name not in _OF_DIALOGUES]
    words = sorted({phrase for phrases in lexicons for phrase in phrases})

    def part() -> str:
        kind = random.random()
        if kind < 0.35:
            word = random.choice(words).replace("*", "").replace(" ... ", " ")
            return random.choice((word, word.upper(), word.capitalize(), word))
        if kind < 0.55:
            return random.choice(_SHAPES)
        if kind < 0.7:
            return "".join(random.choice("0123456789") for _ in range(random.randint(1, 20)))
        if kind < 0.85:
            return "".join(random.choice(_LETTERS) for _ in range(random.randint(1, 12)))
        return "".join(random.choice(_SIGNS + _ODD + _LETTERS) for _ in range(random.randint(1, 6)))

    def joined() -> str:
        parts = [part() for _ in range(random.randint(1, 12))]
        return "".join(piece + random.choice(("", " ", " ", " ", ": ", ", ", ". ", "\n")) for piece in parts)

    def disguised(text: str) -> str:
        places = [random.randrange(len(text) + 1) for _ in range(random.randint(1, 4))]
        for place in sorted(places, reverse=True):
            text = text[:place] + random.choice(_ODD) + text[place:]
        return text

    return [disguised(joined()) if random.random() < 0.4 else joined() for _ in range(count)]
