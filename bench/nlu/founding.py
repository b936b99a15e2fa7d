"""What every process here begins with. Imports nothing that a process need not hold that only understands."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from doorward.answering.articles import Article, Passage
from doorward.answering.index import KnowledgeIndex
from doorward.kit.plugins import discover
from doorward.understanding import Reader
from doorward.vocabulary.language import LanguagePack

MODEL: Final = "model"
_ARTICLES, _PASSAGES = "articles", "passages"


def write_knowledge(folder: Path, articles: Iterable[tuple[Article, Sequence[Passage]]]) -> None:
    """Write articles with their passages into a folder, a file each."""
    for name in (_ARTICLES, _PASSAGES):
        (folder / name).mkdir()
    for number, (article, passages) in enumerate(articles):
        (folder / _ARTICLES / f"{number:05}").write_bytes(msgspec.msgpack.encode(article))
        (folder / _PASSAGES / article.id).write_bytes(msgspec.msgpack.encode(passages))


def read_index(folder: Path) -> KnowledgeIndex:
    """Return the index of the articles in a folder, read as they are from a database: passages some at a time."""
    files = sorted((folder / _ARTICLES).iterdir())
    articles = [msgspec.msgpack.decode(file.read_bytes(), type=Article) for file in files]
    read = msgspec.msgpack.Decoder(tuple[Passage, ...])
    passages = ((one.id, read.decode((folder / _PASSAGES / one.id).read_bytes())) for one in articles)
    return KnowledgeIndex(articles, passages, revision=1)


def language_packs() -> list[LanguagePack]:
    """Return the installed language packs, read anew."""
    return [plugin.build(None) for plugin in discover("language")]


def real_reader(packs: Sequence[LanguagePack] = ()) -> Reader:
    """Return the house's reader: these languages or all, and the built-in encoder."""
    encoder = next(plugin for plugin in discover("model") if plugin.manifest.id == "sentence_encoder")
    return Reader(packs or language_packs(), encoder.build(None))
