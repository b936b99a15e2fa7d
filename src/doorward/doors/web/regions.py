"""From which country somebody comes, as far as a trusted proxy tells it. The address itself is asked nothing."""

from functools import cache
from typing import Final

from babel import Locale

from doorward.bootstrap import House
from doorward.doors.web.door import AnyRequest

_NO_COUNTRY: Final = frozenset({"XA", "XB", "ZZ"})
"""What CLDR has beside countries: made-up languages' ones, and the unknown one."""


def region_of(request: AnyRequest, house: House) -> str:
    """Return the country's two letters (ISO 3166-1), empty where no trusted proxy names one that there is."""
    settings = house.settings
    if not settings.server.behind_proxy or not settings.flood.region_header:
        return ""
    code = request.headers.get(settings.flood.region_header, "").strip().upper()
    return code if code in countries() else ""


@cache
def countries() -> frozenset[str]:
    """Return the codes of all countries, some 260."""
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRY


def country_name(code: str, language: str) -> str:
    """Return what a country is called in a language, its code where it has no name there."""
    return str(Locale(language).territories.get(code, code))
