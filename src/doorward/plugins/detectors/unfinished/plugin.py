"""The first half of a value, at the end of a message: by the time the next one brings the rest, this one is stored."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.domains import names
from doorward.protection.phrases import any_of, in_parts, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_REACH: Final = 80  # characters behind a word for a value
_ENDS: Final = r"(?:[\s\-,.…:)!]|\s\w{1,9}){0,8}\Z"  # at most a word or two still follow
_CARD: Final = re.compile(rf"(?<![\d.,])[2-69]\d{{3}}(?:[ \-]?\d{{1,4}}){{1,2}}(?=[ \-]?{WORD_AFTER}){_ENDS}")
_HEAD: Final = re.compile(rf"[a-z]{{2}}\d\d(?:[ \-]?[0-9a-z]{{4}}){{1,5}}(?:[ \-]?[0-9a-z]{{1,3}})?{WORD_AFTER}{_ENDS}")
_VALUE: Final = re.compile(r"[a-z]{2}\d\d[0-9a-z \-]*[0-9a-z]|\d[\d \-]*\d")
_MAILBOX: Final = re.compile(rf"[^0-9.!?;\n]{{0,24}}\s(?P<name>[a-z][\w\-]*(?:[._][\w\-]+)+){WORD_AFTER}\s*\Z")
_CODE: Final = re.compile(rf":\s?(?P<code>\d{{3}}){WORD_AFTER}[\s,.…]*\Z")
_FILE: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|csv|txt|jpe?g|png|zip|html?|eml|msg|xml|json)\Z")
_GROUPS: Final = re.compile(r"\s*(?P<groups>\d{4}(?:[ \-]\d{4})?[ \-]\d{1,4})[\s.,]*\Z")
_LAST_GROUPS: Final = re.compile(r"(?<![\d.,:/+\-])(?<!\d )(?P<groups>[2-69]\d{3}(?:[ \-]\d{4}){1,2})[\s.,…]*\Z")
_TELEPHONE: Final = re.compile(
    r"[^0-9.!?;\n+]{0,24}(?P<begun>(?:\+\d{1,3}|0\d{2,5}|8[ \-(]{1,2}\d{3,4})(?:[ \-()]{1,2}\d{1,3}){0,2})[\s.,…\-)]*\Z"
)
_AT: Final = re.compile(r"[\w.+\-]{1,64}@[\w\-]{0,63}\s*\Z")
_BEFORE_AT: Final = re.compile(r"[\w.+\-]{1,64}\Z")
_SUMS: Final = re.compile(r"[1-9]\d(?:00|50)(?:[ \-][1-9]\d(?:00|50))+\Z")  # a limit, and what it is to be instead
_YEARS: Final = re.compile(r"(?:19|20)\d\d[ \-](?:19|20)?\d\d\Z")
_FEWEST_DIGITS: Final = 6
_LONGEST_HALF: Final = 20  # characters without blanks; longer it is a whole account, mistyped
_WIDEST_INDENT: Final = 8
_COUNTRIES: Final = names(
    "ad ae al at az ba be bg bh by ch cy cz de dk ee eg es fi fr gb ge gr hr hu ie is it kz li lt lu lv mc md me mk mt "
    "nl no pl pt qa ro rs ru sa se si sk tr ua xk"
)  # of the registry of ISO 13616


class UnfinishedDetector:
    """Finds what the packs' words for cards, accounts, codes and mail addresses begin, and the message does not end."""

    id = "unfinished"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("CARD", "IBAN", "EMAIL", "ONE_TIME_CODE", "PHONE")

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look behind the words for a card, a telephone, a code or an address, and where an account number begins."""
        patterns = [
            Pattern(
                name="account",
                expression=rf"\m(?:{'|'.join(sorted(_COUNTRIES))})\d\d[ \-]?\w",
                after=_REACH,
                last=_REACH,
            ),
            Pattern(name="groups", expression=r"\m\d{4}[ \-]\d", after=_REACH, last=_REACH),
            Pattern(name="at", expression=r"\w@", before=_REACH, after=_REACH, last=_REACH),
        ]
        for purpose in ("card", "one_time_code", "mail_address", "phone"):
            words = words_of(packs, purpose)
            digits = None if purpose == "mail_address" else (0, _REACH)
            patterns += [
                Pattern(name=purpose, expression=whole(any_of(part)), after=_REACH, digits=digits, last=_REACH)
                for part in in_parts(words)
            ]
        of_accounts = set(words_of(packs, "account", "iban"))
        others = [word for word in words_of(packs, "other_number", "not_a_code") if word not in of_accounts]
        other = compile_phrases(others, before=WORD_BEFORE, after=WORD_AFTER)
        return Watch(patterns, partial(_examine, other))


class _Kind(NamedTuple):
    """What a half of a value is called, and how it is told."""

    kind: str
    rule: str


_KINDS: Final = {
    "account": _Kind("IBAN", "account"),
    "groups": _Kind("CARD", "groups"),
    "card": _Kind("CARD", "card"),
    "one_time_code": _Kind("ONE_TIME_CODE", "code"),
    "mail_address": _Kind("EMAIL", "mailbox"),
    "at": _Kind("EMAIL", "mailbox"),
    "phone": _Kind("PHONE", "phone"),
}


_ADJOINING: Final = 12  # characters between a word for cards and what is its number without doubt


def _is_told(candidate: Candidate, start: int) -> bool:
    """Return whether a half is more than a shape: names, telephones and addresses may seem to stand there as well."""
    near = start - candidate.end <= _ADJOINING
    return candidate.pattern in {"account", "mail_address", "at"} or (candidate.pattern == "card" and near)


def _examine(other: Wording, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the half that ends the message, if there is one."""
    text = view.text
    found = _half(candidate, text)
    if found is None:
        return ()
    before, whole = text[max(candidate.start - 16, 0) : candidate.start], text[max(candidate.start - 16, 0) :]
    # An account says what it is itself, unless another number's name adjoins it.
    alike = other.finditer(before if candidate.pattern == "account" else whole)
    adjoining = len(before) - 3 if candidate.pattern == "account" else 0
    if candidate.pattern not in {"groups", "at"} and any(name.end() >= adjoining for name in alike):
        return ()
    kind, rule = _KINDS[candidate.pattern]
    return (
        Claim(
            kind=kind,
            start=found[0],
            end=found[1],
            certainty=Certainty.CONTEXT if _is_told(candidate, found[0]) else Certainty.SHAPE,
            score=0.6,
            rule=f"unfinished.{rule}",
        ),
    )


def _half(candidate: Candidate, text: str) -> tuple[int, int] | None:
    match candidate.pattern:
        case "account":
            return _digits(_HEAD.match(text, candidate.start), text)
        case "groups":
            groups = _GROUPS.match(text) if candidate.start < _WIDEST_INDENT else None
            groups = groups or _LAST_GROUPS.match(text, candidate.start)
            return groups.span("groups") if groups and not _is_no_card(groups["groups"]) else None
        case "card":
            card = _digits(_CARD.search(text, candidate.end), text)
            return card if card and not _is_no_card(text[slice(*card)]) else None
        case "one_time_code":
            code = _CODE.search(text, candidate.end)
            return code.span("code") if code else None
        case "phone":
            begun = _TELEPHONE.match(text, candidate.end)
            return begun.span("begun") if begun else None
        case "at":
            before = _BEFORE_AT.search(text, max(candidate.start - _REACH, 0), candidate.start + 1)
            half = _AT.match(text, before.start()) if before else None
            return (half.start(), len(text.rstrip())) if half else None
        case _:
            name = _MAILBOX.match(text, candidate.end)
            return name.span("name") if name and not _FILE.search(name["name"]) else None


def _is_no_card(groups: str) -> bool:
    """Return whether groups of digits are years, or sums."""
    return bool(_YEARS.match(groups) or _SUMS.match(groups))


def _digits(match: re.Match[str] | None, text: str) -> tuple[int, int] | None:
    value = _VALUE.match(text, match.start()) if match else None
    many = value is not None and sum(map(str.isdecimal, value[0])) >= _FEWEST_DIGITS
    short = value is not None and len(re.sub(r"[ \-]", "", value[0])) < _LONGEST_HALF
    return value.span() if value and many and short else None


def build(_kit: object) -> Detector:
    """Return the detector."""
    return UnfinishedDetector()
