"""The page about a drill: its words in the reader's language, everything that a scenario says escaped."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from doorward import __version__
from doorward.admission.drill import Figures, Report, shipped_scenarios
from doorward.doors.cli import archive_report
from doorward.doors.cli.drill_report.charts import ENDS, course_of, ways_of
from doorward.kit.i18n import Translator
from doorward.vocabulary.language import LanguagePack

_FOLDER: Final = Path(__file__).parent
_COMMON: Final = Path(archive_report.__file__).parent / "page.css"


class DrillReporter:
    """Writes reports about drills in one language."""

    def __init__(self, packs: Mapping[str, LanguagePack], language: str) -> None:
        """Take the language packs and the language of the report."""
        self._translator = Translator(packs)
        self._language = self._translator.resolve(language)
        self._direction = packs[self._language].direction
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def say(self, key: str, /, **places: str) -> str:
        """Return a sentence."""
        return self._translator.say(self._language, key, count=None, **places)

    def write(self, report: Report, *, now: datetime) -> str:
        """Return the page about one drill. It has no script and takes nothing from elsewhere."""
        style = _COMMON.read_text(encoding="utf-8") + (_FOLDER / "page.css").read_text(encoding="utf-8")
        kinds = self._kinds(report)
        return self._templates.get_template("page.html").render(
            t=self.say,
            language=self._language,
            direction=self._direction,
            style=Markup(style),  # noqa: S704 - our own files
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            report=report,
            title=self._title(report),
            kinds=kinds,
            ends=ENDS,
            ways=ways_of(kinds),
            course=course_of(report.slices),
            detector=self._detector(report.detector),
            made=self.say(
                "drill.made",
                moment=format_datetime(now, "medium", locale=self._language),
                version=__version__,
                seed=str(report.seed),
            ),
            number=lambda value: format_decimal(value, locale=self._language),
            percent=lambda share: format_percent(share, "#,##0.0 %", locale=self._language),
            money=partial(self._money, report.cost.currency),
            minutes=self._minutes,
        )

    def _title(self, report: Report) -> str:
        """Return what is shipped in the reader's language, and what a company wrote as it was written."""
        key = f"drill.scenario.{report.scenario.replace('-', '_')}"
        shipped = report.scenario in shipped_scenarios() and self._translator.say("en", key, count=None) == report.title
        return self.say(key) if shipped else report.title or report.scenario

    def _kinds(self, report: Report) -> dict[str, Figures]:
        kinds = {self.say("drill.who.customers"): report.customers}
        kinds |= {self.say(f"drill.who.{side}"): figures for side, figures in report.sides.items()}
        if report.attack.contacts:
            kinds[self.say("drill.who.attack")] = report.attack
        return {name: figures for name, figures in kinds.items() if figures.contacts}

    def _detector(self, detector: str) -> str:
        kind, _, rates = detector.partition(":")
        hits, _, false = rates.partition("/")
        return (
            self.say(f"drill.detector.{kind}", hits=hits, false=false) if rates else self.say(f"drill.detector.{kind}")
        )

    def _money(self, currency: str, value: float) -> str:
        return format_currency(value, currency, "#,##0 ¤¤", locale=self._language, currency_digits=False)

    def _minutes(self, value: float | None) -> str:
        if value is None:
            return self.say("drill.never")
        return self.say("drill.minutes", minutes=format_decimal(value, locale=self._language))
