"""The page: its words in the reader's language, everything that came out of the archive escaped."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from doorward import __version__
from doorward.doors.cli.archive_report.charts import lying_bars, standing_bars
from doorward.flow.archives import Tally
from doorward.kit.i18n import Translator
from doorward.vocabulary.language import LanguagePack

MOST_ROWS: Final = 40
"""Fields in the chart and in its table."""

_FOLDER: Final = Path(__file__).parent


class Reporter:
    """Writes reports in one language."""

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

    def write(self, tally: Tally, *, size: int, now: datetime) -> str:
        """Return the page about an archive of `size` bytes."""
        style = (_FOLDER / "page.css").read_text(encoding="utf-8")
        kinds = dict(sorted(tally.kinds.items(), key=lambda one: (-one[1], one[0])))
        sums = {field: sum(counts.values()) for field, counts in tally.fields.items()}
        fields = dict(sorted(sums.items(), key=lambda one: (-one[1], one[0]))[:MOST_ROWS])
        reasons = dict(sorted(tally.reasons.items(), key=lambda one: (-one[1], one[0])))
        return self._templates.get_template("page.html").render(
            t=self.say,
            language=self._language,
            direction=self._direction,
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            kind_name=self._kind_name,
            reason_name=self._reason_name,
            number=lambda value: format_decimal(value, locale=self._language),
            percent=lambda part, whole: format_percent(part / (whole or 1), locale=self._language),
            made=self.say(
                "archive.made",
                moment=format_datetime(now, "medium", locale=self._language),
                version=__version__,
                size=_size(size, self._language),
            ),
            tally=tally,
            total=sum(tally.kinds.values()),
            kinds=kinds,
            kind_chart=lying_bars({self._kind_name(kind): count for kind, count in kinds.items()}),
            fields=fields,
            field_chart=lying_bars(fields),
            slice_chart=standing_bars(tally.slices),
            reasons=reasons,
            reason_chart=lying_bars({self._reason_name(reason): count for reason, count in reasons.items()}),
        )

    def _kind_name(self, kind: str) -> str:
        keys = (f"kind.{kind}", f"archive.kind.{kind}")
        return next((self.say(key) for key in keys if self._translator.has(key)), kind)

    def _reason_name(self, reason: str) -> str:
        return self.say(f"archive.reason.{reason}")


def _size(size: int, language: str) -> str:
    if size < 1_000_000:
        return format_unit(max(round(size / 1e3), 1), "digital-kilobyte", length="short", locale=language)
    return format_unit(round(size / 1e6, 1), "digital-megabyte", length="short", locale=language)
