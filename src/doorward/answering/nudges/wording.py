"""The words of a nudge: texts in the reader's language, figures of the signal as people of that language write them."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from babel.dates import format_date

from doorward.answering.nudges.model import Nudge, NudgeBook
from doorward.answering.procedures.formatting import clean, format_amount
from doorward.kit.i18n import fill
from doorward.vocabulary.company import Signal
from doorward.vocabulary.operations import FactKind, Scalar

_MISSING: Final = "…"


def word_of(texts: Mapping[str, str], language: str) -> str:
    """Return a text in a language, in the first there is where it is not there."""
    return texts.get(language) or next(iter(texts.values()), "")


def why_of(book: NudgeBook, nudge: Nudge, signal: Signal, *, language: str) -> str:
    """Return why a nudge is offered, for staff, with the signal's figures. Never raises for what a system tells."""
    spoken = language if language in nudge.why else next(iter(nudge.why), "en")
    kinds = book.figures.get(nudge.signal, {})
    shown = {name: _shown(signal.figures.get(name), kind, book.currency, spoken) for name, kind in kinds.items()}
    return fill(word_of(nudge.why, spoken), {"about": clean(signal.about) or _MISSING, **shown})


def value_of(nudge: Nudge, signal: Signal) -> int | None:
    """Return what the customer has of it once it is solved, in minor units; None where it is not counted in money."""
    found = signal.figures.get(nudge.value) if nudge.value else None
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 10**12 else None


def _shown(value: Scalar, kind: FactKind, currency: str, language: str) -> str:
    if value is None or value == "":
        return _MISSING
    if kind == "amount" and isinstance(value, int):
        return format_amount(value, currency, language)
    if kind == "date":
        try:
            return format_date(date.fromisoformat(str(value)), "long", locale=language)
        except ValueError:
            return clean(str(value))
    return clean(str(value))
