"""Addresses of other countries, made by the package Faker (MIT), in the orders in which people write them down."""

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Final

from faker import Faker

LOCALES: Final = (
    *("cs_CZ", "da_DK", "de_AT", "de_CH", "el_GR", "en_AU", "en_CA", "en_GB", "en_IE", "en_IN", "en_NZ", "en_PH"),
    *("en_US", "es_AR", "es_CL", "es_CO", "es_ES", "es_MX", "fi_FI", "fr_CA", "fr_CH", "fr_FR", "hr_HR", "hu_HU"),
    *("hu_HU", "it_IT", "nl_BE", "nl_NL", "no_NO", "pl_PL", "pt_BR", "pt_PT", "ro_RO", "sk_SK", "sl_SI", "sv_SE"),
    *("zu_ZA", "fil_PH", "vi_VN"),
)
_UNITS: Final = ("Apt.", "Apt", "Suite", "Unit", "Flat")
_MILITARY: Final = 0.08
_FORCES: Final = (("PSC %d, Box %d", "APO"), ("Unit %d Box %d", "DPO"), ("Unit %d, Box %d", "APO"))
_REGIONS: Final = ("AA", "AE", "AP")
"""Post offices of the American forces abroad (USPS Publication 28, 225.1 Overseas Military Addresses)."""

NUMBER_BEFORE: Final = 0.35
"""Share of streets with a number before them though they have one behind, as forms of other countries ask for it."""


@cache
def _maker(locale: str) -> Faker:
    return Faker(locale)


def address_from_elsewhere(random: Random, *, lines: bool, countries: Sequence[str]) -> str:
    """Return an address of another country, on several lines or on one; the same for the same state of `random`."""
    between = random.choice(("\n", "\n", "\n ", "\n   ")) if lines else random.choice((", ", ", ", " "))
    if random.random() < _MILITARY:
        return between.join(_of_forces(random))
    faker = _maker(random.choice(LOCALES))
    faker.seed_instance(random.randrange(1 << 30))
    street, city, postcode = faker.street_address().replace("\n", " "), faker.city(), faker.postcode()
    if random.random() < NUMBER_BEFORE:
        street = f"{random.randrange(1, 99999)} {street}"
    unit = f"{random.choice(_UNITS)} {random.randrange(1, 999)}"
    with_unit = random.choice(([street], [street], [street, unit], [unit, street], [f"{street} {unit}"]))
    city = city.upper() if random.random() < 0.15 else city
    country = random.choice(countries)
    last = random.choice(
        (
            [f"{city} {postcode}"],
            [f"{postcode} {city}"],
            [city, postcode],
            [city],
            [city, f"{country} {postcode}"],
            [f"{postcode} {city}", country],
        )
    )
    return between.join([*with_unit, *last])


def _of_forces(random: Random) -> list[str]:
    first, office = random.choice(_FORCES)
    box = f"{office} {random.choice(_REGIONS)} {random.randrange(10000, 99999)}"
    if random.random() < 0.4:
        faker = _maker("en_US")
        faker.seed_instance(random.randrange(1 << 30))
        ship = f"{random.choice(('USS', 'USNS', 'USCGC', 'USNV'))} {faker.last_name()}"
        return [ship, box.replace(office, "FPO")]
    return [first % (random.randrange(100, 9999), random.randrange(100, 9999)), box]
