"""Addresses of crypto currencies: Bech32, Base58Check, and those of Ethereum."""

import re
import unicodedata
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from doorward.plugins.detectors.crypto_address.checks import passes_base58check, passes_bech32
from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE
from doorward.protection.phrases import words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_WIDTH: Final = 40  # characters before something like an address that may say what it is
_TAIL: Final = 4
_MIXED: Final = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[1-9A-HJ-NP-Za-km-z]{26,35}")
_PATTERNS: Final = (
    Pattern(name="bech32", expression=r"\m(?:bc|tb|bcrt|ltc|tltc|addr)1[02-9ac-hj-np-z]{20,100}\M", before=_WIDTH),
    Pattern(name="ethereum", expression=r"\m0x[0-9a-f]{40}\M"),
    # Normal form has no capitals: an 'L' comes as 'l'.
    Pattern(name="base58", expression=r"\m[1239admnltx][1-9a-z]{25,34}\M", before=_WIDTH),
)


class CryptoAddressDetector:
    """Finds where crypto currencies are sent to."""

    id = "crypto_address"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("CRYPTO_ADDRESS",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look at words of the right length; `crypto_address` holds the words that excuse a mistyped one."""
        words = words_of(packs, "crypto_address")
        says_wallet = compile_phrases(words, before=WORD_BEFORE, after=rf"{WORD_AFTER}[^.!?\n]{{0,24}}\Z")
        return Watch(_PATTERNS, partial(_examine, says_wallet))


def _examine(says_wallet: Wording, candidate: Candidate, view: View) -> Sequence[Claim]:
    """Return the address at the candidate: by its check sum, else by its shape or the words before it."""
    start, end = candidate.start, candidate.end
    written = _typed(view, start, end)
    named = says_wallet.is_in(view, max(start - _WIDTH, 0), start)
    match candidate.pattern:
        case "ethereum":
            valid, likely = False, True
        case "bech32":
            valid, likely = passes_bech32(written.lower()), True
        case _:
            valid = passes_base58check(written)
            # A long word of all sorts of letters that begins with T is Tron's, if one letter is wrong.
            likely = bool(_MIXED.fullmatch(written)) and (named or (written[0] == "T" and len(written) == 34))
    if not valid and not likely:
        return ()
    return (
        Claim(
            kind="CRYPTO_ADDRESS",
            subkind=candidate.pattern,
            start=start,
            end=end,
            certainty=Certainty.VALIDATED if valid else Certainty.CONTEXT,
            score=0.99 if valid else 0.95 if candidate.pattern == "ethereum" else 0.8,
            rule=f"crypto_address.{candidate.pattern if valid else 'shape'}",
            tail=written[-_TAIL:],
            canonical=f"crypto:{written if candidate.pattern == 'base58' else written.lower()}",
        ),
    )


def _typed(view: View, start: int, end: int) -> str:
    """Return the address with its capitals, without what nobody sees."""
    original = unicodedata.normalize("NFKC", view.original[slice(*view.origin(start, end))])
    return "".join(character for character in original if character.isascii() and character.isalnum())


def build(_kit: object) -> Detector:
    """Return the detector."""
    return CryptoAddressDetector()
