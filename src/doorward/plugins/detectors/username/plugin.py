"""Names to sign in with: by the words beside them, and handles by their sign."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.announced import REACH_AFTER, Beside, Place, compile_beside
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.domains import COUNTRY_DOMAINS, GENERIC_DOMAINS
from doorward.protection.expressions import Expression
from doorward.protection.phrases import any_of, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_REACH_BEFORE: Final = 60
_FAR: Final = 30  # characters of other words between 'username' and an odd word: 'login in the portal kd_5'
_SHORTEST, _LONGEST = 3, 40
_NAME: Final = rf"{WORD_BEFORE}[^\W_](?:[\w.\-]{{0,{_LONGEST}}}\w)?(?![\w@])"
_HANDLE: Final = re.compile(rf"@(?P<name>[a-z0-9_](?:[a-z0-9_.]{{1,{_LONGEST}}}[a-z0-9_]))(?![\w@])")
_KNOWN: Final = COUNTRY_DOMAINS | GENERIC_DOMAINS
_NO_NAME: Final = re.compile(r"\d{1,3}[^\W\d_]{1,3}|[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})+|.*\.{2}.*")
"""Ordinals and measures ('29th', '401k'), abbreviations ('e.g'), words that dots part."""

_ODD: Final = re.compile("[0-9_.]")
"""What no ordinary word has inside."""

_PLURAL: Final = re.compile(r"[^\W\d_]{4,}2")
_LAST: Final = re.compile(r"[\"'`)\]]?(?:\s*\Z|\s*[.,;!?/|]|\s*\n)")


class UsernameDetector:
    """Finds the name that belongs to 'my username', 'Benutzername', 'kullanıcı adım', 'логин', on either side."""

    id = "username"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("USERNAME",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every `@` that begins a word, and at the packs' `username` and `bare_username`."""
        patterns = [Pattern(name="handle", expression=r"@[a-z0-9_][a-z0-9_.]{2}", before=1, after=_LONGEST)]
        for purpose in ("username", "bare_username"):
            names = words_of(packs, purpose)
            if names:
                patterns.append(
                    Pattern(name=purpose, expression=whole(any_of(names)), before=_REACH_BEFORE, after=REACH_AFTER)
                )
        return Watch(patterns, partial(_examine, _Words.of(packs)))


class _Words(NamedTuple):
    """Compiled once for the packs in use."""

    beside: Beside
    name: re.Pattern[str]
    far: re.Pattern[str]
    name_before: Expression
    ordinary: Wording
    says_handle: Wording

    @classmethod
    def of(cls, packs: Sequence[LanguagePack]) -> "_Words":
        beside = compile_beside(packs)
        names = ("username", "bare_username", "password", "pin", "one_time_code")
        return cls(
            beside=beside,
            name=re.compile(_NAME),
            far=re.compile(rf"[^\n.!?;,\d_]{{1,{_FAR}}} (?P<name>{_NAME})"),
            name_before=Expression(lambda: _name_before(beside)),
            ordinary=compile_phrases(words_of(packs, "not_a_secret", "stop_words", *names)),
            says_handle=compile_phrases(
                words_of(packs, "handle"), before=WORD_BEFORE, after=rf"{WORD_AFTER}.{{0,24}}\Z"
            ),
        )


def _name_before(beside: Beside) -> str:
    """Return the expression for a name, and what says that it is one, at the end of a window."""
    says = rf"(?:[\s=\-\"']|{beside.is_word.pattern}|{beside.filler.pattern}){{1,8}}"
    return rf"(?P<name>{_NAME})(?P<says>[\"']?{says})\Z"


def _examine(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the name that a candidate announces, if there is one."""
    if candidate.pattern == "handle":
        return _handle(words, candidate, view)
    bare = candidate.pattern == "bare_username"
    for place in words.beside.places(view, candidate.end):
        found = _behind(words, view, place, bare=bare)
        if found:
            return [_claim(*found, "named")]
    if not bare:
        for at in words.beside.answers(view.text, candidate.end):
            found = _behind(words, view, Place(at, sign=True, word=False, adjoining=True), bare=False)
            if found and _LAST.match(view.text, found[1]):
                return [_claim(*found, "named")]
        far = words.far.match(view.text, candidate.end)
        if far and _is_odd(view, *far.span("name")):
            return [_claim(*far.span("name"), "named")]
    window = max(candidate.start - _REACH_BEFORE, 0)
    if not _ODD.search(view.text, window, candidate.start):
        return ()
    before = words.name_before.search(view.text[window : candidate.start])
    if before is None:
        return ()
    start, end = window + before.start("name"), window + before.end("name")
    return [_claim(start, end, "named")] if _is_odd(view, start, end) else ()


def _behind(words: _Words, view: View, place: Place, *, bare: bool) -> tuple[int, int] | None:
    """Return the name that begins at a place: an odd word, or an ordinary one that is announced and ends the phrase."""
    match = words.name.match(view.text, place.at)
    if match is None or len(match[0]) < _SHORTEST:
        return None
    start, end = match.span()
    if words.ordinary.is_all(view.text, start, end) or match[0].isdecimal():
        return None
    if bare and not place.announced and _PLURAL.fullmatch(match[0]):
        return None  # 'akun anak2': in Indonesian a word said twice
    if _is_odd(view, start, end):
        return start, end
    plain = not bare and place.adjoining and place.announced and match[0].isalpha()
    return (start, end) if plain and _LAST.match(view.text, end) else None


def _is_odd(view: View, start: int, end: int) -> bool:
    """Return whether letters come with digits or signs inside, as in no ordinary word; a mere hyphen does not count."""
    value = view.text[start:end]
    if _NO_NAME.fullmatch(value) or _are_joined(view.original[slice(*view.origin(start, end))]):
        return False
    if not re.search(r"[^\W\d_]", value) or re.search(r"\.(?:com|net|org|de|ru|tr|id|uk)\Z", value):
        return False
    return _ODD.search(value) is not None


def _are_joined(value: str) -> bool:
    """Return whether a full stop without a blank behind it parts two sentences: 'yet.What'."""
    first, stop, second = value.partition(".")
    return bool(stop) and first.islower() and second[:1].isupper()


def _handle(words: _Words, candidate: Candidate, view: View) -> Sequence[Claim]:
    start, text = candidate.start, view.text
    match = _HANDLE.match(text, start)
    if match is None or (start and (text[start - 1].isalnum() or text[start - 1] in "._-+@/=:")):
        return ()
    ending = match["name"].rpartition(".")[2] if "." in match["name"] else ""
    if ending in _KNOWN and not words.says_handle.search(text[max(start - _REACH_BEFORE, 0) : start]):
        return ()
    return [_claim(start, match.end(), "handle")]


def _claim(start: int, end: int, rule: str) -> Claim:
    return Claim(
        kind="USERNAME",
        start=start,
        end=end,
        certainty=Certainty.CONTEXT,
        score=0.85 if rule == "named" else 0.8,
        rule=f"username.{rule}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return UsernameDetector()
