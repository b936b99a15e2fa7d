"""What is heard in answers that hold values, in five languages: numbers, days, and digits that name something."""

import pytest

from tests.unit.answering.procedures.test_listening import hear


@pytest.mark.parametrize(
    ("language", "text", "hundredths"),
    [
        ("en", "3", 300),
        ("en", "three rolls", 300),
        ("en", "$1,250.50", 125050),
        ("en", "two hundred and", 20000),
        ("en", "twenty-five euros", 2500),
        ("en", "5 thousand", 500000),
        ("en", "12.5", 1250),
        ("de", "1.250,50 Euro", 125050),
        ("de", "zweihundertfünfzig", 25000),
        ("de", "vierundzwanzig", 2400),
        ("de", "49,90 €", 4990),
        ("tr", "yirmi beş", 2500),
        ("tr", "1.250 lira", 125000),
        ("tr", "beş bin", 500000),
        ("id", "dua puluh lima", 2500),
        ("id", "lima ratus ribu", 50000000),
        ("id", "dua belas", 1200),
        ("ru", "двести пятьдесят", 25000),
        ("ru", "1 500 рублей", 150000),
        ("ru", "три", 300),
    ],
)
def test_a_number_is_heard(language: str, text: str, hundredths: int) -> None:
    """In words and digits, with the points and commas of the language."""
    assert [number.hundredths for number in hear(text, language).numbers] == [hundredths]


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "2026-03-04", "2026-03-04"),
        ("en", "04/03/2026", "2026-03-04"),
        ("en", "03/14/2026", "2026-03-14"),
        ("en", "March 4th", "2026-03-04"),
        ("en", "the third of March", "2026-03-03"),
        ("en", "4 Mar 2025", "2025-03-04"),
        ("en", "28 December", "2025-12-28"),
        ("en", "yesterday", "2026-03-10"),
        ("en", "the day before yesterday", "2026-03-09"),
        ("en", "three days ago", "2026-03-08"),
        ("en", "in 2 weeks", "2026-03-25"),
        ("en", "on Monday", "2026-03-09"),
        ("en", "next Monday", "2026-03-16"),
        ("de", "4.3.2026", "2026-03-04"),
        ("de", "am 04.03.", "2026-03-04"),
        ("de", "4. März", "2026-03-04"),
        ("de", "vorgestern", "2026-03-09"),
        ("de", "vor drei Tagen", "2026-03-08"),
        ("de", "am Freitag", "2026-03-06"),
        ("tr", "4 Mart", "2026-03-04"),
        ("tr", "4 Mart'ta", "2026-03-04"),
        ("tr", "dün", "2026-03-10"),
        ("tr", "üç gün önce", "2026-03-08"),
        ("tr", "pazartesi günü", "2026-03-09"),
        ("id", "4 Maret 2026", "2026-03-04"),
        ("id", "kemarin", "2026-03-10"),
        ("id", "tiga hari yang lalu", "2026-03-08"),
        ("id", "hari Senin", "2026-03-09"),
        ("ru", "4 марта", "2026-03-04"),
        ("ru", "позавчера", "2026-03-09"),
        ("ru", "три дня назад", "2026-03-08"),
        ("ru", "в пятницу", "2026-03-06"),
        ("ru", "04.03.26", "2026-03-04"),
    ],
)
def test_a_day_is_heard(language: str, text: str, day: str) -> None:
    """Written, by its month, from today; without a year the nearest. Its numbers are no amounts."""
    heard = hear(text, language)
    assert heard.dates == (day,)
    assert [number.whole for number in heard.numbers if number.whole not in {3, 2}] == []


def test_a_number_with_a_point_is_no_day() -> None:
    """12.50 is money, 1/2 a half, 31.02. nothing."""
    for text in ("12.50", "1/2", "31.02.2026", "3-4"):
        assert hear(text, "de").dates == ()


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("the one ending in 9012", "9012"),
        ("nine zero one two", "9012"),
        ("ninety twelve", "9012"),
        ("HT-4100-01", "HT410001"),
        ("payment P1001 please", "P1001"),
    ],
)
def test_digits_that_name_something_are_heard(text: str, digits: str) -> None:
    """Typed, said one by one or in pairs, or as a reference with letters."""
    assert digits in hear(text).digits
