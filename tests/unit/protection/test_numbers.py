import pytest

from doorward.plugins.detectors.phone.numbering import is_international, national_shape
from doorward.protection.numbers import date_end, digit_groups, is_money, joined, passes_luhn


@pytest.mark.parametrize("digits", ["4111111111111111", "378282246310005", "79927398713", "0", "18"])
def test_right_check_digits_pass(digits: str) -> None:
    """Numbers with the check digit of ISO/IEC 7812-1 pass."""
    assert passes_luhn(digits)


@pytest.mark.parametrize("digits", ["4111111111111112", "378282246310006", "79927398710", "1"])
def test_wrong_check_digits_fail(digits: str) -> None:
    """Any other last digit fails."""
    assert not passes_luhn(digits)


def test_every_slip_in_one_digit_is_seen() -> None:
    """The check digit catches every single mistyped digit."""
    good = "4111111111111111"
    slips = [good[:n] + str((int(good[n]) + 1) % 10) + good[n + 1 :] for n in range(len(good))]
    assert [slip for slip in slips if passes_luhn(slip)] == []


def test_groups_know_their_places() -> None:
    """Groups of digits come with their places in the whole text."""
    groups = digit_groups("xx 12-345 6", 3, 11)
    assert [(group.start, group.end, group.digits) for group in groups] == [(3, 5, "12"), (6, 9, "345"), (10, 11, "6")]
    assert joined(groups) == "123456"


@pytest.mark.parametrize(
    "text", ["500 eur", "500$", "$500", "rp 500", "500 tl", "500 руб", "500,00 euro", "eur 500", "500%"]
)
def test_prices_and_shares_are_money(text: str) -> None:
    """A currency or a percent sign beside a number makes it money."""
    start = text.index("500")
    assert is_money(text, start, start + 3)


@pytest.mark.parametrize("text", ["500 europeans", "code 500", "500 tlc", "500 rolls"])
def test_other_words_are_not_money(text: str) -> None:
    """Words that merely begin like a currency do not."""
    start = text.index("500")
    assert not is_money(text, start, start + 3)


@pytest.mark.parametrize("text", ["12.03.2024", "1/2/24", "2024-03-12", "03/25/2024", "31.12.1999"])
def test_dates_are_dates(text: str) -> None:
    """Day or year first, and the American order with four digits."""
    assert date_end(text, 0) == len(text)


@pytest.mark.parametrize("text", ["32.01.2024", "12.13.2024", "2024-13-01", "0532-123", "12.03/2024"])
def test_other_numbers_are_no_dates(text: str) -> None:
    """Days and months that do not exist, and mixed separators, are no dates."""
    assert date_end(text, 0) is None


@pytest.mark.parametrize(
    "digits", ["491701234567", "905321234567", "6281234567890", "79161234567", "14155552671", "35312345678"]
)
def test_international_numbers_have_a_country_and_its_length(digits: str) -> None:
    """A calling code in use with as many digits as its country has."""
    assert is_international(digits)


@pytest.mark.parametrize(
    "digits", ["1415555267", "7916123456", "21012345678", "999123456789", "4917", "1234567890123456"]
)
def test_other_digits_are_not_international(digits: str) -> None:
    """Too few, too many, or a code that nobody has."""
    assert not is_international(digits)


@pytest.mark.parametrize(
    ("groups", "country"),
    [
        ("0532-123-45-67", "tr"),
        ("8-916-123-45-67", "ru"),
        ("0812-3456-7890", "id"),
        ("0171-2345678", "de"),
        ("415-555-2671", "us"),
        ("07700900123", "gb"),
        ("123-456-789", None),
        ("2024-12-31", None),
        ("1-000-000-000", None),
    ],
)
def test_national_numbers_are_known_by_their_shape(groups: str, country: str | None) -> None:
    """Numbers look like a country's, or like nobody's."""
    assert national_shape(groups) == country
