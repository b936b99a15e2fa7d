"""Check digits of personal numbers: our own code against the library python-stdnum as the oracle."""

from collections.abc import Callable, Iterator
from importlib import import_module
from random import Random
from typing import NamedTuple

import pytest

from doorward.plugins.detectors.national_id import checks

VALUES = 100_000


class Pair(NamedTuple):
    """A check of ours, the oracle's module, how many digits a number has, its first digits, its last characters."""

    check: Callable[[str], bool]
    oracle: str
    sizes: tuple[int, ...]
    first: tuple[str, ...] = ("",)
    last: tuple[str, ...] = ("",)


LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
PAIRS = (
    Pair(checks.is_steuer_id, "de.idnr", (10, 11, 11, 11)),
    Pair(checks.is_tckn, "tr.tckimlik", (10, 11, 11, 11)),
    Pair(checks.is_vkn, "tr.vkn", (9, 10, 10, 10)),
    Pair(checks.is_npwp, "id.npwp", (14, 15, 15), ("", "0")),
    Pair(checks.is_npwp, "id.npwp", (16,), ("0",)),
    Pair(checks.is_inn, "ru.inn", (9, 10, 12, 12)),
    Pair(checks.is_nhs, "gb.nhs", (9, 10, 10, 10)),
    Pair(checks.is_ssn, "us.ssn", (8, 9, 9, 9), ("", "0", "000", "666", "1230")),
    Pair(checks.is_tfn, "au.tfn", (7, 8, 9, 9)),
    Pair(checks.is_ahv, "ch.ssn", (12, 13, 13), ("756", "756", "755")),
    Pair(checks.is_pps, "ie.pps", (7,), last=LETTERS),
    Pair(checks.is_pps, "ie.pps", (7,), last=tuple(a + b for a in LETTERS for b in "abhtwxc")),
)


def numbers(pair: Pair) -> Iterator[str]:
    """Yield values by turns random and a digit away from one that the oracle calls right, so that both kinds abound."""
    random, oracle = Random(20261129), import_module(f"stdnum.{pair.oracle}")
    right = "0"
    for number in range(VALUES):
        first, size = random.choice(pair.first), random.choice(pair.sizes)
        digits = first + "".join(random.choice("0123456789") for _ in range(size - len(first)))
        value = digits + random.choice(pair.last)
        if oracle.is_valid(value):
            right = value
        if number % 2 and right != "0":
            place = random.randrange(1, len(right))
            value = (
                right[:place]
                + random.choice("0123456789" if right[place].isdecimal() else LETTERS)
                + right[place + 1 :]
            )
        yield value


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.oracle}-{pair.sizes[-1]}-{len(pair.last)}")
def test_checks_agree_with_the_oracle(pair: Pair) -> None:
    """On a hundred thousand values each, right and wrong ones, ours and the library's checks say the same."""
    oracle = import_module(f"stdnum.{pair.oracle}")
    seen = {True: 0, False: 0}
    differing = []
    for value in numbers(pair):
        right = oracle.is_valid(value)
        seen[right] += 1
        if pair.check(value) != right:
            differing.append(value)
    assert differing == []
    assert min(seen.values()) > 1000


def test_indonesias_numbers_agree_where_their_place_is_known() -> None:
    """What the library accepts we accept; what we accept beyond it lies in a province that it knows by other cities."""
    random, oracle = Random(3), import_module("stdnum.id.nik")
    places = ["3171", "1101", "5171", "6471", "7371"]
    for _ in range(VALUES):
        digits = random.choice(places) + "".join(random.choice("0123456789") for _ in range(12))
        digits = digits[:6] + f"{random.randint(0, 75):02d}{random.randint(0, 13):02d}" + digits[10:]
        ours, born_late = checks.is_nik(digits), 31 < int(digits[6:8]) <= 40
        served = digits[4:6] != "00" and digits[12:] != "0000" and int(digits[6:8]) <= 71 and not born_late
        assert ours == (served and oracle.is_valid(digits)) or digits[6:10] in {"2902", "6902"}


def test_the_united_states_taxpayer_numbers_agree_on_the_groups_that_the_oracle_knows() -> None:
    """The library knows groups from 70 on; the tax office has issued 50 to 65 since."""
    random, oracle = Random(4), import_module("stdnum.us.itin")
    for _ in range(VALUES):
        digits = f"{random.choice('9998')}" + "".join(random.choice("0123456789") for _ in range(8))
        if not 50 <= int(digits[3:5]) <= 65:
            assert checks.is_itin(digits) == oracle.is_valid(digits)


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (checks.is_snils, "11223344595", "11223344596"),
        (checks.is_snils, "08765430300", "08765430301"),
        (checks.is_sozialversicherung, "65170839j003", "65170839j004"),
        (checks.is_sozialversicherung, "15070649c103", "15074649c103"),
        (checks.is_identity_card, "t220001293", "t220001294"),
        (checks.is_identity_card, "l01x00t471", "l01x00t472"),
        (checks.is_nino, "ab123456c", "bg123456c"),
        (checks.is_nino, "ab123456c", "ab123456e"),
        (checks.is_itin, "912503456", "912663456"),
        (checks.is_nik, "3171015708450001", "3171017208450001"),
    ],
)
def test_published_examples(check: Callable[[str], bool], right: str, wrong: str) -> None:
    """What the library does not know is held to the offices' published examples, and to a slip in each."""
    assert check(right)
    assert not check(wrong)
