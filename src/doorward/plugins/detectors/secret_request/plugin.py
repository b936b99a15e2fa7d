"""Requests for what belongs to somebody else: other customers' data, a spouse's PIN, passwords of the staff."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Literal

from doorward.protection.phrases import PhraseSet, phrase_set
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.vocabulary.finding import Family

_REACH: Final = 160  # characters that a phrase with gaps may be long


class SecretRequestDetector:
    """Finds the packs' phrases for asking after other people's secrets."""

    id = "secret_request"
    family: Family = "threat"
    reads: Literal["wild"] = "wild"
    kinds = ("SECRET_REQUEST",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look for the phrases of all packs, language by language."""
        phrases = {
            pack.code: phrase_set(pack.words("secret_request")) for pack in packs if pack.words("secret_request")
        }
        patterns = [Pattern(name=code, expression=found.expression, after=_REACH) for code, found in phrases.items()]
        return Watch(patterns, partial(_examine, phrases))


def _examine(phrases: Mapping[str, PhraseSet], candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the phrase at the candidate if it is there to its end; how it is meant is for the risk room to weigh."""
    end = phrases[candidate.pattern].end(view.text, candidate.start)
    if end is None:
        return ()
    return (
        Claim(
            kind="SECRET_REQUEST",
            start=candidate.start,
            end=end,
            certainty=Certainty.CONTEXT,
            score=0.6,
            rule="secret_request.phrase",
        ),
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return SecretRequestDetector()
