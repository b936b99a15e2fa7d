"""What is said outside the opening hours, in every language."""

from datetime import UTC, datetime

import pytest

from doorward.bootstrap import load_plugins
from doorward.flow.openings import Closed, Opening, closed_at, hand_over_words, say_again
from doorward.kit.clock import SystemClock
from doorward.kit.i18n import Translator
from doorward.kit.settings import Settings
from doorward.kit.tenant_settings import TenantSettings

SETTINGS = TenantSettings(time_zone="America/New_York", hours={"mon": ("09:00-17:00",)})
SATURDAY = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
"""The day before the clocks of New York go forward."""


@pytest.fixture(scope="module")
def translator() -> Translator:
    """The sentences of all language packs."""
    return Translator(load_plugins(Settings(), clock=SystemClock(), kinds=("language",)).packs)


def test_within_the_hours_nothing_is_added(translator: Translator) -> None:
    """A sentence that passes somebody on stays as it is while people answer."""
    monday = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert closed_at(SETTINGS, monday) is None
    assert hand_over_words(translator, "en", "Passed on.", settings=SETTINGS, now=monday) == "Passed on."


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "People answer again on Monday at 09:00 (America/New York)."),
        ("de", "Menschen antworten wieder am Montag um 09:00 Uhr (America/New York)."),
        ("tr", "Ekibimiz pazartesi günü saat 09:00 itibarıyla yeniden yanıt verecek (America/New York)."),
        ("id", "Petugas kami menjawab lagi hari Senin pukul 09:00 (America/New York)."),
        ("ru", "Сотрудники снова ответят в понедельник в 09:00 (America/New York)."),
    ],
)
def test_the_next_opening_is_said_in_every_language(translator: Translator, language: str, sentence: str) -> None:
    """The weekday in the reader's language, the time by the company's clocks after they have changed."""
    words = hand_over_words(translator, language, "…", settings=SETTINGS, now=SATURDAY)
    assert words.startswith("… ")
    assert words.endswith(sentence)


@pytest.mark.parametrize(
    ("language", "date"),
    [("en", "on April 2"), ("de", "am 2. April"), ("tr", "2 Nisan günü"), ("id", "tanggal 2 April"), ("ru", "2 апр")],
)
def test_a_far_opening_is_said_by_its_date(translator: Translator, language: str, date: str) -> None:
    """From a week on a weekday would mean the wrong day."""
    far = Closed(again=Opening(day="2035-04-02", time="09:00", zone="UTC"))
    assert date in say_again(translator, language, far)


def test_a_week_is_where_dates_begin() -> None:
    """Six days ahead is a weekday, seven are a date, and the same day is today."""
    monday_evening, tuesday = datetime(2026, 3, 9, 22, 0, tzinfo=UTC), datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    early = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    days = [closed_at(SETTINGS, now) for now in (monday_evening, tuesday, early)]
    assert [one.again.day for one in days if one and one.again] == ["2026-03-16", "mon", "today"]
