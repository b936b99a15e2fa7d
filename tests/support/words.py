"""The real language packs, encoder and reader, each made once for the test process."""

from functools import cache
from importlib import import_module
from pathlib import Path

from doorward.kit.i18n import Translator
from doorward.plugins import languages
from doorward.plugins.models.sentence_encoder.plugin import SentenceEncoder
from doorward.understanding import Feelings, Reader, Understander, read_head
from doorward.vocabulary.errors import Unavailable
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText, Span

LANGUAGES = ("en", "de", "tr", "id", "ru")


@cache
def packs() -> dict[str, LanguagePack]:
    """Return all language packs by code."""
    folder = Path(languages.__path__[0])
    codes = sorted(manifest.parent.name for manifest in folder.glob("*/plugin.toml"))
    return {code: import_module(f"doorward.plugins.languages.{code}.plugin").build(None) for code in codes}


@cache
def encoder() -> SentenceEncoder:
    """Return the built-in encoder."""
    return SentenceEncoder()


@cache
def reader() -> Reader:
    """Return a reader with the built-in encoder."""
    return Reader(packs().values(), encoder())


@cache
def feelings() -> Feelings:
    """Return what hears how somebody feels, with its head."""
    return Feelings(packs().values(), head=read_head(), encoder_id=encoder().id)


@cache
def understander() -> Understander:
    """Return what finds out wishes."""
    return Understander(packs().values(), feelings=feelings())


@cache
def translator() -> Translator:
    """Return what says the packs' sentences."""
    return Translator(packs())


def read(text: str, *, language: str | None = None, languages: tuple[str, ...] = LANGUAGES) -> Reading:
    """Return the reading of a text without masked places; `language` is the conversation's so far."""
    return reader().read(MaskedText(text), languages=languages, hint=language)


def masked(text: str, *places: str) -> MaskedText:
    """Return a text in which the places given, such as `[CARD·4242]`, are masked places."""
    spans = []
    for place in places:
        start = text.index(place)
        kind = place.strip("[]").partition("·")[0]
        spans.append(Span(kind=kind, start=start, end=start + len(place), id=SpanId(f"span{start}")))
    return MaskedText(text, tuple(spans))


class BrokenEncoder:
    """An encoder that can never be reached."""

    id = "broken/1"
    dimensions = 512

    def encode(self, _texts: object) -> object:
        """Raise `Unavailable`."""
        raise Unavailable("out of order")
