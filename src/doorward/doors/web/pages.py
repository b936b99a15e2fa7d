"""Pages for people: templates, their words, times and masks. All is escaped by default; there is no inline code."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_datetime_format
from babel.numbers import format_percent
from babel.units import format_unit
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.enums import MediaType
from markupsafe import Markup, escape

from doorward.doors.web.assets import Assets
from doorward.doors.web.formatting import as_html
from doorward.kit.clock import Clock
from doorward.kit.i18n import Translator
from doorward.record import FormattedPiece, formatted, plain
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.text import MaskedText, Span

THEME_COOKIE: Final = "doorward_theme"
THEMES: Final = ("auto", "light", "dark")
Says = Callable[..., str]
_TURNING: Final = dict.fromkeys((0x202D, 0x202E), "\u2423")
"""The overrides of Unicode's bidirectional algorithm (UAX 9): one character for one, so that spans stay in place."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One language to choose."""

    code: str
    name: str


class Pages:
    """Renders templates in the reader's language."""

    def __init__(
        self, *, translator: Translator, packs: Mapping[str, LanguagePack], assets: Assets, clock: Clock
    ) -> None:
        """Load templates from the folders of the pages themselves."""
        self._translator = translator
        self._packs = packs
        self._assets = assets
        self._clock = clock
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # or every part of every page asks the disk whether its file has changed
        )
        self._templates.globals["asset"] = assets.url
        self._templates.globals["language_name"] = lambda code: packs[code].name if code in packs else code.upper()
        self._templates.globals["languages"] = [Choice(code=pack.code, name=pack.name) for pack in packs.values()]

    def render(self, template: str, *, language: str, **places: Any) -> str:
        """Return a template's HTML: `t` says a key, `ago` and `moment` say times, `masked` shows masked text.

        `in_form` shows what staff wrote with its form, `spoken` a line of a transcript, `told_note` an event's
        note, and `in_a_line` says a line's words alone.
        `size` says how large something is, `lasting` how long.
        """
        say = self._sayer(language)
        pack, namer = self._packs[language], self._kind_namer(language)
        now = self._clock.now()
        return self._templates.get_template(template).render(
            t=say,
            label=self._labeller(language),
            language=language,
            direction=pack.direction,
            ago=lambda moment: ago(moment, now=now, language=language),
            moment=lambda moment: format_datetime(moment, "medium", locale=language),
            minute=lambda moment: minute(moment, language=language),
            size=lambda bytes_: size_of(bytes_, language=language),
            lasting=lambda seconds: lasting(seconds, language=language),
            percent=lambda share: format_percent(share, locale=language),
            masked=lambda text, spans, opens="": masked(text, spans, kind_name=namer, opens=opens),
            in_form=lambda text, spans, opens="": written(text, spans, kind_name=namer, opens=opens),
            spoken=lambda line, opens="": (written if line.formatted else masked)(
                line.text, line.spans, kind_name=namer, opens=opens
            ),
            in_a_line=lambda line: plain(MaskedText(line.text, line.spans)).text if line.formatted else line.text,
            told_note=lambda event, opens="": (written if event.formatted else masked)(
                event.note, event.spans, kind_name=namer, opens=opens
            ),
            **places,
        )

    def page(self, request: Request[Any, Any, Any], template: str, *, language: str, **places: Any) -> Response[str]:
        """Return a whole page as a response."""
        theme = request.cookies.get(THEME_COOKIE, "auto")
        theme, path = theme if theme in THEMES else "auto", request.url.path
        is_answer = request.method != "GET"  # to a form: its address cannot be gone back to
        html = self.render(template, language=language, theme=theme, path=path, is_answer=is_answer, **places)
        return Response(html, media_type=MediaType.HTML)

    def _sayer(self, language: str) -> Says:
        def say(key: str, /, *, count: int | None = None, **places: object) -> str:
            return self._translator.say(language, key, count=count, **places)

        return say

    def _labeller(self, language: str) -> Callable[[str, str], str]:
        """Return what names a code (`reason`, `risk_high`) in words, or shows the code itself where it has none."""

        def label(family: str, code: str) -> str:
            key = f"{family}.{code}"
            return self._translator.say(language, key) if self._translator.has(key) else code

        return label

    def _kind_namer(self, language: str) -> Callable[[str], str]:
        label = self._labeller(language)
        return lambda kind: label("kind", kind)


def ago(moment: datetime, *, now: datetime, language: str) -> str:
    """Return how long ago a moment was, in words: `3 min. ago`."""
    before = min(moment - now, timedelta(seconds=-1))
    return format_timedelta(before, threshold=1.2, add_direction=True, locale=language, format="short")


def lasting(seconds: float, *, language: str) -> str:
    """Return how long something takes, in words: `3 min`."""
    return format_timedelta(timedelta(seconds=round(seconds)), threshold=1.2, locale=language, format="short")


def minute(moment: datetime, *, language: str) -> str:
    """Return a moment to the minute, for what lies ahead: `Nov 30, 2026, 11:29 AM`."""
    joined = str(get_datetime_format("medium", locale=language)).replace("'", "")
    day, time = format_date(moment, "medium", locale=language), format_time(moment, "short", locale=language)
    return joined.format(time, day)


def size_of(bytes_: int, *, language: str) -> str:
    """Return how large something is, in words: `1.4 MB`, or below that whole kilobytes of 1000 bytes, at least one."""
    if bytes_ >= 1_000_000:
        return format_unit(round(bytes_ / 1e6, 1), "digital-megabyte", length="short", locale=language)
    return format_unit(max(1, round(bytes_ / 1e3)), "digital-kilobyte", length="short", locale=language)


_CHIP: Final = Markup('<span class="mask" data-kind="{}">{}</span>')
_FORM: Final = Markup('<div class="formatted">{}</div>')
_LINK: Final = Markup(
    '<a class="mask" data-kind="{}" href="{}" hx-get="{}" hx-target="#original-content" aria-haspopup="dialog">{}</a>'
)


def _link_to(span: Span, opens: str, chip: Markup) -> Markup:
    address = opens.format(span_id=span.id)
    return _LINK.format(span.kind, address, address, chip)


def masked(text: str, spans: Sequence[Span], *, kind_name: Callable[[str], str], opens: str = "") -> Markup:
    """Return masked text as HTML: each masked place a chip that is read out with the name of what stood there.

    With `opens`, an address with a place for the span's id, the chips lead to what stood there, where that was kept.
    Only spans make chips: text that merely looks like a mask stays text. Characters that turn the reading direction of
    others round, in which a customer's text may show as what it is not, are shown as a sign of their own.
    """
    text = text.translate(_TURNING)
    parts: list[Markup] = []
    at = 0
    for span in spans:
        parts.append(escape(text[at : span.start]))
        parts.append(_chip(text[span.start : span.end], span, kind_name=kind_name, opens=opens))
        at = span.end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def written(text: str, spans: Sequence[Span], *, kind_name: Callable[[str], str], opens: str = "") -> Markup:
    """Return what staff wrote as HTML, formatted by its signs where it has any; else as `masked`."""
    pieces = formatted(text, tuple(spans))
    if not pieces:
        return masked(text, spans, kind_name=kind_name, opens=opens)

    def chip(piece: FormattedPiece) -> Markup:
        return _chip(piece.text.translate(_TURNING), spans[piece.number], kind_name=kind_name, opens=opens)

    return _FORM.format(as_html(pieces, mask=chip, clean=lambda shown: shown.translate(_TURNING)))


def _chip(text: str, span: Span, *, kind_name: Callable[[str], str], opens: str) -> Markup:
    name, shown = kind_name(span.kind), text.strip("[]")
    chip = Markup('<span class="sr-only">{}: </span><span>{}</span>').format(name, shown)
    return _link_to(span, opens, chip) if opens and span.id else _CHIP.format(span.kind, chip)
