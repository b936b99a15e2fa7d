"""Postcodes that stand alone: behind the word for them, or in a form that nothing else has."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from doorward.protection.ports import LanguagePack, View
from doorward.protection.standing import figures_of

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
_OTHER: Final = re.compile(f"{_IRISH}|{_CANADIAN}")
_AREA: Final = re.compile(
    r"(?:a[bl]|b[abdhlnrst]?|c[abfhmortvw]|d[adeghlnty]|e[chnx]?|f[ky]|g[luy]?|h[adgprsux]|i[gmpv]|je|k[atwy]|l[adelnsu]?"
    r"|m[ekl]?|n[egnprw]?|o[lx]|p[aehlor]|r[ghm]|s[aegklmnoprstwy]?|t[adfnqrsw]|ub|w[acdfnrsv]?|yo|ze)[0-9]"
)
"""The areas of British postcodes (Office for National Statistics, Postcode Products)."""

_BEGINNING: Final = re.compile(r"(?<![\w-])[a-z]{1,2}(?=[0-9])")
"""How every postcode that stands alone begins."""

Places = Iterator[tuple[int, int]]


def postcode_finder(packs: Sequence[LanguagePack]) -> Callable[[View], Places]:
    """Return what yields the places of postcodes in a view's text; words for postcodes come from the packs."""
    cues = sorted({View(word).text for pack in packs for word in pack.words("postcode_word")}, key=len, reverse=True)
    said = "|".join(re.escape(cue) for cue in cues) or r"(?!)"
    told = re.compile(
        rf"(?<!\w)(?:{said})(?:\w{{0,3}}\W{{1,3}}[^\W\d]{{1,7}})?(?:\w{{0,3}})[\s:=.#-]{{1,3}}"
        rf"({_BRITISH}|{_IRISH}|{_CANADIAN}|{_FIGURES})(?![\w-])"
    )

    shortest = [cue for cue in cues if not any(other in cue for other in cues if other != cue)]

    def find(view: View) -> Places:
        figures = figures_of(view).starts
        if not figures:
            return
        if any(map(view.text.__contains__, shortest)):
            for match in told.finditer(view.text):
                yield match.span(1)
        for match in () if view.original.islower() else _alone(view.text, figures):
            written = view.original[slice(*view.origin(*match.span()))]
            if written.isupper() and " " in written and (_OTHER.fullmatch(match[0]) or _AREA.match(match[0])):
                yield match.span()

    return find


def _alone(text: str, figures: Sequence[int]) -> Iterator[re.Match[str]]:
    """Yield what looks like a postcode by itself; each begins with letters before a run of digits."""
    behind = 0
    for place in figures:
        begins = _BEGINNING.search(text, max(place - 2, 0), place + 1) if text[place - 1 : place].isalpha() else None
        match = _ALONE.match(text, begins.start()) if begins and begins.start() >= behind else None
        if match:
            behind = match.end()
            yield match
