"""Payment cards: by issuer, length and check digit; and by the words before them when somebody mistyped a digit."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.expressions import Expression
from doorward.protection.numbers import NUMBER_RUN, Group, groups_of, joined, passes_luhn
from doorward.protection.phrases import alternatives, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_SHORTEST, _LONGEST = 12, 19
_FROM_16: Final = range(16, 20)
_ISSUERS: Final = (
    # First digits from, to, and the lengths in use (ISO/IEC 7812; the networks' published ranges).
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),  # Mastercard
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("300", "305", range(14, 20)),  # Diners Club
    ("3095", "3095", range(14, 20)),
    ("36", "36", range(14, 20)),
    ("38", "39", range(14, 20)),
    ("3528", "3589", _FROM_16),  # JCB
    ("1800", "1800", (15,)),
    ("2131", "2131", (15,)),
    ("2200", "2204", _FROM_16),  # Mir
    ("9792", "9792", (16,)),  # Troy
    ("81", "82", _FROM_16),  # RuPay
    ("50", "50", range(12, 20)),  # Maestro and others
    ("56", "69", range(12, 20)),  # Maestro, Discover, UnionPay, RuPay, Troy
)
_WIDE_RANGES: Final = "6"
_SHORT_OF_NEW_CARDS: Final = 15
_WORD: Final = re.compile(r"[^\W\d_]")
_WIDTH: Final = 48  # characters before a number that may say what it is
_NO_MASK: Final = r"(?!_[a-z_]{1,40}\])"
"""The name of a masked place, as `[CARD_SECURITY_CODE]`, says nothing of the number behind it."""
_NO_TAIL: Final = r"(?!\.[0-9]{1,8}\])"
"""Nor does another card that was masked, as `[CARD·1111]` (in normal form `card.1111`): as little as its digits did."""
_COPIED_EXPIRY: Final = (
    # As it is copied together with a card number: 08/27, 8/2027, 2027-08, 0827.
    r"[\s,;|/]{1,4}(?:\D{0,24}[\s:])?"
    r"(?:(?:0?[1-9]|1[0-2])\s?[/\-. ]\s?(?:20)?\d\d|20\d\d[/\-](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[2-4]\d)"
)
_EXPIRY: Final = r"(?P<date>(?:0?[1-9]|1[0-2])\s?{sign}\s?(?:20[2-4]\d|[2-4]\d)|20[2-4]\d{sign}(?:0[1-9]|1[0-2]))"
_NOTHING_MORE: Final = rf"{WORD_AFTER}(?![.,:/\-]\d|\s?%)"
_EXPIRY_BEHIND: Final = tuple(
    # The date that follows a card is its own: at once in any writing, behind a few words with a slash.
    re.compile(between + _EXPIRY.replace("{sign}", sign) + _NOTHING_MORE)
    for between, sign in ((r"[\s,;:|/(\-]{1,4}", r"[/\-.|]"), (r"[^0-9!?]{1,40}(?<![0-9a-z])", "/"))
)


class CardDetector:
    """Finds card numbers in runs of digits, however they are grouped."""

    id = "card"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("CARD", "CARD_EXPIRY", "CARD_SECURITY_CODE")

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every run of digits; `card` holds the words before a card number, `other_number` those of others."""
        words = _Words(
            card=compile_phrases(words_of(packs, "card"), before=WORD_BEFORE, after=rf"{_NO_MASK}[^0-9]{{0,24}}\Z"),
            around=compile_phrases(
                words_of(packs, "card", "card_expiry"), before=WORD_BEFORE, after=_NO_TAIL + WORD_AFTER
            ),
            other=compile_phrases(words_of(packs, "other_number"), before=WORD_BEFORE, after=r"[^0-9a-z]{0,6}\Z"),
            behind=Expression(lambda: _behind(packs)),
        )
        return Watch((Pattern(name="run", expression=NUMBER_RUN, before=_WIDTH, after=56),), partial(_examine, words))


def _behind(packs: Sequence[LanguagePack]) -> str:
    """Return the expression for an expiry date and a security code behind a card."""
    label = alternatives(words_of(packs, "card_security_code", "bare_code"))
    return rf"{_COPIED_EXPIRY}[\s,;|/]{{1,4}}(?:{label}\W{{0,4}})?(?P<code>\d{{3,4}}){WORD_AFTER}"


class _Words(NamedTuple):
    card: Wording
    around: Wording
    other: Wording
    behind: Expression


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the cards of a run of digits, and the expiry date and security code that follow one."""
    groups = groups_of(view, candidate.start, candidate.end)
    if len(joined(groups)) < _SHORTEST:
        return ()
    claims = [_claim(window, "luhn") for window in _cards(groups) if not _is_other(words, window, view)]
    if not claims and _is_read_out(groups, view.text):
        claims.append(_claim(groups, "luhn"))
    if not claims and _SHORTEST < len(joined(groups)) <= _LONGEST and _is_laid_out(groups):
        start = groups[0].start
        if words.card.is_in(view, max(start - _WIDTH, 0), start):
            claims.append(_claim(groups, "context"))
    for claim in tuple(claims):
        behind = words.behind.match(view.text, claim.end)
        if behind:
            claims.append(_security_code(*behind.span("code")))
        expiry = next((match for one in _EXPIRY_BEHIND if (match := one.match(view.text, claim.end))), None)
        if expiry:
            claims.append(_expiry(*expiry.span("date")))
    return claims


def _is_other(words: _Words, window: Sequence[Group], view: View) -> bool:
    """Return whether a number is called something else, or belongs to a longer word.

    Numbers that are short for a card, or in a range so wide that half of all goods' numbers lie in it, and others that
    are written in one and no card is spoken of. Short ones, which few cards have and all goods, have to be spoken of as
    a card, laid out as one, or all that is said.
    """
    start, digits = window[0].start, joined(window)
    low = max(start - _WIDTH, 0)
    if len(digits) < _SHORT_OF_NEW_CARDS:
        if view.text[max(start - 1, 0) : start].isalpha() or words.other.is_in(view, low, start):
            return True
        alone = not _WORD.search(view.text)
        return not (len(window) > 1 or alone or words.around.is_in(view, low, window[-1].end + _WIDTH))
    if digits[:1] in _WIDE_RANGES:
        return words.other.is_in(view, low, start) and not words.card.is_in(view, low, start)
    if len(window) > 1 or not words.other.is_in(view, low, start):
        return False
    return not words.around.is_in(view, low, window[-1].end + _WIDTH)


def _is_read_out(groups: Sequence[Group], text: str) -> bool:
    """Return whether a whole run is one card, read out in groups as they come: '52 68 44 19 0 3 77 20 53'."""
    joints = {text[one.end : other.start] for one, other in pairwise(groups)}
    short = all(len(group.digits) <= 4 for group in groups)
    return short and joints <= {" ", "-"} and len(joined(groups)) >= 15 and _is_card(joined(groups))


def _claim(window: Sequence[Group], rule: str) -> Claim:
    digits = joined(window)
    return Claim(
        kind="CARD",
        start=window[0].start,
        end=window[-1].end,
        certainty=Certainty.VALIDATED if rule == "luhn" else Certainty.CONTEXT,
        score=0.99 if rule == "luhn" else 0.8,
        rule=f"card.{rule}",
        tail=digits[-4:],
        canonical=f"card:{digits}",
    )


def _security_code(start: int, end: int) -> Claim:
    return Claim(
        kind="CARD_SECURITY_CODE",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT,
        score=0.9,
        rule="card.security_code",
    )


def _expiry(start: int, end: int) -> Claim:
    return Claim(
        kind="CARD_EXPIRY",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT,
        score=0.9,
        rule="card.expiry",
    )


def _cards(groups: Sequence[Group]) -> Iterator[Sequence[Group]]:
    """Yield the windows of groups that are cards, from left to right, the longest first at each place."""
    first = 0
    while first < len(groups):
        last = _same_size(groups, first) if len(groups[first].digits) < 4 else first + 6
        if len(groups[first].digits) < 4:
            # Digits one by one or in pairs: all of them or nothing, or every list of numbers would hold a card.
            window = groups[first:last]
            if _is_card(joined(window)):
                yield window
            first = last
            continue
        for end in range(min(last, len(groups)), first, -1):
            window = groups[first:end]
            if _is_card(joined(window)) and _is_laid_out(window) and not _is_cut_out(groups, first, end):
                yield window
                first = end - 1
                break
        first += 1


def _same_size(groups: Sequence[Group], first: int) -> int:
    size, last = len(groups[first].digits), first + 1
    while last < len(groups) and len(groups[last].digits) == size:
        last += 1
    # The last group of pairs or triples may be shorter.
    return last + (last - first > 3 and last < len(groups) and len(groups[last].digits) < size)


def _is_laid_out(window: Sequence[Group]) -> bool:
    """Return whether digits are grouped as on a card (4-4-4-4, 4-6-5, ...), or not at all."""
    sizes = [len(group.digits) for group in window]
    even = all(first == second for first, second in pairwise(sizes[:-1]))
    return len(sizes) == 1 or (sizes[0] >= 4 and all(size >= 2 for size in sizes[1:])) or (even and len(sizes) > 3)


def _is_cut_out(groups: Sequence[Group], first: int, end: int) -> bool:
    """Return whether a number that is short for a card is only a part of a longer one."""
    return len(joined(groups[first:end])) < 15 and end - first < len(groups)


def _is_card(digits: str) -> bool:
    size = len(digits)
    return (
        _SHORTEST <= size <= _LONGEST
        and passes_luhn(digits)
        and any(size in sizes and low <= digits[: len(low)] <= high for low, high, sizes in _ISSUERS)
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return CardDetector()
