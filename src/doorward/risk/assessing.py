"""How risky a message is: links that deceive, requests for secrets, instructions to the bot, hidden text, blind guards.

The score is a noisy-or (J. Pearl, "Probabilistic Reasoning in Intelligent Systems", 1988): every cause alone would make
the contact worth a person's look with the probability that is its weight, and causes are taken as independent:
score = 1 − Π(1 − weight). So a cause can only raise the score, the order does not matter, and nothing adds up beyond 1.
Several findings of one cause count once, with the surest: ten shortened links are one habit, not ten alarms.

The weights are set by judgement against the tenant's default `risk_threshold` of 0.7, and are to be fitted once
people's verdicts on hand-overs are recorded: what alone must reach a person lies above it (a blind guard, an address
that imitates another, a sure instruction to the bot, a request for other people's secrets); what is suspicious only
together with something else lies between 0.3 and 0.6. What a customer lets slip about themselves, such as their own
card number or PIN, is no risk of theirs: it is masked, and counts nothing here.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from doorward.kit.phrases import PhraseBook
from doorward.kit.words import stemmer_for
from doorward.vocabulary.assessment import Assessment, Reason
from doorward.vocabulary.finding import GUARD_UNAVAILABLE, Finding
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText

VERSION: Final = "signals@1"

WEIGHTS: Final = {
    "guard.unavailable": 1.0,
    "link.script": 0.9,
    "instruction": 0.85,
    "link.lookalike": 0.85,
    "hidden.text.tag_characters": 0.8,
    "hidden.text.variation_selectors": 0.8,
    "link.punycode": 0.8,
    "secret.requested": 0.75,
    "link.credentials": 0.75,
    "link.ip": 0.6,
    "link.shortener": 0.6,
    "hidden.text": 0.6,
}
"""What a cause counts when its finding is certain, by the beginning of its code; the longest beginning counts.

A finding's own score is multiplied in: a shortened link (0.5 by its detector) counts 0.3, an order to drop the rules
(0.9) counts 0.765.
"""

OTHER_THREAT: Final = 0.5
"""What a threat counts that this version has no weight for: suspicious, never nothing (house law 2)."""

REQUEST_RULE: Final = "risk.secret_request"


class Assessor:
    """Judges messages. Pure and thread-safe; compiles the packs' phrases once."""

    def __init__(self, packs: Iterable[LanguagePack]) -> None:
        """Take the installed language packs."""
        self._requests = [
            PhraseBook(pack.words("secret_request"), fold=pack.fold_case, stemmer=stemmer_for("")) for pack in packs
        ]

    def assess(self, masked: MaskedText, findings: Sequence[Finding], reading: Reading) -> Assessment:
        """Return the risk of a message with its reasons, the heaviest first.

        `findings` are the guards' on this message, `reading` is of `masked`.
        """
        reasons = [_reason(finding) for finding in findings if finding.family != "sensitive"]
        if self._asks_for_secrets(reading):
            code = "secret.requested"
            reasons.append(Reason(code=code, weight=WEIGHTS[code], rule=REQUEST_RULE))
        return _combined(reasons)

    def _asks_for_secrets(self, reading: Reading) -> bool:
        """Return whether somebody wants secrets that are not theirs, in the words of any pack.

        Words are taken whole and as written: 'pins of' asks for other people's, 'pin of' may be about one's own.
        """
        return any(book.find(reading.words, reading.words, slips=False, gap=0) for book in self._requests)


def _combined(reasons: Iterable[Reason]) -> Assessment:
    """Return the noisy-or of the reasons, each code once."""
    surest: dict[str, Reason] = {}
    for reason in sorted(reasons, key=lambda reason: (-reason.weight, reason.code, reason.rule)):
        surest.setdefault(reason.code, reason)
    clear = 1.0
    for reason in surest.values():
        clear *= 1.0 - reason.weight
    return Assessment(score=round(1.0 - clear, 6), reasons=tuple(surest.values()), version=VERSION)


def _reason(finding: Finding) -> Reason:
    """Return what a finding of the guards counts: its weight times how sure the guard is."""
    if finding.family == "guard" or finding.kind == GUARD_UNAVAILABLE:
        return Reason(code="guard.unavailable", weight=WEIGHTS["guard.unavailable"], rule=finding.rule)
    code = _code(finding)
    weight = next((WEIGHTS[start] for start in _beginnings(code) if start in WEIGHTS), OTHER_THREAT)
    return Reason(code=code, weight=round(weight * min(max(finding.score, 0.0), 1.0), 6), rule=finding.rule)


def _code(finding: Finding) -> str:
    """Return the stable code of a threat: its kind and subkind, such as `link.shortener`."""
    kind = finding.kind.lower().replace("_", ".", 1)
    return f"{kind}.{finding.subkind.lower()}" if finding.subkind else kind


def _beginnings(code: str) -> list[str]:
    """Return the code and what is left of it when parts are dropped from its end, the longest first."""
    parts = code.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
