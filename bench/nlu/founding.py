"""What every process here begins with. Imports nothing that a process need not hold that only understands."""

from typing import Final

import msgspec

from doorward.answering.articles import Article, Passage
from doorward.kit.plugins import discover
from doorward.understanding import Reader

MODEL: Final = "model"
KNOWLEDGE: Final = "knowledge.msgpack"


class Known(msgspec.Struct, frozen=True):
    """An article and its passages, as the database would have them."""

    article: Article
    passages: tuple[Passage, ...]


def real_reader() -> Reader:
    """Return the house's reader: all languages, and the built-in encoder."""
    encoder = next(plugin for plugin in discover("model") if plugin.manifest.id == "sentence_encoder")
    return Reader([plugin.build(None) for plugin in discover("language")], encoder.build(None))
