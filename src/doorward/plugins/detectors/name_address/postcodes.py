"""Postcodes that stand alone: behind the word for them, or in a form that nothing else has."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from doorward.protection.ports import LanguagePack, View

_BRITISH: Final = r"[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][abd-hjlnp-uw-z]{2}"
"""Forms of British postcodes (Royal Mail, Programmers' Guide to the Postcode Address File)."""

_IRISH: Final = r"(?:[ac-fhknprtv-y][0-9]{2}|d6w) ?[0-9ac-fhknprtv-y]{4}"
"""Form of an Eircode (An Post GeoDirectory): a routing key and a unique identifier."""

_CANADIAN: Final = r"[abceghj-nprstvxy][0-9][abceghj-nprstv-z] ?[0-9][abceghj-nprstv-z][0-9]"
"""Form of a Canadian postal code (Canada Post, Addressing Guidelines)."""

_FIGURES: Final = (
    r"(?:[a-z]{1,2}-)?(?:[0-9]{2}-[0-9]{3}|[0-9]{3} [0-9]{2,3}|[0-9]{4} ?[a-z]{2}|[0-9]{5}-[0-9]{4}|[0-9]{4,6})"
)
"""Forms in figures, those of the Universal Postal Union's members that have three to six of them or nine."""

_ALONE: Final = re.compile(rf"(?<![\w-])(?:{_BRITISH}|{_IRISH}|{_CANADIAN})(?![\w-])")
_AREA: Final = re.compile(
    r"(?:a[bl]|b[abdhlnrst]?|c[abfhmortvw]|d[adeghlnty]|e[chnx]?|f[ky]|g[luy]?|h[adgprsux]|i[gmpv]|je|k[atwy]|l[adelnsu]?"
    r"|m[ekl]?|n[egnprw]?|o[lx]|p[aehlor]|r[ghm]|s[aegklmnoprstwy]?|t[adfnqrsw]|ub|w[acdfnrsv]?|yo|ze)[0-9]"
)
"""The areas of British postcodes (Office for National Statistics, Postcode Products)."""

_DIGIT: Final = re.compile("[0-9]")
_LETTER_AND_DIGIT: Final = re.compile("[a-z][0-9]")
"""What every postcode has, and every one that stands alone: where it is missing, no dearer look is needed."""

Places = Iterator[tuple[int, int]]


def postcode_finder(packs: Sequence[LanguagePack]) -> Callable[[View], Places]:
    """Return what yields the places of postcodes in a view's text; words for postcodes come from the packs."""
    cues = sorted({View(word).text for pack in packs for word in pack.words("postcode_word")}, key=len, reverse=True)
    said = "|".join(re.escape(cue) for cue in cues) or r"(?!)"
    told = re.compile(
        rf"(?<!\w)(?:{said})(?:\w{{0,3}}\W{{1,3}}[^\W\d]{{1,7}})?(?:\w{{0,3}})[\s:=.#-]{{1,3}}"
        rf"({_BRITISH}|{_IRISH}|{_CANADIAN}|{_FIGURES})(?![\w-])"
    )

    cue = re.compile(said)

    def find(view: View) -> Places:
        if not _DIGIT.search(view.text):
            return
        if cue.search(view.text):
            for match in told.finditer(view.text):
                yield match.span(1)
        if view.original.islower() or not _LETTER_AND_DIGIT.search(view.text):
            return
        for match in _ALONE.finditer(view.text):
            written = view.original[slice(*view.origin(*match.span()))]
            other = re.fullmatch(f"{_IRISH}|{_CANADIAN}", match[0])
            if written.isupper() and " " in written and (other or _AREA.match(match[0])):
                yield match.span()

    return find
