"""E-mail addresses, as written and as spelled out to get past filters."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.domains import COUNTRY_DOMAINS, GENERIC_DOMAINS, names
from doorward.protection.expressions import Expression
from doorward.protection.phrases import alternatives, any_of, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_BEFORE, _AFTER = 140, 300
_KNOWN: Final = COUNTRY_DOMAINS | GENERIC_DOMAINS | {"ком", "нет", "орг", "ру"}  # the last as Russians spell them out
_LOCAL_SIGNS: Final = "_.+-%'&!#~"
_LOCAL: Final = rf"[\w{re.escape(_LOCAL_SIGNS)}]"
_LONGEST_LOCAL: Final = 128
_LONGEST_JOINT: Final = 40  # characters of a spoken dot with what stands around it
_MAIL_HOSTS: Final = names("gmail googlemail hotmail outlook icloud aol proton protonmail gmx ymail mynet")
"""Hosts for mail and nothing else: 'anna at gmail.com' is an address, 'I shop at amazon.com' is not."""


class EmailDetector:
    """Finds e-mail addresses."""

    id = "email"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("EMAIL",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at every `@`; `at_sign` and `dot` hold the words that people say for the signs."""
        at, dot = words_of(packs, "at_sign"), words_of(packs, "dot")
        patterns = [Pattern(name="at", expression="@", before=_BEFORE, after=_AFTER)]
        if at and dot:
            bracketed = rf"[(\[{{<]\s?{any_of(at)}\s?[)\]}}>]"
            # Between an address's spoken at and dot stands one word, so the spoken at is worth a look only before it.
            spoken = rf"\m{any_of(at)}\s[\w\-]+\s?[(\[{{]?\s?(?:\.|{any_of(dot)}\s?[)\]}}]?\s)\s?\w"
            patterns += [
                Pattern(name="bracketed", expression=bracketed, before=_BEFORE, after=_AFTER),
                Pattern(name="spoken", expression=spoken, before=_BEFORE, after=_AFTER),
            ]
        return Watch(patterns, partial(_examine, _Signs.of(at, dot)))


class _Signs(NamedTuple):
    """How an address may be written: what follows the at, what stands before it, and the at's own words."""

    host: Expression
    local: Expression
    joint: Expression
    at: Expression
    dot: Expression

    @classmethod
    def of(cls, at: Sequence[str], dot: Sequence[str]) -> "_Signs":
        said = alternatives(dot)
        joint = rf"(?:\s{said}\s|\s?[(\[{{]{said}[)\]}}]\s?)"
        sign = rf"(?:\.|\s?[(\[{{]\s?(?:\.|{said})\s?[)\]}}]\s?|\s{said}\s)"
        return cls(
            host=Expression(rf"\s?(?P<host>[\w\-]{{1,63}}(?:{sign}[\w\-]{{1,63}}){{1,8}})"),
            local=Expression(
                rf"(?:\x22[^\x22\n]{{1,62}}\x22|{_LOCAL}{{1,{_LONGEST_LOCAL}}}(?:{joint}{_LOCAL}{{1,64}})*)\s?\Z"
            ),
            joint=Expression(rf"{joint}\Z"),
            at=Expression(rf"[(\[{{<]?\s?{alternatives(at)}\s?[)\]}}>]?"),
            dot=Expression(sign),
        )


def _examine(signs: _Signs, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the address around the candidate, if it is one."""
    text = view.text
    at = candidate.end if candidate.pattern != "spoken" else _end_of_at(signs, candidate, text)
    host = signs.host.match(text, at)
    if host is None:
        return ()
    begin = _begin_of_local(signs, text, candidate.start)
    if begin is None:
        return ()
    labels = signs.dot.split(host["host"])
    end, labels = _ended(host, labels, signs)
    start = candidate.start - len(text[begin : candidate.start].lstrip(".'&!#~%-"))
    name = text[start : candidate.start].strip()
    spelled = candidate.pattern != "at" or len(name.split()) > 1 or " " in text[at:end].strip()
    if (
        not name
        or not _is_domain(labels)
        or (candidate.pattern == "spoken" and not _is_mailbox(name, labels, signs, spelled="." not in text[at:end]))
    ):
        return ()
    return (
        Claim(
            kind="EMAIL",
            start=start,
            end=end,
            certainty=Certainty.CONTEXT if spelled else Certainty.VALIDATED,
            score=0.85 if spelled else 0.99 if labels[-1] in _KNOWN else 0.9,
            rule="email.spelled" if spelled else "email.address",
            canonical=f"email:{signs.dot.sub('.', name)}@{'.'.join(labels)}",
        ),
    )


def _begin_of_local(signs: _Signs, text: str, end: int) -> int | None:
    """Return where the part before the at begins; None if there is none.

    Most are a run of their letters and signs, with no spoken dot before it: that needs no expression.
    """
    low = max(end - _LONGEST_LOCAL, 0)
    begin = end
    while begin > low and (text[begin - 1].isalnum() or text[begin - 1] in _LOCAL_SIGNS):
        begin -= 1
    if begin < end and not signs.joint.search(text, max(begin - _LONGEST_JOINT, 0), begin):
        return begin
    window = max(end - _BEFORE, 0)
    local = signs.local.search(text[window:end])
    return window + local.start() if local else None


def _end_of_at(signs: _Signs, candidate: Candidate, text: str) -> int:
    match = signs.at.match(text, candidate.start)
    return match.end() if match else candidate.end


def _ended(host: re.Match[str], labels: list[str], signs: _Signs) -> tuple[int, list[str]]:
    """Return where the host ends and its labels: after the last known domain, for what follows may be a sentence."""
    known = [number for number, label in enumerate(labels) if number and label in _KNOWN]
    if not known or known[-1] == len(labels) - 1:
        return host.end("host"), labels
    breaks = list(signs.dot.finditer(host["host"]))
    return host.start("host") + breaks[known[-1]].start(), labels[: known[-1] + 1]


def _is_domain(labels: Sequence[str]) -> bool:
    top = labels[-1]
    return len(top) >= 2 and (top.isalpha() or top.startswith("xn--"))


def _is_mailbox(name: str, labels: Sequence[str], signs: _Signs, *, spelled: bool) -> bool:
    """Return whether words around a spoken 'at' are an address.

    A spelled dot says so, a host for mail alone, or a name that no sentence has.
    """
    odd = re.search(r"[0-9._]", signs.dot.sub(".", name)) is not None
    return labels[-1] in _KNOWN and (odd or spelled or labels[0] in _MAIL_HOSTS)


def build(_kit: object) -> Detector:
    """Return the detector."""
    return EmailDetector()
