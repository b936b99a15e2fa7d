"""Keys and tokens of programs: by the shapes that providers publish, in headers, and beside the words for them."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Final, Literal

from doorward.protection.announced import REACH_AFTER, Beside, compile_beside
from doorward.protection.phrases import any_of, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_BODY: Final = r"[0-9a-z_\-]"
_PROVIDERS: Final = (
    # Beginnings as the providers document them, in small letters, and how much follows at least.
    r"(?:akia|asia|aida|aroa)[0-9a-z]{16}",  # AWS, IAM identifiers
    r"gh[pousr]_[0-9a-z]{20,}",  # GitHub
    r"github_pat_[0-9a-z_]{20,}",
    rf"gl(?:pat|ptt|dt|rt)-{_BODY}{{16,}}",  # GitLab
    rf"xox[abeoprs]-{_BODY}{{10,}}",  # Slack
    rf"xapp-{_BODY}{{10,}}",
    rf"aiza{_BODY}{{30,}}",  # Google
    rf"ya29\.{_BODY}{{20,}}",
    r"sk-(?:proj-|ant-|or-)?[0-9a-z_\-]{20,}",  # providers of language models
    r"hf_[0-9a-z]{20,}",  # Hugging Face
    r"npm_[0-9a-z]{30,}",
    rf"pypi-{_BODY}{{30,}}",
    rf"sg\.{_BODY}{{16,}}\.{_BODY}{{16,}}",  # SendGrid
    r"shp(?:at|ca|pa|ss)_[0-9a-f]{20,}",  # Shopify
    rf"do[opr]_v1_{_BODY}{{30,}}",  # DigitalOcean
    r"whsec_[0-9a-z+/=]{16,}",  # webhooks, as Stripe and Standard Webhooks write them
    r"[a-z]{2,8}_(?:live|test|prod|sandbox|dev|staging)_[0-9a-z]{12,}",  # Stripe, and who follows it
)
_SHAPES: Final = (
    *(Pattern(name="shape", expression=rf"\m{expression}", after=200) for expression in _PROVIDERS),
    Pattern(name="shape", expression=r"\meyj[0-9a-z_\-]{8,}\.eyj[0-9a-z_\-]{4,}", after=600),
    Pattern(name="shape", expression=r"\mmii[a-z][0-9a-z+/]{28,}", after=600),
    Pattern(name="pem", expression=r"-----begin [a-z ]{0,24}private key", after=4000),
    Pattern(name="header", expression=r"\m(?:bearer|basic)\s[0-9a-z._~+/\-]{12,}", after=600),
)
_GOES_ON: Final = re.compile(r"[0-9a-z_~+/=.\-]*[0-9a-z_~+/=\-]")
_PEM: Final = re.compile(
    r"-----begin [a-z ]{0,24}private key[a-z ]{0,8}-{3,5}"
    r"(?:[\s0-9a-z+/=:,\-]{0,3900}?-----end [a-z ]{0,24}private key[a-z ]{0,8}-{3,5}"
    r"|(?:\s+[0-9a-z+/=]{40,76}(?=\s|\Z))*)"
)
_TOKEN: Final = re.compile(r"[0-9a-z][0-9a-z_~+/=.\-]{14,}[0-9a-z_~+/=\-]")
_ANOTHER: Final = re.compile(r"\s?[/,;:|]\s?|\s")
_SHORTEST: Final = 16
_FEWEST_KINDS: Final = 3  # of small letters, capitals, digits, signs in a word without sense
_LONG_HEXADECIMAL: Final = re.compile(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{20,}")


class ApiSecretDetector:
    """Finds what lets a program in."""

    id = "api_secret"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("API_SECRET",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at published shapes, and behind the packs' `api_secret`."""
        patterns = list(_SHAPES)
        names = words_of(packs, "api_secret")
        if names:
            # 'HALDEN_API_KEY=…': an underscore ends no word of a variable's name.
            patterns.append(Pattern(name="named", expression=whole(any_of(names)), after=REACH_AFTER))
        return Watch(patterns, partial(_examine, compile_beside(packs)))


def _examine(beside: Beside, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the secret at the candidate, and what is written beside it as its other half."""
    start, text = candidate.start, view.text
    match candidate.pattern:
        case "shape":
            goes_on = _GOES_ON.match(text, candidate.end)
            end = goes_on.end() if goes_on else candidate.end
            first = _claim(start, end, "shape", Certainty.VALIDATED)
            half = _second_half(view, end)
            return (first, half) if half else (first,)
        case "pem":
            block = _PEM.match(text, start)
            return (_claim(start, block.end(), "shape", Certainty.VALIDATED),) if block else ()
        case "header":
            start = text.index(" ", start) + 1 if " " in text[start : start + 8] else start
            goes_on = _GOES_ON.match(text, start)
            end = goes_on.end() if goes_on else candidate.end
            return (_claim(start, end, "header", Certainty.CONTEXT),) if _is_senseless(view, start, end) else ()
        case _:
            return _named(beside, candidate, view)


def _named(beside: Beside, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the word without sense that stands behind a name."""
    if not _TOKEN.search(view.text, candidate.end, candidate.end + REACH_AFTER):
        return ()
    for place in beside.places(view, candidate.end):
        token = _TOKEN.match(view.text, place.at)
        if token and _is_senseless(view, *token.span()):
            return (_claim(*token.span(), "named", Certainty.CONTEXT),)
    near = _TOKEN.search(view.text, candidate.end, min(candidate.end + REACH_AFTER, len(view.text)))
    if near and "\n" not in view.text[candidate.end : near.start()] and _is_senseless(view, *near.span()):
        return (_claim(*near.span(), "named", Certainty.CONTEXT),)
    return ()


def _second_half(view: View, end: int) -> Claim | None:
    """Return the secret that stands behind a key's identifier, as AWS hands them out in pairs."""
    between = _ANOTHER.match(view.text, end)
    token = _TOKEN.match(view.text, between.end()) if between else None
    if token is None or len(token[0]) < 2 * _SHORTEST or not _is_senseless(view, *token.span()):
        return None
    return _claim(*token.span(), "named", Certainty.CONTEXT)


def _is_senseless(view: View, start: int, end: int) -> bool:
    """Return whether a word is long and mixed as nobody's words are, or long and hexadecimal; no host, no file."""
    value = view.original[slice(*view.origin(start, end))]
    if end - start < _SHORTEST or "://" in value or value.startswith(("0x", "www.")) or "@" in value:
        return False
    if _LONG_HEXADECIMAL.search(value.lower()):
        return True
    kinds = (str.islower, str.isupper, str.isdecimal)
    present = sum(any(is_kind(sign) for sign in value) for is_kind in kinds)
    changes = sum(_sort(first) != _sort(second) for first, second in pairwise(value))
    return present >= _FEWEST_KINDS and changes * 4 >= len(value)


def _sort(sign: str) -> int:
    return 0 if sign.islower() else 1 if sign.isupper() else 2 if sign.isdecimal() else 3


def _claim(start: int, end: int, rule: str, certainty: Certainty) -> Claim:
    return Claim(
        kind="API_SECRET",
        start=start,
        end=end,
        certainty=certainty,
        score=0.98 if certainty is Certainty.VALIDATED else 0.85,
        rule=f"api_secret.{rule}",
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return ApiSecretDetector()
