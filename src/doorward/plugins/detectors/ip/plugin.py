"""IP addresses, version 4 and 6."""

import ipaddress
import re
from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Final, Literal

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_WIDTH: Final = 36  # characters before a number that may say that it is a version
_FEW_WORDS: Final = r"(?:[\s,:]{1,3}(?!ip(?:v4|v6)?\b)[^\W\d_]{1,10}){0,3}[\s.:,]{0,3}\Z"
_LONGEST: Final = 45  # an IPv6 address with an IPv4 address inside
_ADDRESS_4: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_ADDRESS_6: Final = re.compile(r"[0-9a-f:]{2,39}(?:\.\d{1,3}){0,3}")


_MOST_KIN: Final = 8
"""Dotted quads of one text that are looked at for the sake of another."""


class IpDetector:
    """Finds IP addresses."""

    id = "ip"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("IP",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at dotted quads and colons; `version` holds the words that make a dotted quad a version."""
        says_version = compile_phrases(words_of(packs, "version"), before=WORD_BEFORE, after=_FEW_WORDS)
        is_version = compile_phrases(words_of(packs, "version"), before=r"\s", after=WORD_AFTER)
        patterns = (
            Pattern(name="v4", expression=r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}", before=_WIDTH, after=24),
            Pattern(name="v6", expression=r"[0-9a-f]?:[0-9a-f]{0,4}:", before=_LONGEST, after=_LONGEST),
        )
        return Watch(patterns, partial(_examine, says_version, is_version))


def _examine(says_version: Wording, is_version: Wording, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the address at the candidate, if it is one."""
    start, text = candidate.start, view.text
    if candidate.pattern == "v6":
        while start and candidate.start - start < _LONGEST and text[start - 1] in "0123456789abcdef:":
            start -= 1
    match = (_ADDRESS_4 if candidate.pattern == "v4" else _ADDRESS_6).match(text, start)
    if match is None:
        return ()
    address = match[0] if match[0].endswith("::") else match[0].rstrip(":")
    end = start + len(address)
    if _goes_on(text, start, end) or not _is_address(address):
        return ()
    if candidate.pattern == "v4" and any(
        says_version.is_in(view, max(kin.start() - _WIDTH, 0), kin.start()) or is_version.match(text, kin.end())
        for kin in islice(_kin_of(address).finditer(text), _MOST_KIN)
    ):
        return ()
    return (
        Claim(
            kind="IP",
            subkind=candidate.pattern,
            start=start,
            end=end,
            certainty=Certainty.VALIDATED,
            score=0.95,
            rule=f"ip.{candidate.pattern}",
            canonical=f"ip:{address}",
        ),
    )


def _kin_of(address: str) -> re.Pattern[str]:
    """Return the expression for dotted quads with the same two first numbers: versions are compared with each other."""
    first, second, *_ = address.split(".")
    return re.compile(rf"(?<![\d.]){first}\.{second}\.\d{{1,3}}\.\d{{1,3}}(?![\d.]\d)")


def _goes_on(text: str, start: int, end: int) -> bool:
    """Return whether the characters beside belong to something longer: a word, a version, a serial number."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    return bool(
        (before and (before[-1].isalnum() or before[-1] in "_:" or re.fullmatch(r"\d\.", before)))
        or (after and (after[0].isalnum() or after[0] == "_" or re.fullmatch(r"\.\w|:[a-f]", after)))
    )


def _is_address(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    # 'a::b' is code and '::' punctuation more often than an address.
    return parsed.version == 4 or (address.count(":") > 2 and any(sign.isdecimal() for sign in address))


def build(_kit: object) -> Detector:
    """Return the detector."""
    return IpDetector()
